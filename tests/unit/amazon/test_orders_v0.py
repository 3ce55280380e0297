from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dockseal.amazon.orders_v0 import order_from, page_from
from dockseal.domain.order import UNREAD, AmazonStatus, FulfilledBy
from dockseal.errors import AnswerUnreadable

from .conftest import ORDER, SELLER, START, World


def order_json(**changes: Any) -> dict[str, Any]:
    return {
        "AmazonOrderId": ORDER,
        "PurchaseDate": "2026-11-02T07:00:00Z",
        "LastUpdateDate": "2026-11-02T07:30:00Z",
        "OrderStatus": "Unshipped",
        "FulfillmentChannel": "MFN",
        "MarketplaceId": "ATVPDKIKX0DER",
        **changes,
    }


def item_json(**changes: Any) -> dict[str, Any]:
    return {"OrderItemId": "05015851154158", "SellerSKU": "MUG-1", "QuantityOrdered": 2, **changes}


def order_answer(**changes: Any) -> httpx.Response:
    return httpx.Response(200, json={"payload": order_json(**changes)})


def items_answer(*items: dict[str, Any], token: str = "") -> httpx.Response:
    return httpx.Response(200, json={"payload": {"OrderItems": list(items), "NextToken": token}})


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PendingAvailability", AmazonStatus.PENDING_AVAILABILITY),
        ("Pending", AmazonStatus.PENDING),
        ("Unshipped", AmazonStatus.UNSHIPPED),
        ("PartiallyShipped", AmazonStatus.PARTIALLY_SHIPPED),
        ("Shipped", AmazonStatus.SHIPPED),
        ("InvoiceUnconfirmed", AmazonStatus.SHIPPED),
        ("Canceled", AmazonStatus.CANCELLED),
        ("Unfulfillable", AmazonStatus.UNFULFILLABLE),
        ("Cancelled", AmazonStatus.UNKNOWN),
        ("", AmazonStatus.UNKNOWN),
    ],
)
def test_a_status_of_v0_is_told_in_the_words_of_v2026(word: str, status: AmazonStatus) -> None:
    order = order_from(order_json(OrderStatus=word))
    assert (order.status, order.status_text) == (status, word)


@pytest.mark.parametrize(
    ("channel", "who"),
    [
        ("MFN", FulfilledBy.MERCHANT),
        ("AFN", FulfilledBy.AMAZON),
        ("XFN", FulfilledBy.UNKNOWN),
        (None, FulfilledBy.UNKNOWN),
    ],
)
def test_the_channel_says_who_ships(channel: str | None, who: FulfilledBy) -> None:
    assert order_from(order_json(FulfillmentChannel=channel)).fulfilled_by is who


def test_flags_become_the_programs_that_replaced_them() -> None:
    order = order_from(
        order_json(
            IsPrime=True, IsBusinessOrder="true", IsISPU="false", EasyShipShipmentStatus="PendingPickUp"
        )
    )
    assert order.programs == {"PRIME", "AMAZON_BUSINESS", "AMAZON_EASY_SHIP"}


def test_an_order_is_read_with_its_items_from_every_page(world_v0: World) -> None:
    world_v0.answers(
        order_answer(LatestShipDate="2026-11-03T07:59:59Z"),
        items_answer(item_json(), token="two+/="),
        items_answer(item_json(OrderItemId="2", QuantityOrdered=1, QuantityShipped=1, IsGift="true")),
    )
    order = world_v0.amazon.orders(SELLER).get(ORDER)
    assert [(line.order_item_id, line.ordered, line.shipped) for line in order.lines] == [
        ("05015851154158", 2, 0),
        ("2", 1, 1),
    ]
    assert order.ship_by == datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC)
    assert order.packages is None
    assert order.has_gift_message
    assert world_v0.script.requests[2].url.query == b"NextToken=two%2B%2F%3D"


def test_an_items_programs_and_wishes_belong_to_the_order(world_v0: World) -> None:
    wish = {"IsBuyerRequestedCancel": "true", "BuyerCancelReason": "Testperson changed their mind"}
    item = item_json(
        AmazonPrograms={"Programs": ["FBM_SHIP_PLUS"]},
        IsTransparency=True,
        IsGift="false",
        BuyerRequestedCancel=wish,
    )
    world_v0.answers(order_answer(), items_answer(item))
    order = world_v0.amazon.orders(SELLER).get(ORDER)
    assert order.programs == {"FBM_SHIP_PLUS", "TRANSPARENCY"}
    assert order.buyer_wants_cancel
    assert not order.has_gift_message
    assert "Testperson" not in repr(order)


