"""Of a backlog, single reads take what pages would show last."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.amazon.operations import GET_ORDER, Operation
from dockseal.amazon.orders import OrdersPage
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.lane import NOTHING
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, OrdersApi
from dockseal.domain.quota import BucketState
from dockseal.errors import AmazonThrottled
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization import intake
from dockseal.order_synchronization.answers import Answers
from dockseal.order_synchronization.intake import Intake
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SELLER = SellerId("acme-us")
TOKENS = 5


class FiveReads:
    """Reads five orders, and then the quota is spent; writes down which."""

    api = OrdersApi.V2026

    def __init__(self) -> None:
        self.read: list[int] = []

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        if len(self.read) == TOKENS:
            raise AmazonThrottled("getOrder", NOW + timedelta(seconds=2))
        self.read.append(int(order_id[-7:]))
        return AmazonOrder(
            amazon_order_id=order_id,
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=NOW - timedelta(hours=1),
        )

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        return order

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        raise AssertionError("the pages' bucket is empty")


def bucket(_: SellerId, operation: Operation) -> BucketState:
    tokens = TOKENS if operation is GET_ORDER else 0
    return BucketState(tokens=tokens, rate=operation.rate, burst=operation.burst, at=NOW)


def test_the_newest_orders_are_read_although_the_plan_looks_at_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LOOK_AHEAD", 300)
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage, clock, reader = (
        Storage.open(places, secret_key="only for tests"),
        ManualClock(start=NOW),
        FiveReads(),
    )
    with storage.transaction():
        for number in range(400):
            storage.notices.add(
                Notice(
                    id=f"n{number}",
                    seller=SELLER,
                    amazon_order_id=AmazonOrderId(f"113-0000000-{number:07}"),
                    source=NoticeSource.NOTIFICATION,
                    noticed_at=NOW - timedelta(hours=1) + timedelta(seconds=number),
                    ship_by=NOW + timedelta(days=1),
                )
            )
    Intake(
        storage=storage,
        orders=lambda _: reader,
        buckets=bucket,
        page=lambda _: NOTHING,
        answers=Answers(storage),
        keeping=Keeping(storage=storage, trail=Trail(storage, clock), clock=clock),
        ledger=Ledger(storage=storage, clock=clock),
        clock=clock,
    ).run(SELLER)
    storage.close()
    assert reader.read == [399, 398, 397, 396, 395]


def test_a_new_order_is_read_before_everything_that_is_only_read_back(tmp_path: Path) -> None:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage, clock, reader = (
        Storage.open(places, secret_key="only for tests"),
        ManualClock(start=NOW),
        FiveReads(),
    )
    with storage.transaction():
        for number in range(600):
            fresh = number in {200, 599}
            storage.notices.add(
                Notice(
                    id=f"n{number}",
                    seller=SELLER,
                    amazon_order_id=AmazonOrderId(f"113-0000000-{number:07}"),
                    source=NoticeSource.NOTIFICATION if fresh else NoticeSource.VERIFICATION,
                    noticed_at=NOW - timedelta(hours=1) + timedelta(seconds=number),
                    ship_by=NOW + timedelta(days=2) if number == 200 else None,
                    tries=0 if fresh else 1,
                )
            )
    Intake(
        storage=storage,
        orders=lambda _: reader,
        buckets=bucket,
        page=lambda _: NOTHING,
        answers=Answers(storage),
        keeping=Keeping(storage=storage, trail=Trail(storage, clock), clock=clock),
        ledger=Ledger(storage=storage, clock=clock),
        clock=clock,
    ).run(SELLER)
    storage.close()
    assert reader.read[:2] == [200, 599]
    assert len(reader.read) == TOKENS, "what tokens are left reads back"
