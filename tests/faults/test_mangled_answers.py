"""Any body at all in place of Amazon's: one order is held with its reason or not kept, and the rest flow."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from day import MakeDay
from dockseal.amazon import orders_v0, orders_v2026
from dockseal.amazon.order_change import NotForUs, notice_from
from dockseal.amazon.piece import Piece
from dockseal.domain.identifiers import SellerId
from dockseal.domain.marketplaces import local_text
from dockseal.domain.notice import Notice
from dockseal.domain.order import AmazonOrder, OrdersApi, OrderState
from dockseal.errors import AnswerUnreadable
from spapi_simulator import Line

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
V0_ORDER = {
    "AmazonOrderId": "113-0000000-0000001",
    "MarketplaceId": "ATVPDKIKX0DER",
    "OrderStatus": "Unshipped",
    "FulfillmentChannel": "MFN",
    "PurchaseDate": "2026-11-02T08:00:00Z",
    "LastUpdateDate": "2026-11-02T08:00:00Z",
    "LatestShipDate": "2026-11-04T07:59:59Z",
    "IsPrime": "true",
}
V0_ITEM = {
    "OrderItemId": "00012345",
    "SellerSKU": "MUG-1",
    "Title": "Mug",
    "QuantityOrdered": 2,
    "QuantityShipped": 0,
    "BuyerRequestedCancel": {"IsBuyerRequestedCancel": "false"},
    "AmazonPrograms": {"Programs": ["SUBSCRIBE_AND_SAVE"]},
}
V2026_ORDER = {
    "orderId": "113-0000000-0000001",
    "createdTime": "2026-11-02T08:00:00.250Z",
    "lastUpdatedTime": "2026-11-02T08:00:00.250Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "programs": ["PRIME"],
    "associatedOrders": [{"orderId": "113-0000000-0000009", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "shipByWindow": {"latestDateTime": "2026-11-04T07:59:59Z"},
    },
    "orderItems": [
        {
            "orderItemId": "00012345",
            "quantityOrdered": 2,
            "product": {"sellerSku": "MUG-1", "title": "Mug"},
            "fulfillment": {"quantityFulfilled": 0},
        }
    ],
    "packages": [{"packageReferenceId": "1", "packageItems": [{"orderItemId": "00012345", "quantity": 1}]}],
}
NOTIFICATION = {
    "NotificationType": "ORDER_CHANGE",
    "Payload": {
        "OrderChangeNotification": {
            "SellerId": "ATESTSELLER",
            "AmazonOrderId": "113-0000000-0000001",
            "Summary": {
                "MarketplaceId": "ATVPDKIKX0DER",
                "FulfillmentType": "MFN",
                "LatestShipDate": "2026-11-04T07:59:59Z",
                "DestinationPostalCode": "00000",
            },
        }
    },
    "NotificationMetadata": {"NotificationId": "d0e9e693-c3ad-4373-979f-ed4ec98dd746"},
}

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2.5,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "0001",
    "1995-01-01T00:00:00Z",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-05:00",
    "2026-11-02T08:00:00",
    "\ud800",
    "\x00",
    "x" * 100_000,
    "AFN",
    "A_MARKETPLACE_NOBODY_KNOWS",
    [],
    {},
    [None],
    [[]],
    {"x": {"y": []}},
]
odd = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body, its inner ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, each in inner for place in places(each, (*path, name)))]


def mangled(body: Any, place: tuple[Any, ...], value: Any, *, drop: bool = False) -> Any:
    """A copy of a body with another value at a place, or with none."""
    if not place:
        return value
    copied = copy.deepcopy(body)
    around = copied
    for step in place[:-1]:
        around = around[step]
    if drop:
        del around[place[-1]]
    else:
        around[place[-1]] = value
    return copied


@st.composite
def mangled_bodies(draw: st.DrawFn, body: Any) -> Any:
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        body = mangled(body, place, draw(odd), drop=draw(st.booleans()))
        if not isinstance(body, dict):
            return body
    return body


def is_fit(order: AmazonOrder) -> None:
    """Checks that an order can be kept by a database, and shown."""
    texts = [order.marketplace_id, order.status_text, order.replaces, *order.programs]
    texts += [text for line in order.lines for text in (line.order_item_id, line.sku, line.title)]
    texts += [each.reference_id for each in order.packages or ()]
    for text in texts:
        assert "\x00" not in text
        assert len(text.encode()) <= 100_000
    assert all(0 <= line.ordered <= 1_000_000 for line in order.lines)
    if order.ship_by is not None:
        assert local_text(order.ship_by, order.marketplace_id)


ENDLESS = ["[" * 100_000, "1" * 9999]


def is_sentence(fault: AnswerUnreadable) -> bool:
    """Tells whether it can be written down, and says where to look."""
    return bool(str(fault).encode()) and "Seller Central" in str(fault)


def read_or_refused(read: Callable[[], AmazonOrder]) -> AmazonOrder | AnswerUnreadable:
    try:
        return read()
    except AnswerUnreadable as fault:
        return fault


@given(mangled_bodies(V2026_ORDER))
def test_any_order_of_v2026_is_read_or_told_to_be_unreadable(body: Any) -> None:
    found = read_or_refused(lambda: orders_v2026.order_from(body))
    if isinstance(found, AnswerUnreadable):
        assert is_sentence(found)
    else:
        is_fit(found)


@given(mangled_bodies(V0_ORDER), mangled_bodies([V0_ITEM, V0_ITEM]))
def test_any_order_of_v0_is_read_or_told_to_be_unreadable(body: Any, items: Any) -> None:
    def read() -> AmazonOrder:
        order = orders_v0.order_from(body)
        answer = Piece(whose="an order", values={"OrderItems": items})
        return orders_v0.with_items(order, list(answer.needed_pieces("OrderItems")))

    found = read_or_refused(read)
    if isinstance(found, AnswerUnreadable):
        assert is_sentence(found)
    else:
        is_fit(found)


@given(mangled_bodies({"orders": [V2026_ORDER, V2026_ORDER], "pagination": {"nextToken": "t"}}))
def test_any_page_of_v2026_is_read_order_by_order(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        page = orders_v2026.page_from(body, SellerId("acme-us"))
    except AnswerUnreadable:
        return
    assert len(page.orders) + len(page.unreadable) == len(body["orders"])
    for each in page.unreadable:
        (each.what + each.amazon_order_id).encode()


@given(mangled_bodies({"payload": {"Orders": [V0_ORDER, V0_ORDER], "NextToken": "t"}}))
def test_any_page_of_v0_is_read_order_by_order(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        page = orders_v0.page_from(body, SellerId("acme-us"))
    except AnswerUnreadable:
        return
    assert len(page.orders) + len(page.unreadable) == len(body["payload"]["Orders"])


@given(mangled_bodies(NOTIFICATION).map(json.dumps) | st.text() | st.sampled_from(ENDLESS))
def test_any_message_is_a_notice_or_not_for_us_or_unreadable(body: str) -> None:
    try:
        read = notice_from(body, lambda partner, marketplace: None, NOW)
    except AnswerUnreadable as fault:
        str(fault).encode()
    else:
        assert isinstance(read, Notice | NotForUs)


class Mangling(httpx.BaseTransport):
    """Carries requests to the simulator, and mangles what Amazon says of one order, wherever it says it."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.order_id = ""
        self.mangle: Callable[[Any], Any] = lambda order: order
        self.pages = False
        self._page: bytes | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        path = request.url.path
        if answer.status_code != 200 or not path.startswith("/orders/") or not self.order_id:
            return answer
        body = json.loads(answer.read())
        if self.pages and path.endswith("/orders"):
            return self._repeated(body)
        if path.endswith(f"/orders/{self.order_id}"):
            name = "order" if "order" in body else "payload"
            body[name] = self.mangle(body[name])
        for orders in (body.get("orders"), (body.get("payload") or {}).get("Orders")):
            for index, order in enumerate(orders or ()):
                if self.order_id in {order.get("orderId"), order.get("AmazonOrderId")}:
                    orders[index] = self.mangle(order)
        return httpx.Response(200, content=json.dumps(body), headers={"x-amzn-RequestId": "mangled"})

    def _repeated(self, body: Any) -> httpx.Response:
        """An empty page with a token first, and then each page twice."""
        first = self._page is None
        page, self._page = self._page, json.dumps(body).encode()
        if first:
            empty = copy.deepcopy(body)
            inner = empty.get("payload", empty)
            inner["Orders" if "payload" in empty else "orders"] = []
            if "payload" in empty:
                inner["NextToken"] = "empty"
            else:
                inner["pagination"] = {"nextToken": "empty"}
            return httpx.Response(200, content=json.dumps(empty))
        return httpx.Response(200, content=page or self._page)