def test_an_item_that_was_cancelled_completely_has_the_quantity_zero(world_v0: World) -> None:
    world_v0.answers(order_answer(), items_answer(item_json(QuantityOrdered=0)))
    assert world_v0.amazon.orders(SELLER).get(ORDER).lines[0].ordered == 0


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (items_answer(item_json(QuantityOrdered=None)), r"OrderItems\[0\].QuantityOrdered"),
        (items_answer(item_json(OrderItemId="")), r"OrderItems\[0\].OrderItemId"),
        (httpx.Response(200, json={"payload": {}}), "OrderItems"),
        (httpx.Response(200, json={}), "OrderItems"),
    ],
)
def test_items_that_cannot_be_read_are_named(world_v0: World, answer: httpx.Response, field: str) -> None:
    world_v0.answers(order_answer(), answer)
    with pytest.raises(AnswerUnreadable, match=f"{ORDER}.*{field}"):
        world_v0.amazon.orders(SELLER).get(ORDER)


def test_a_list_of_items_that_never_ends_is_given_up(world_v0: World) -> None:
    world_v0.answers(order_answer(), *(items_answer(item_json(), token="again") for _ in range(25)))
    with pytest.raises(AnswerUnreadable, match="does not end"):
        world_v0.amazon.orders(SELLER).get(ORDER)


def test_a_page_carries_orders_without_lines_and_amazons_cut_off() -> None:
    orders = [order_json(), {"AmazonOrderId": "113-0000002-0000002"}]
    payload = {"Orders": orders, "NextToken": "two", "LastUpdatedBefore": "2026-11-02T07:58:00Z"}
    page = page_from({"payload": payload}, SELLER)
    assert [(order.amazon_order_id, order.lines) for order in page.orders] == [(ORDER, ())]
    assert [each.amazon_order_id for each in page.unreadable] == ["113-0000002-0000002"]
    assert "LastUpdateDate" in page.unreadable[0].what
    assert (page.next_token, page.complete_to) == ("two", datetime(2026, 11, 2, 7, 58, tzinfo=UTC))


@pytest.mark.parametrize("answer", [{}, {"payload": None}, {"orders": []}])
def test_a_page_without_a_list_of_orders_is_not_an_empty_page(answer: dict[str, Any]) -> None:
    with pytest.raises(AnswerUnreadable, match="getOrders of seller acme-us"):
        page_from(answer, SELLER)


def test_a_search_asks_for_merchant_orders_of_all_marketplaces(world_v0: World) -> None:
    world_v0.answers(httpx.Response(200, json={"payload": {"Orders": []}}))
    world_v0.amazon.orders(SELLER).search(since=START, until=START, page_token="two")
    assert dict(world_v0.script.requests[0].url.params) == {
        "MarketplaceIds": "ATVPDKIKX0DER,A2EUQ1WTGCTBG2",
        "LastUpdatedAfter": "2026-11-02T08:00:00.000Z",
        "LastUpdatedBefore": "2026-11-02T08:00:00.000Z",
        "FulfillmentChannels": "MFN",
        "MaxResultsPerPage": "100",
        "NextToken": "two",
    }


def regulated_answer(status: str) -> httpx.Response:
    told = {"Fields": [{"FieldId": "pets_rx_name", "FieldValue": "Testpet Placeholder"}]}
    verification = {"Status": status, "RequiresMerchantAction": True}
    payload = {"RegulatedInformation": told, "RegulatedOrderVerificationStatus": verification}
    return httpx.Response(200, json={"payload": payload})


def test_regulated_items_are_read_with_their_verification_and_nothing_that_the_buyer_told(
    world_v0: World,
) -> None:
    world_v0.answers(
        order_answer(HasRegulatedItems="true"), items_answer(item_json()), regulated_answer("Pending")
    )
    order = world_v0.amazon.orders(SELLER).get(ORDER)
    assert order.verification == "Pending"
    assert world_v0.script.requests[2].url.path == f"/orders/v0/orders/{ORDER}/regulatedInfo"
    assert "Testpet" not in repr(order)


def test_nothing_more_is_asked_of_an_order_without_regulated_items(world_v0: World) -> None:
    world_v0.answers(order_answer(HasRegulatedItems=False), items_answer(item_json()))
    assert world_v0.amazon.orders(SELLER).get(ORDER).verification == ""
    assert len(world_v0.script.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"errors": [{"code": "Unauthorized", "message": "Access denied"}]}),
        httpx.Response(400, json={"errors": [{"code": "InvalidInput", "message": "no"}]}),
        httpx.Response(200, json={"payload": {}}),
    ],
)
def test_a_verification_that_amazon_does_not_show_is_not_guessed_at(
    world_v0: World, answer: httpx.Response
) -> None:
    world_v0.answers(order_answer(HasRegulatedItems=True), items_answer(item_json()), answer)
    assert world_v0.amazon.orders(SELLER).get(ORDER).verification == UNREAD
