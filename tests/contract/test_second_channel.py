"""A channel that is no Amazon at all stands behind the same port; no other service is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.amazon.operations import Operation
from dockseal.amazon.orders import OrdersPage
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import (
    AmazonOrder,
    AmazonStatus,
    FulfilledBy,
    Order,
    OrderLine,
    OrdersApi,
    OrderState,
)
from dockseal.domain.quota import BucketState
from dockseal.domain.seller import Region, Seller
from dockseal.domain.sync_run import SyncSource
from dockseal.errors import AnswerUnreadable, OrderUnknown
from dockseal.fulfillment_processing.examination import Examination
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.answers import Answers
from dockseal.order_synchronization.intake import Intake
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.sweeping import Sweeping
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("corner-shop")
PAGE = 2


class CornerShop:
    """A shop that keeps its orders as lines of JSON, and knows nothing of Amazon."""

    api = OrdersApi.V2026  # its pages carry whole orders

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._lines: dict[AmazonOrderId, str] = {}
        self.asked = 0

    def sell(self, number: int, quantity: int, *, state: str = "to ship") -> AmazonOrderId:
        """Sells something, or sells otherwise what it sold under this number."""
        order_id = AmazonOrderId(f"900-0000000-{number:07}")
        at = self._clock.now().isoformat()
        self._lines[order_id] = json.dumps({"no": order_id, "cups": quantity, "state": state, "at": at})
        return order_id

    def smudge(self, order_id: AmazonOrderId) -> None:
        """Makes an order that nobody can read."""
        self._lines[order_id] = "a coffee stain"

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        self.asked += 1
        if order_id not in self._lines:
            raise OrderUnknown("look-up", status=404, code="", message="the shop sold no such thing")
        return self._read(self._lines[order_id])

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        return order

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        del created
        self.asked += 1
        cut = until or self._clock.now()
        readable = [line for line in self._lines.values() if line.startswith("{")]
        orders = [self._read(line) for line in readable]
        found = [order for order in orders if since <= order.updated_at <= cut]
        start = int(page_token or 0)
        rest = len(found) - start - PAGE
        return OrdersPage(
            orders=tuple(found[start : start + PAGE]),
            next_token=str(start + PAGE) if rest > 0 else "",
            complete_to=cut,
        )

    def _read(self, line: str) -> AmazonOrder:
        try:
            sold = json.loads(line)
        except ValueError:
            raise AnswerUnreadable("the shop's order cannot be read: ask the shop") from None
        return AmazonOrder(
            amazon_order_id=sold["no"],
            marketplace_id="corner",
            status=AmazonStatus.CANCELLED if sold["state"] == "cancelled" else AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=datetime.fromisoformat(sold["at"]),
            ship_by=NOW + timedelta(days=1),
            lines=(OrderLine(order_item_id="1", sku="CUP", ordered=sold["cups"]),),
        )


class Channel:
    """Order synchronization over the shop, and the examination of fulfillment after it."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.clock = storage, ManualClock(start=NOW)
        self.shop = CornerShop(self.clock)
        trail = Trail(storage, self.clock)
        keeping = Keeping(storage=storage, trail=trail, clock=self.clock)
        ledger, answers = Ledger(storage=storage, clock=self.clock), Answers(storage)
        self.sweeping = Sweeping(
            storage=storage,
            orders=lambda _: self.shop,
            keeping=keeping,
            ledger=ledger,
            answers=answers,
            clock=self.clock,
            overlap=timedelta(minutes=5),
            first=timedelta(hours=1),
        )
        self.intake = Intake(
            storage=storage,
            orders=lambda _: self.shop,
            buckets=self._bucket,
            page=self.sweeping.run,
            answers=answers,
            keeping=keeping,
            ledger=ledger,
            clock=self.clock,
        )
        self.examination = Examination(storage=storage, trail=trail, clock=self.clock)
        storage.sellers.add(
            Seller(
                id=SELLER,
                region=Region.EU,
                marketplaces=("corner",),
                selling_partner_id="corner",
                warehouse=WarehouseId("reno"),
            )
        )

    def _bucket(self, seller: SellerId, operation: Operation) -> BucketState:
        del seller, operation
        return BucketState(tokens=30, rate=1, burst=30, at=self.clock.now())

    def tell(self, order_id: AmazonOrderId) -> None:
        """The shop rings."""
        notice = Notice(
            id=f"{order_id} {self.clock.now()}",
            seller=SELLER,
            amazon_order_id=order_id,
            source=NoticeSource.NOTIFICATION,
            noticed_at=self.clock.now(),
        )
        with self.storage.transaction():
            assert self.storage.notices.add(notice)

    def work(self) -> None:
        """Lets a few minutes pass in which every lane runs."""
        for lane in (self.intake, self.sweeping, self.examination):
            while lane.run(SELLER).more:
                pass
        self.clock.advance(timedelta(minutes=4))

    def order(self, order_id: AmazonOrderId) -> Order:
        found = self.storage.orders.find(SELLER, order_id)
        assert found is not None
        return found


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    yield Channel(storage)
    storage.close()


def test_an_order_the_shop_tells_of_becomes_releasable(channel: Channel) -> None:
    order_id = channel.shop.sell(1, 2)
    channel.tell(order_id)
    channel.work()
    assert channel.order(order_id).state is OrderState.RELEASABLE
    assert channel.order(order_id).warehouse == "reno"


def test_orders_nobody_told_of_are_found_by_the_sweep_over_all_pages(channel: Channel) -> None:
    orders = [channel.shop.sell(number, 1) for number in range(7)]
    channel.work()
    assert {channel.order(order_id).state for order_id in orders} == {OrderState.RELEASABLE}
    assert channel.storage.sync_runs.latest(SELLER, source=SyncSource.SWEEP)[0].orders == 7


def test_changes_reach_the_order_as_they_do_from_amazon(channel: Channel) -> None:
    fewer, gone = channel.shop.sell(1, 2), channel.shop.sell(2, 2)
    channel.work()
    channel.shop.sell(1, 1)
    channel.shop.sell(2, 2, state="cancelled")
    channel.work()
    assert channel.order(fewer).revision == 2
    assert channel.order(gone).state is OrderState.CANCELLED


def test_a_change_after_the_release_is_a_persons_decision(channel: Channel) -> None:
    order_id = channel.shop.sell(1, 2)
    channel.work()
    channel.storage.orders.move(channel.order(order_id), OrderState.RELEASED)
    channel.shop.sell(1, 1)
    channel.work()
    assert channel.order(order_id).state is OrderState.RELEASED
    assert "CUP 2 to 1" in channel.order(order_id).attention


def test_an_order_nobody_can_read_is_held_and_the_others_flow(channel: Channel) -> None:
    smudged, fine = channel.shop.sell(1, 1), channel.shop.sell(2, 1)
    channel.shop.smudge(smudged)
    channel.tell(smudged)
    channel.tell(fine)
    channel.work()
    held = channel.order(smudged)
    assert held.state is OrderState.HELD
    assert held.hold is not None
    assert "ask the shop" in held.hold.sentence
    assert channel.order(fine).state is OrderState.RELEASABLE


def test_two_sellers_may_have_an_item_of_the_same_id(channel: Channel) -> None:
    other = SellerId("other-shop")
    channel.storage.sellers.add(replace(channel.storage.sellers.get(SELLER), id=other))
    order_id = channel.shop.sell(1, 1)
    for seller in (SELLER, other):
        channel.sweeping.run(seller)
        channel.examination.run(seller)
    refs = {channel.storage.orders.find(seller, order_id) for seller in (SELLER, other)}
    assert len({order.ref for order in refs if order}) == 2
