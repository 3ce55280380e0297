from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.orders_v2026 import order_from, page_from, status_from
from dockseal.domain.order import AmazonStatus, FulfilledBy
from dockseal.errors import AnswerUnreadable

from .conftest import ORDER, SELLER, START, OrderJson, World


def test_an_order_is_read_with_everything_we_keep(order_json: OrderJson) -> None:
    order = order_from(order_json(programs=["PRIME"]))
    assert order.amazon_order_id == ORDER
    assert order.marketplace_id == "ATVPDKIKX0DER"
    assert (order.status, order.fulfilled_by) == (AmazonStatus.UNSHIPPED, FulfilledBy.MERCHANT)
    assert order.updated_at == datetime(2026, 11, 2, 7, 30, 0, 250000, tzinfo=UTC)
    assert order.ship_by == datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC)
    assert order.deliver_by is None
    assert order.programs == {"PRIME"}
    (line,) = order.lines
    assert (line.order_item_id, line.sku, line.ordered, line.shipped) == ("001", "MUG-1", 2, 0)
    assert order.packages == ()


@pytest.mark.parametrize("word", ["ON_A_SHIP", "", "unshipped", "UNKNOWN"])
def test_a_status_we_do_not_know_is_unknown_and_kept_in_amazons_word(
    order_json: OrderJson, word: str
) -> None:
    order = order_from(order_json(fulfillment={"fulfillmentStatus": word, "fulfilledBy": "DRONE"}))
    assert (order.status, order.status_text) == (AmazonStatus.UNKNOWN, word)
    assert order.fulfilled_by is FulfilledBy.UNKNOWN


def test_an_order_of_which_only_the_invoice_is_missing_was_shipped() -> None:
    assert status_from("INVOICE_UNCONFIRMED") is AmazonStatus.SHIPPED


def test_an_order_without_its_optional_parts_is_read(order_json: OrderJson) -> None:
    bare = order_json()
    for name in ("createdTime", "salesChannel", "fulfillment"):
        del bare[name]
    order = order_from(
        bare | {"packages": None, "programs": None, "newThing": {"deep": [1]}, "orderItems": []}
    )
    assert (order.marketplace_id, order.status, order.lines) == ("", AmazonStatus.UNKNOWN, ())
    assert (order.purchased_at, order.ship_by) == (None, None)


def test_an_item_that_was_cancelled_completely_has_the_quantity_zero(order_json: OrderJson) -> None:
    order = order_from(order_json(orderItems=[{"orderItemId": "001", "quantityOrdered": 0, "product": {}}]))
    assert (order.lines[0].ordered, order.lines[0].sku) == (0, "")


def test_a_buyers_wish_to_cancel_counts_until_it_is_carried_out(order_json: OrderJson) -> None:
    def wish(cancellation: dict[str, Any] | None) -> bool:
        item = {"orderItemId": "001", "quantityOrdered": 1, "product": {}, "cancellation": cancellation}
        return order_from(order_json(orderItems=[item])).buyer_wants_cancel

    asked = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "NO_LONGER_WANTED"}}
    assert wish(asked)
    assert not wish(asked | {"cancellationExecution": {"cancelledBy": "MERCHANT"}})
    assert not wish(None)


def test_of_a_gift_message_only_that_there_is_one_is_kept(order_json: OrderJson) -> None:
    gift = {"giftOption": {"giftMessage": "Happy birthday, Testperson", "giftWrapLevel": "Classic"}}
    item = {"orderItemId": "001", "quantityOrdered": 1, "product": {}, "fulfillment": {"packing": gift}}
    order = order_from(order_json(orderItems=[item]))
    assert order.has_gift_message
    assert "Testperson" not in repr(order)


def test_personal_data_that_amazon_sends_unasked_is_not_kept(order_json: OrderJson) -> None:
    address = {"name": "Testperson Alpha", "addressLine1": "1 Sample Street", "postalCode": "00501"}
    order = order_from(
        order_json(
            recipient={"deliveryAddress": address},
            buyer={"buyerName": "Testperson Beta", "buyerEmail": "beta@example.com"},
            packages=[{"packageReferenceId": "1", "shipFromAddress": {"name": "Testperson Gamma"}}],
        )
    )
    for text in ("Testperson", "Sample Street", "00501", "example.com"):
        assert text not in repr(order)


