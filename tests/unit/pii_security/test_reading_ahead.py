"""One reading for both halves: who takes orders in sees the order, and the hand holds the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from dockseal.amazon.orders import OrdersPage
from dockseal.amazon.whole_orders import WholePage
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, OrdersApi, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.pii_security.hand import KEPT_FOR, Hand
from dockseal.pii_security.missing import ROLE_MISSING
from dockseal.pii_security.reading_ahead import BACKLOG, CATCHING_UP, ReadingAhead
from dockseal.pii_security.retrieval import Retrieval
from unit.pii_security.safe import NOW, SELLER, Safe, someone
from unit.pii_security.scripted import ScriptedAmazon

RECENTLY = NOW - timedelta(minutes=5)
LONG_AGO = NOW - CATCHING_UP


@dataclass
class Shop:
    """Both readers of one seller's orders; writes down how each was read."""

    safe: Safe
    api: OrdersApi = OrdersApi.V2026
    orders: dict[AmazonOrderId, AmazonOrder] = field(default_factory=dict)
    without_recipient: frozenset[WarehouseId] = frozenset()
    lacks_a_message: bool = False
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hand = Hand(self.safe.clock)

    def sells(self, **changes: object) -> AmazonOrder:
        """An order that Amazon has and we have not."""
        order = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"112-0000000-{len(self.orders):07}"),
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=NOW,
        )
        order = replace(order, **changes)  # type: ignore[arg-type]  # the changes are its own fields
        self.orders[order.amazon_order_id] = order
        return order

    @property
    def ahead(self) -> ReadingAhead:
        return ReadingAhead(
            storage=self.safe.storage,
            trail=self.safe.trail,
            clock=self.safe.clock,
            hand=self.hand,
            orders=lambda _: Plain(self),
            whole=lambda _: Whole(self),
            without_recipient=lambda: self.without_recipient,
        )

    def get(self, order: AmazonOrder) -> AmazonOrder:
        return self.ahead.reader(SELLER).get(order.amazon_order_id)

    def search(self, since: datetime, *, created: bool = False) -> OrdersPage:
        return self.ahead.reader(SELLER).search(since=since, created=created)

    def held(self) -> set[AmazonOrderId]:
        return set(self.hand.orders(SELLER))


@dataclass
class Plain:
    shop: Shop

    @property
    def api(self) -> OrdersApi:
        return self.shop.api

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        self.shop.asked.append("order")
        return self.shop.orders[order_id]

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        return order

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        del since, until, page_token, created
        self.shop.asked.append("page")
        return OrdersPage(orders=tuple(self.shop.orders.values()))


@dataclass
class Whole:
    shop: Shop

    def get(self, order_id: AmazonOrderId) -> tuple[AmazonOrder, Recipient | None]:
        self.shop.asked.append("whole order")
        return self.shop.orders[order_id], None if self.shop.lacks_a_message else someone()

    def search(self, *, since: datetime, until: datetime | None = None, page_token: str = "") -> WholePage:
        del since, until, page_token
        self.shop.asked.append("whole page")
        orders = tuple(self.shop.orders.values())
        recipients: Mapping[AmazonOrderId, Recipient] = {order.amazon_order_id: someone() for order in orders}
        return WholePage(page=OrdersPage(orders=orders), recipients=recipients)


@pytest.fixture
def shop(safe: Safe) -> Shop:
    return Shop(safe)


@pytest.fixture
def sealing(shop: Shop, safe: Safe, amazon: ScriptedAmazon) -> Retrieval:
    return Retrieval(
        storage=safe.storage,
        vault=safe.vault,
        trail=safe.trail,
        amazon=amazon,
        grants=safe.grants,
        clock=safe.clock,
        hand=shop.hand,
    )


def test_an_order_that_is_new_is_read_once_and_sealed_without_another_call(
    shop: Shop, safe: Safe, amazon: ScriptedAmazon, sealing: Retrieval
) -> None:
    order = safe.order()
    shop.orders[order.id] = order.amazon
    assert shop.get(order.amazon) == order.amazon
    sealing.run(SELLER)
    assert (shop.asked, amazon.read_) == (["whole order"], [])
    opened = safe.vault.open(order.ref, safe.grant(order)).disclose()
    assert opened["name"] == "Testperson Alpha"
    assert "gift_message" not in opened
    assert safe.tags(order)[:2] == ["order:data:retrieved", "order:data:sealed"]
    (read,) = safe.rows(tag="seller:data:read_ahead")
    assert dict(read.fields) == {"seller": SELLER, "orders": "1", "source": "order"}
    (row,) = safe.rows(order, tag="order:data:retrieved")
    assert dict(row.fields)["source"] == "ahead"


def test_an_address_without_a_name_holds_the_order_and_tells_that_the_role_is_missing(
    shop: Shop, safe: Safe, amazon: ScriptedAmazon, sealing: Retrieval
) -> None:
    order = safe.order()
    shop.hand.put(SELLER, order.amazon, someone().only([]))
    sealing.run(SELLER)
    hold = safe.now_is(order).hold
    assert hold is not None
    assert (hold.code, amazon.read_) == (ROLE_MISSING, [])


def test_the_first_address_that_comes_is_noted_as_a_role_and_the_first_that_does_not_as_none(
    shop: Shop, safe: Safe, sealing: Retrieval
) -> None:
    def known() -> frozenset[str]:
        return safe.storage.sellers.get(SELLER).may_read

    assert known() == frozenset()
    shop.hand.put(SELLER, safe.order().amazon, someone())
    sealing.run(SELLER)
    assert known() == {"recipient-v2026"}
    shop.hand.put(SELLER, safe.order().amazon, someone().only([]))
    sealing.run(SELLER)
    assert known() == frozenset()