def _set(*path: str, to: Any) -> Callable[[Any], Any]:
    def mangle(order: Any) -> Any:
        places_ = [place for place in places(order) if place[-len(path) :] == path]
        for place in places_:
            order = mangled(order, place, to)
        return order

    return mangle


MANGLES: dict[str, Callable[[Any], Any]] = {
    "no object": lambda order: ["not", "an", "order"],
    "nothing": lambda order: {},
    "quantity NaN": _set("quantityOrdered", to=float("nan")),
    "quantity huge": _set("quantityOrdered", to=10**30),
    "half a character": _set("title", to="Mug \ud83d"),
    "endless title": _set("title", to="x" * 200_000),
    "updated in 9999": _set("lastUpdatedTime", to="9999-12-31T23:59:59Z"),
    "ship by 1995": _set("latestDateTime", to="1995-01-01T00:00:00Z"),
    "ship by 9999": _set("latestDateTime", to="9999-12-31T23:59:59Z"),
    "unknown marketplace": _set("marketplaceId", to="A_MARKETPLACE_NOBODY_KNOWS"),
    "by Amazon": _set("fulfilledBy", to="AMAZON"),
    "leading zeros": _set("orderItemId", to="00000000000001"),
}
UNKEPT = {"no object", "nothing", "by Amazon"}
"""Nothing need be kept of such an order."""