def test_packages_are_shown_with_their_contents_sorted(order_json: OrderJson) -> None:
    package = {
        "packageReferenceId": "7",
        "carrier": "UPS",
        "trackingNumber": "1Z",
        "packageStatus": {"status": "IN_TRANSIT"},
        "packageItems": [{"orderItemId": "002", "quantity": 1}, {"orderItemId": "001", "quantity": 2}],
    }
    packages = order_from(order_json(packages=[package])).packages
    assert packages is not None
    assert packages[0].contents == (("001", 2), ("002", 1))
    assert (packages[0].reference_id, packages[0].status) == ("7", "IN_TRANSIT")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"orderId": None}, "orderId"),
        ({"orderId": "113"}, "orderId"),
        ({"lastUpdatedTime": None}, "lastUpdatedTime"),
        ({"lastUpdatedTime": "yesterday"}, "lastUpdatedTime"),
        ({"lastUpdatedTime": "2026-11-02T07:30:00"}, "lastUpdatedTime"),
        ({"orderItems": None}, "orderItems"),
        ({"orderItems": {"orderItemId": "001"}}, "orderItems"),
        ({"orderItems": ["001"]}, r"orderItems\[0\]"),
        ({"orderItems": [{"quantityOrdered": 1}]}, r"orderItems\[0\].orderItemId"),
        ({"orderItems": [{"orderItemId": "1"}]}, r"orderItems\[0\].quantityOrdered"),
        ({"orderItems": [{"orderItemId": "1", "quantityOrdered": -1}]}, "quantityOrdered"),
        ({"orderItems": [{"orderItemId": "1", "quantityOrdered": True}]}, "quantityOrdered"),
        ({"orderItems": [{"orderItemId": "1", "quantityOrdered": "2"}]}, "quantityOrdered"),
        ({"packages": [{"carrier": "UPS"}]}, r"packages\[0\].packageReferenceId"),
    ],
)
def test_what_we_cannot_do_without_is_named_by_its_field(
    order_json: OrderJson, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnswerUnreadable, match=field):
        order_from(order_json(**changes))


def test_the_error_names_the_order(order_json: OrderJson) -> None:
    with pytest.raises(AnswerUnreadable, match=ORDER):
        order_from(order_json(lastUpdatedTime="", secret="Testperson Alpha"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["orderId", "lastUpdatedTime", "orderItems", "fulfillment", "packages", "programs", "salesChannel"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_whatever_amazon_sends_is_read_or_called_unreadable(json: Any) -> None:
    if isinstance(json, dict):
        json = {"orderId": ORDER, "lastUpdatedTime": "2026-11-02T07:30:00Z", "orderItems": [], **json}
    try:
        read = order_from(json)
    except AnswerUnreadable:
        return
    assert read.amazon_order_id == ORDER


def test_one_bad_order_does_not_stop_its_page(order_json: OrderJson) -> None:
    bad = order_json(orderId="113-0000002-0000002", orderItems=None)
    orders = [order_json(), bad, "nonsense", order_json(orderId="113-0000003-0000003")]
    page = page_from({"orders": orders, "lastUpdatedBefore": "2026-11-02T07:58:00Z"}, SELLER)
    assert [order.amazon_order_id for order in page.orders] == [ORDER, "113-0000003-0000003"]
    assert [each.amazon_order_id for each in page.unreadable] == ["113-0000002-0000002", ""]
    assert "113-0000002-0000002" in page.unreadable[0].what
    assert page.complete_to == datetime(2026, 11, 2, 7, 58, tzinfo=UTC)


def test_an_empty_page_has_no_orders_and_still_a_cut_off() -> None:
    page = page_from({"orders": [], "lastUpdatedBefore": "2026-11-02T07:58:00Z"}, SELLER)
    assert (page.orders, page.unreadable, page.next_token) == ((), (), "")
    assert page.complete_to is not None


@pytest.mark.parametrize("answer", [{}, {"orders": None}, {"payload": {"Orders": []}}])
def test_a_page_without_a_list_of_orders_is_not_an_empty_page(answer: dict[str, Any]) -> None:
    with pytest.raises(AnswerUnreadable, match="searchOrders of seller acme-us"):
        page_from(answer, SELLER)


def test_the_next_page_is_asked_for_with_the_same_parameters(world: World) -> None:
    world.answers(
        httpx.Response(200, json={"orders": [], "pagination": {"nextToken": "two"}}),
        httpx.Response(200, json={"orders": []}),
    )
    reader = world.amazon.orders(SELLER)
    first = reader.search(since=START)
    reader.search(since=START, page_token=first.next_token)
    one, two = (dict(request.url.params) for request in world.script.requests)
    assert two.pop("paginationToken") == "two"
    assert one == two
    assert one["fulfilledBy"] == "MERCHANT"


def test_another_order_than_the_one_asked_for_is_not_taken(world: World, order_json: OrderJson) -> None:
    world.answers(httpx.Response(200, json={"order": order_json(orderId="113-0000009-0000009")}))
    with pytest.raises(AnswerUnreadable, match="another order"):
        world.amazon.orders(SELLER).get(ORDER)


def test_an_answer_without_an_order_is_unreadable(world: World) -> None:
    world.answers(httpx.Response(200, json={}))
    with pytest.raises(AnswerUnreadable, match=f"order {ORDER}"):
        world.amazon.orders(SELLER).get(ORDER)