def test_what_is_in_the_hand_is_sealed_even_while_the_quota_is_spent_for_orders_due_before_it(
    shop: Shop, safe: Safe, amazon: ScriptedAmazon, sealing: Retrieval
) -> None:
    for _ in range(60):
        safe.order(ship_by=NOW + timedelta(hours=1))
    late = safe.order(ship_by=NOW + timedelta(days=2))
    shop.hand.put(SELLER, late.amazon, someone())
    sealing.run(SELLER)
    assert safe.now_is(late).sealed_until is not None
    assert amazon.read_ == []


def test_an_order_in_the_hand_that_is_not_to_be_released_is_not_sealed(
    shop: Shop, safe: Safe, sealing: Retrieval
) -> None:
    held, sealed = safe.order(OrderState.HELD, hold=Hold(code="x", sentence="x")), safe.sealed()
    before = safe.now_is(sealed).sealed_until
    for order in (held, sealed):
        shop.hand.put(SELLER, order.amazon, someone())
    assert sealing.run(SELLER).done == 0
    assert safe.now_is(held).sealed_until is None
    assert safe.now_is(sealed).sealed_until == before


def test_a_gift_message_that_one_more_call_would_show_is_left_to_that_call(shop: Shop) -> None:
    shop.lacks_a_message = True
    shop.get(shop.sells(has_gift_message=True))
    assert shop.held() == set()


@pytest.mark.parametrize("state", [OrderState.RELEASED, OrderState.SHIPPED, OrderState.CONFIRMED])
def test_an_order_that_is_at_the_warehouse_is_read_without_its_address(
    shop: Shop, safe: Safe, state: OrderState
) -> None:
    order = safe.order(state)
    shop.orders[order.id] = order.amazon
    shop.get(order.amazon)
    assert (shop.asked, shop.held()) == (["order"], set())


def test_nothing_is_read_ahead_for_a_warehouse_that_needs_no_address(shop: Shop) -> None:
    shop.without_recipient = frozenset({WarehouseId("reno")})
    shop.get(shop.sells())
    assert (shop.asked, shop.held()) == (["order"], set())


def test_nothing_is_read_ahead_with_v0(shop: Shop) -> None:
    shop.api = OrdersApi.V0
    shop.get(shop.sells())
    assert shop.asked == ["order"]


def test_nothing_is_read_ahead_while_orders_wait_for_the_role(shop: Shop, safe: Safe) -> None:
    safe.order(OrderState.HELD, hold=Hold(code=ROLE_MISSING, sentence="no role"))
    shop.get(shop.sells())
    assert shop.asked == ["order"]


def test_a_page_of_a_long_window_holds_the_addresses_of_orders_yet_to_be_released_alone(
    shop: Shop, safe: Safe
) -> None:
    new, known = shop.sells(), safe.order(OrderState.ACCEPTED)
    released = safe.order(OrderState.RELEASED)
    shop.orders |= {known.id: known.amazon, released.id: released.amazon}
    shop.sells(status=AmazonStatus.SHIPPED)
    shop.sells(status=AmazonStatus.PENDING)
    shop.sells(fulfilled_by=FulfilledBy.AMAZON)
    page = shop.search(LONG_AGO)
    assert page.orders == tuple(shop.orders.values())
    assert shop.held() == {new.amazon_order_id, known.id}
    (row,) = safe.rows(tag="seller:data:read_ahead")
    assert dict(row.fields) == {"seller": SELLER, "orders": "2", "source": "page"}


def test_a_page_of_the_minutes_before_is_read_without_addresses(shop: Shop) -> None:
    shop.sells()
    shop.search(RECENTLY)
    assert (shop.asked, shop.held()) == (["page"], set())


def test_a_page_is_read_with_addresses_once_many_orders_wait_to_be_read(shop: Shop, safe: Safe) -> None:
    order = shop.sells()
    for number in range(BACKLOG):
        notice = Notice(
            id=f"n{number}",
            seller=SELLER,
            amazon_order_id=AmazonOrderId(f"114-0000000-{number:07}"),
            source=NoticeSource.NOTIFICATION,
            noticed_at=NOW,
        )
        with safe.storage.transaction():
            safe.storage.notices.add(notice)
    shop.search(RECENTLY)
    assert (shop.asked, shop.held()) == (["whole page"], {order.amazon_order_id})


def test_a_list_by_creation_only_counts_and_is_read_without_addresses(shop: Shop) -> None:
    shop.sells()
    shop.search(LONG_AGO, created=True)
    assert shop.asked == ["page"]


def test_what_nobody_fetched_is_dropped_while_there_is_nothing_to_do(
    shop: Shop, safe: Safe, sealing: Retrieval
) -> None:
    order = shop.sells()
    shop.get(order)
    safe.clock.advance(KEPT_FOR)
    assert sealing.busy() == []
    assert order.amazon_order_id not in repr(vars(shop.hand))


def test_a_recipient_in_the_hand_shows_nothing_in_a_dump(shop: Shop) -> None:
    shop.get(shop.sells())
    assert "Testperson" not in repr(vars(shop.hand))
    assert SellerId("acme-us") in repr(vars(shop.hand))