@pytest.mark.parametrize("name", sorted(MANGLES))
def test_one_order_is_held_or_not_kept_or_flows_and_the_rest_flow(make_day: MakeDay, name: str) -> None:
    day = make_day(api=OrdersApi.V2026, carry=Mangling)
    line = day.line
    assert isinstance(line, Mangling)
    bad = day.amazon.place_order(day.account, lines=[Line(sku="BAD")])
    line.order_id, line.mangle = bad, MANGLES[name]
    good = [day.amazon.place_order(day.account, lines=[Line(sku="SAME"), Line(sku="SAME")]) for _ in range(2)]
    day.run(minutes=10)
    assert {day.order(order_id).state for order_id in good} == {OrderState.RELEASED}
    if not day.knows(bad):
        assert name in UNKEPT
    elif day.order(bad).state is OrderState.HELD:
        hold = day.order(bad).hold
        assert hold is not None
        assert bad in hold.sentence
    else:
        assert day.order(bad).state is OrderState.RELEASED
    assert not [lane for lane in day.app.lanes.all() if "report this as a fault" in lane.failing]


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_empty_pages_with_a_token_and_pages_that_come_twice_lose_and_double_nothing(
    make_day: MakeDay, api: OrdersApi
) -> None:
    day = make_day(api=api, carry=Mangling)
    line = day.line
    assert isinstance(line, Mangling)
    day.amazon.drop_notifications(10)
    orders = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(5)]
    line.order_id, line.pages = "none", True
    day.run(minutes=30)
    line.pages = False
    day.run(minutes=30)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
