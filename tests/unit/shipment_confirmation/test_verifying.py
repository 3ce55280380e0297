"""The lane that verifies, by hand: what it asks to be read, sends again, and tells a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, new_order_ref
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import (
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    Order,
    OrderLine,
    OrderState,
)
from dockseal.domain.parcel_sentences import shipped_elsewhere
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.repairing import MOST
from dockseal.shipment_confirmation.verification import CROWD, Verification
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("acme-us")
AFTER = timedelta(minutes=15)
SENT = AmazonPackage(reference_id="1", carrier="UPS", tracking_number="T1", contents=(("i1", 2),))


@dataclass(kw_only=True)
class Desk:
    """A storage, a clock and the lane."""

    storage: Storage
    clock: ManualClock = field(default_factory=lambda: ManualClock(start=NOW))

    @property
    def lane(self) -> Verification:
        trail = Trail(self.storage, self.clock)
        return Verification(storage=self.storage, trail=trail, clock=self.clock, after=AFTER)

    def confirmed(self, number: int = 1, **changes: object) -> Order:
        """An order whose one package Amazon just took."""
        order = Order(
            ref=new_order_ref(),
            seller=SELLER,
            state=OrderState.CONFIRMED,
            amazon=AmazonOrder(
                amazon_order_id=AmazonOrderId(f"113-0000000-{number:07}"),
                status=AmazonStatus.UNSHIPPED,
                fulfilled_by=FulfilledBy.MERCHANT,
                updated_at=NOW,
                lines=(OrderLine(order_item_id="i1", sku="MUG-1", ordered=2),),
                packages=(),
            ),
            read_at=self.clock.now() - timedelta(hours=1),
            accepted_at=self.clock.now() - timedelta(hours=1),
            confirmed_at=self.clock.now(),
            shipped_at=self.clock.now(),
        )
        self.storage.orders.insert(order)
        values: dict[str, object] = {
            "order": order.ref,
            "reference_id": 1,
            "carrier": "UPS",
            "tracking_number": "T1",
            "shipped_at": self.clock.now(),
            "contents": (Content(order_item_id="i1", quantity=2),),
            "state": PackageState.CONFIRMED,
            "report_id": f"r{number}",
            "confirmed_at": self.clock.now(),
        }
        self.storage.packages.add(Package(**{**values, **changes}))  # type: ignore[arg-type]  # by name
        return order

    def read(self, order: Order, *packages: AmazonPackage) -> None:
        """The order is read, and Amazon shows these packages."""
        now = self.storage.orders.get(order.ref)
        amazon = replace(now.amazon, status=AmazonStatus.SHIPPED, packages=packages)
        self.storage.orders.change(now, amazon=amazon, read_at=self.clock.now())
        self.storage.notices.close(SELLER, order.id, self.clock.now())

    def sent_again(self, order: Order) -> None:
        """The lane that confirms does its part."""
        now, (package,) = self.storage.orders.get(order.ref), self.storage.packages.of_order(order.ref)
        assert (now.state, package.state) == (OrderState.SHIPPED, PackageState.REPORTED)
        at = self.clock.now()
        self.storage.packages.change(package, state=PackageState.CONFIRMED, confirmed_at=at, tries=0)
        self.storage.orders.move(now, OrderState.CONFIRMED, confirmed_at=at)

    def wishes(self, order: Order) -> list[Notice]:
        """What is to be read of an order."""
        return self.storage.notices.of_order(order.id)

    def run(self, **later: float) -> None:
        """Lets time pass, and the lane run."""
        self.clock.advance(timedelta(**later))
        self.lane.run(SELLER)

    def state(self, order: Order) -> tuple[OrderState, PackageState]:
        """Where the order and its package stand."""
        (package,) = self.storage.packages.of_order(order.ref)
        return self.storage.orders.get(order.ref).state, package.state


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    yield Desk(storage=storage)
    storage.close()


VERIFIED = (OrderState.VERIFIED, PackageState.VERIFIED)
CONFIRMED = (OrderState.CONFIRMED, PackageState.CONFIRMED)


def test_a_reading_that_is_there_anyway_verifies_and_nothing_is_asked(desk: Desk) -> None:
    order = desk.confirmed()
    desk.run()
    assert desk.wishes(order) == []
    desk.clock.advance(timedelta(minutes=9))
    desk.read(order, SENT)
    assert desk.lane.busy() == [SELLER]
    desk.run()
    assert desk.state(order) == VERIFIED
    assert desk.lane.busy() == []


def test_a_reading_from_before_the_confirmation_proves_nothing(desk: Desk) -> None:
    order = desk.confirmed()
    now = desk.storage.orders.get(order.ref)
    desk.storage.orders.change(now, amazon=replace(now.amazon, packages=(SENT,)))
    desk.run(minutes=1)
    assert desk.state(order) == CONFIRMED


def test_an_order_that_no_sweep_showed_is_asked_for_once(desk: Desk) -> None:
    order = desk.confirmed()
    for _ in range(5):
        desk.run(minutes=10)
    (wish,) = desk.wishes(order)
    assert (wish.source, wish.noticed_at, wish.tries) == (NoticeSource.VERIFICATION, NOW, 0)


def test_a_wish_that_was_lost_is_made_anew(desk: Desk) -> None:
    order = desk.confirmed()
    desk.run()
    desk.run(minutes=15)
    desk.storage.notices.close(SELLER, order.id, desk.clock.now())
    desk.run(hours=1)
    assert len(desk.wishes(order)) == 1


def test_more_than_a_page_of_them_is_asked_for_at_once_and_echoes_are_answered_with_it(desk: Desk) -> None:
    orders = [desk.confirmed(number) for number in range(CROWD + 1)]
    echo = Notice(
        id="echo",
        seller=SELLER,
        amazon_order_id=orders[0].id,
        source=NoticeSource.NOTIFICATION,
        noticed_at=NOW,
    )
    desk.storage.notices.add(echo)
    while desk.lane.run(SELLER).more:
        pass
    assert all(
        [wish.source for wish in desk.wishes(order)] == [NoticeSource.VERIFICATION] for order in orders
    )


def test_a_wish_of_a_crowd_stays_for_as_long_as_its_reading_takes(desk: Desk) -> None:
    orders = [desk.confirmed(number) for number in range(CROWD + 1)]
    for minute in range(240):
        desk.run(minutes=1)
        while desk.lane.run(SELLER).more:
            pass
        if minute % 20 == 0:
            assert all(len(desk.wishes(order)) == 1 for order in orders), minute


def test_a_wish_to_read_once_more_stays_for_as_long_as_its_reading_takes(desk: Desk) -> None:
    order = desk.confirmed()
    desk.run()
    desk.clock.advance(timedelta(minutes=1))
    desk.read(order, replace(SENT, tracking_number="T2"))
    desk.run(minutes=5)
    for _ in range(30):
        desk.run(minutes=1)
        assert len(desk.wishes(order)) == 1


def test_a_package_shown_otherwise_is_read_again_four_times_before_it_is_sent_again(desk: Desk) -> None:
    order = desk.confirmed()
    desk.run()
    desk.clock.advance(timedelta(minutes=1))
    desk.read(order, replace(SENT, tracking_number="T2"))
    read_again = 0
    while desk.state(order) == CONFIRMED:
        desk.run(minutes=1)
        if wishes := desk.wishes(order):
            assert [wish.tries for wish in wishes] == [1], "no list shows it: nothing changed"
            desk.read(order, replace(SENT, tracking_number="T2"))
            read_again += 1
        assert desk.clock.now() < NOW + timedelta(hours=2)
    assert read_again == 4
    assert desk.state(order) == (OrderState.SHIPPED, PackageState.REPORTED)
    assert "Amazon shows T2 instead of T1" in desk.storage.orders.get(order.ref).attention


def test_what_is_never_shown_as_sent_is_sent_three_times_and_then_a_person_is_told_once(desk: Desk) -> None:
    order = desk.confirmed()
    for _ in range(MOST):
        desk.clock.advance(timedelta(minutes=80))
        desk.read(order, replace(SENT, tracking_number="T2"))
        desk.run()
        desk.sent_again(order)
    desk.clock.advance(timedelta(minutes=80))
    desk.read(order, replace(SENT, tracking_number="T2"))
    desk.run()
    assert "otherwise than it was sent 3 times" in desk.storage.orders.get(order.ref).attention
    desk.storage.orders.change(desk.storage.orders.get(order.ref), attention="")  # somebody saw it
    for _ in range(30):
        desk.read(order, replace(SENT, tracking_number="T2"))
        desk.run(hours=3)
    assert desk.state(order) == CONFIRMED
    assert desk.storage.orders.get(order.ref).attention == ""
    desk.read(order, SENT)
    desk.run(hours=2)
    assert desk.state(order) == VERIFIED


def test_a_bought_label_that_amazon_does_not_show_is_never_sent_and_a_person_is_told(desk: Desk) -> None:
    order = desk.confirmed(bought=True)
    desk.clock.advance(timedelta(minutes=80))
    desk.read(order)
    desk.run()
    assert desk.state(order) == CONFIRMED
    assert "whether the label was voided" in desk.storage.orders.get(order.ref).attention


def test_the_reference_that_amazon_gave_a_package_is_kept(desk: Desk) -> None:
    order = desk.confirmed(bought=True)
    desk.clock.advance(timedelta(minutes=1))
    desk.read(order, replace(SENT, reference_id="70"))
    desk.run()
    (package,) = desk.storage.packages.of_order(order.ref)
    assert (package.state, package.amazon_reference) == (PackageState.VERIFIED, "70")


def test_what_needs_a_person_all_the_same_outlasts_the_verification(desk: Desk) -> None:
    order = desk.confirmed()
    lasting = (
        "The label whose answer was lost was bought: print it in Seller Central, where it can be voided too."
    )
    passing = "Give the application the role Inventory and Order Tracking."
    now = desk.storage.orders.get(order.ref)
    desk.storage.orders.change(now, attention=f"{passing} {lasting}")
    desk.clock.advance(timedelta(minutes=1))
    desk.read(order, SENT)
    desk.run()
    assert desk.storage.orders.get(order.ref).attention == lasting


@pytest.mark.parametrize(("counted", "stays"), [(2, True), (1, False)])
def test_where_amazon_shows_no_packages_what_somebody_else_shipped_is_known_by_its_counts(
    desk: Desk, counted: int, stays: bool
) -> None:
    ours = (Content(order_item_id="i1", quantity=1),)
    order = desk.confirmed(contents=ours)
    said = shipped_elsewhere(order.id, AmazonStatus.PARTIALLY_SHIPPED)
    lines = (OrderLine(order_item_id="i1", sku="MUG-1", ordered=3, shipped=counted),)
    partly = replace(order.amazon, status=AmazonStatus.PARTIALLY_SHIPPED, lines=lines, packages=None)
    shipped = desk.storage.orders.move(desk.storage.orders.get(order.ref), OrderState.SHIPPED)
    shipped = desk.storage.orders.move(shipped, OrderState.PARTLY_SHIPPED, attention=said)
    desk.clock.advance(timedelta(minutes=1))
    desk.storage.orders.change(shipped, amazon=partly, read_at=desk.clock.now())
    desk.run()
    assert desk.state(order) == (OrderState.PARTLY_SHIPPED, PackageState.VERIFIED)
    assert desk.storage.orders.get(order.ref).attention == (said if stays else "")


def test_what_was_said_of_a_bought_label_that_is_shown_after_all_needs_nobody(desk: Desk) -> None:
    order = desk.confirmed(bought=True, contents=(Content(order_item_id="i1", quantity=1),))
    shipped = desk.storage.orders.move(desk.storage.orders.get(order.ref), OrderState.SHIPPED)
    desk.storage.orders.move(shipped, OrderState.PARTLY_SHIPPED)
    desk.clock.advance(timedelta(minutes=80))
    desk.read(order)
    desk.run()
    assert desk.storage.orders.get(order.ref).attention
    desk.read(order, replace(SENT, contents=(("i1", 1),)))
    desk.run(hours=2)
    assert desk.state(order) == (OrderState.PARTLY_SHIPPED, PackageState.VERIFIED)
    assert desk.storage.orders.get(order.ref).attention == ""


def test_a_verified_order_is_followed_until_its_parcels_are_at_an_end(desk: Desk) -> None:
    order = desk.confirmed()
    desk.clock.advance(timedelta(minutes=1))
    desk.read(order, replace(SENT, status="IN_TRANSIT"))
    desk.run()
    assert desk.wishes(order) == []
    for day in range(40):
        desk.run(days=1)
        assert len(desk.wishes(order)) == (1 if 5 <= day + 1 < 30 else 0), day
        desk.read(order, replace(SENT, status="IN_TRANSIT"))
    assert desk.storage.orders.get(order.ref).next_try is None
