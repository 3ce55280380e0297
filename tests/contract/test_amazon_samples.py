"""Every answer of Amazon's own sandbox goes through our translators (`x-amzn-api-sandbox` of the models)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dockseal.amazon import orders_v0, orders_v2026
from dockseal.amazon.confirm_shipment import ConfirmRequest, body_of
from dockseal.amazon.operations import (
    CONFIRM_SHIPMENT,
    CREATE_RDT,
    GET_ORDER,
    GET_ORDER_ADDRESS_V0,
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    SEARCH_ORDERS,
    Operation,
)
from dockseal.amazon.order_change import notice_from
from dockseal.amazon.piece import Piece
from dockseal.amazon.recipients import address_v0, gift_messages_v0, recipient_v2026
from dockseal.amazon.refusals import refusal
from dockseal.amazon.tokens import Resource, rdt_from
from dockseal.amazon.wire import Reply, Wire
from dockseal.domain.clock import parse_instant
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.notice import Notice
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy
from dockseal.domain.recipient import Recipient
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Content
from dockseal.errors import AmazonRefused, AnswerUnreadable, OrderUnknown
from models import WHERE, Sample, example, models_folder, sandbox

SELLER = SellerId("acme-us")
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MERCHANT, AMAZON = FulfilledBy.MERCHANT, FulfilledBy.AMAZON
UNSHIPPED, SHIPPED, PENDING = AmazonStatus.UNSHIPPED, AmazonStatus.SHIPPED, AmazonStatus.PENDING

EXPECTED: dict[str, tuple[Any, ...]] = {
    # status, fulfilled by, marketplace, ship by, programs, (item, sku, ordered, shipped)…, packages, gift
    "250-1234567-8901234": (
        SHIPPED, AMAZON, "A1VC38T7YXB528", "2024-12-25T23:59:59Z", {"PRIME", "TRANSPARENCY"},
        [("25012345678901", "ECHO-DOT-4-JP-CHARCOAL", 1, 1), ("25012345678902", "FIRE-TV-4K-MAX-JP", 2, 2)],
        [], False,
    ),
    "202-7654321-1098765": (
        SHIPPED, MERCHANT, "A1F83G8C2ARO7P", "2024-12-25T23:59:59Z", {"PRIME"},
        [("20276543210987", "ECHO-DOT-4-UK-CHARCOAL-SINGLE", 1, 1)],
        [("UK-PKG-CONSUMER-2024-002", "DPD", "15501234567890123456", "IN_TRANSIT", (("20276543210987", 1),))],
        False,
    ),
    "171-2345678-9012345": (
        UNSHIPPED, MERCHANT, "A2Q3Y263D00KWC", "2024-12-24T23:59:59Z",
        {"AMAZON_BUSINESS", "DELIVERY_BY_AMAZON"},
        [("17123456789012", "DELL-I15-BR-001", 1, 0)], [], False,
    ),
    "171-9876543-2109876": (
        UNSHIPPED, MERCHANT, "A2Q3Y263D00KWC", "2024-12-27T23:59:59Z", {"PRIME"},
        [("17198765432109", "ECHO-DOT-4-BR-PRETO", 1, 0)], [], True,
    ),
    "028-1234567-8901234": (
        SHIPPED, MERCHANT, "A33AVAJ2PDY3EV", "2025-03-17T23:59:59Z", set(),
        [("02812345678901", "FIRE-HD10-TR-BLK", 2, 2)], [], False,
    ),
    "114-9876543-1234567": (
        UNSHIPPED, MERCHANT, "ATVPDKIKX0DER", None, {"IN_STORE_PICK_UP"},
        [("11498765431234", "ECHO-POP-US-BLK", 1, 0)], [], False,
    ),
}  # fmt: skip
EXPECTED_V0: dict[str, tuple[Any, ...]] = {
    # status, fulfilled by, marketplace, ship by, updated, programs
    "902-1845936-5435065": (
        UNSHIPPED, MERCHANT, "ATVPDKIKX0DER", "1970-01-19T04:05:13Z", "1970-01-19T03:58:32Z",
        {"AMAZON_EASY_SHIP"},
    ),
    "902-8745147-1934268": (
        UNSHIPPED, MERCHANT, "ATVPDKIKX0DER", "1970-01-19T04:05:13Z", "1970-01-19T03:58:32Z",
        {"AMAZON_EASY_SHIP"},
    ),
    "902-3159896-1390916": (
        PENDING, MERCHANT, "ATVPDKIKX0DER", "2017-01-25T19:49:35Z", "2017-01-20T19:49:35Z",
        {"AMAZON_EASY_SHIP"},
    ),
    "921-3175655-0452641": (
        SHIPPED, AMAZON, "A1PA6795UKMFR9", "2019-05-08T21:59:59Z", "2019-05-08T21:59:59Z",
        {"AMAZON_BUSINESS", "AMAZON_EASY_SHIP", "INVOICE_BY_AMAZON"},
    ),
}  # fmt: skip
RECIPIENT_NAMES = {
    "name": "name",
    "company": "companyName",
    "address_line_1": "addressLine1",
    "address_line_2": "addressLine2",
    "address_line_3": "addressLine3",
    "city": "city",
    "district": "districtOrCounty",
    "region": "stateOrRegion",
    "postal_code": "postalCode",
    "country": "countryCode",
    "phone": "phone",
}


def samples(model: str, *, operations: set[str] | None = None, ok: bool) -> list[Any]:
    """The samples of a model, as parameters; one skipped parameter where the models are absent."""
    if models_folder() is None:
        return [pytest.param(None, marks=pytest.mark.skip(reason=WHERE))]
    return [
        pytest.param(sample, id=str(sample))
        for sample in sandbox(model)
        if (sample.status < 400) is ok and (operations is None or sample.operation in operations)
    ]


def piece(values: Any) -> Piece:
    return Piece(whose="a sample", values=values)


def instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def check_v2026(order: AmazonOrder) -> None:
    status, who, marketplace, ship_by, programs, lines, packages, gift = EXPECTED[order.amazon_order_id]
    assert (order.status, order.fulfilled_by, order.marketplace_id) == (status, who, marketplace)
    assert order.ship_by == instant(ship_by)
    assert order.programs == programs
    assert [(line.order_item_id, line.sku, line.ordered, line.shipped) for line in order.lines] == lines
    shown = order.packages or ()
    assert [(p.reference_id, p.carrier, p.tracking_number, p.status, p.contents) for p in shown] == packages
    assert order.has_gift_message is gift


def check_v0(order: AmazonOrder) -> None:
    status, who, marketplace, ship_by, updated, programs = EXPECTED_V0[order.amazon_order_id]
    assert (order.status, order.fulfilled_by, order.marketplace_id) == (status, who, marketplace)
    assert (order.ship_by, order.updated_at) == (instant(ship_by), instant(updated))
    assert order.programs == programs
    assert (order.lines, order.packages) == ((), None)


@pytest.mark.parametrize("sample", samples("orders_2026-01-01", operations={"searchOrders"}, ok=True))
def test_a_page_of_v2026(sample: Sample) -> None:
    page = orders_v2026.page_from(sample.response, SELLER)
    assert page.unreadable == ()
    assert len(page.orders) == len(sample.response["orders"]) == 1
    for order in page.orders:
        check_v2026(order)
    assert page.next_token == sample.response.get("pagination", {}).get("nextToken", "")


@pytest.mark.parametrize("sample", samples("orders_2026-01-01", operations={"getOrder"}, ok=True))
def test_an_order_of_v2026(sample: Sample) -> None:
    check_v2026(orders_v2026.order_from(sample.response["order"]))


@pytest.mark.parametrize("sample", samples("orders_2026-01-01", ok=True))
def test_the_personal_data_of_v2026_is_read_whole_and_kept_out_of_the_order(sample: Sample) -> None:
    for order in sample.response.get("orders") or [sample.response["order"]]:
        address, buyer = order["recipient"]["deliveryAddress"], order.get("buyer", {})
        told = recipient_v2026(piece(order)).disclose()
        expected = {ours: address[theirs] for ours, theirs in RECIPIENT_NAMES.items() if address.get(theirs)}
        assert {name: text for name, text in told.items() if name in RECIPIENT_NAMES} == expected
        assert (told.get("buyer_name"), told.get("buyer_email")) == (
            buyer.get("buyerName"),
            buyer.get("buyerEmail"),
        )
        kept = repr(orders_v2026.order_from(order))
        personal = (
            "name",
            "company",
            "address_line_1",
            "postal_code",
            "phone",
            "buyer_email",
            "gift_message",
        )
        assert not [name for name in personal if name in told and told[name] in kept]


def test_the_gift_message_of_v2026_is_read() -> None:
    messages = [
        recipient_v2026(piece(sample.response["order"])).disclose().get("gift_message")
        for sample in _all("orders_2026-01-01", "getOrder")
    ]
    assert messages == ["Feliz Natal! Espero que goste do seu novo alto-falante inteligente!", None, None]


@pytest.mark.parametrize("sample", samples("ordersV0", operations={"getOrders"}, ok=True))
def test_a_page_of_v0(sample: Sample) -> None:
    page = orders_v0.page_from(sample.response, SELLER)
    assert page.unreadable == ()
    assert len(page.orders) == len(sample.response["payload"]["Orders"]) >= 1
    for order in page.orders:
        check_v0(order)
    assert page.next_token == sample.response["payload"].get("NextToken", "")


@pytest.mark.parametrize("sample", samples("ordersV0", operations={"getOrder"}, ok=True))
def test_an_order_of_v0(sample: Sample) -> None:
    check_v0(orders_v0.order_from(sample.response["payload"]))


def test_the_items_of_v0() -> None:
    order = orders_v0.order_from(_one("ordersV0", "getOrder").response["payload"])
    items = piece(_one("ordersV0", "getOrderItems").response["payload"]).needed_pieces("OrderItems")
    order = orders_v0.with_items(order, list(items))
    (line,) = order.lines
    assert (line.order_item_id, line.sku, line.title) == (
        "05015851154158", "NABetaASINB00551Q3CS", "B00551Q3CS [Card Book]",
    )  # fmt: skip
    assert (line.ordered, line.shipped, line.buyer_wants_cancel) == (1, 0, True)
    assert not order.has_gift_message
    assert "Found cheaper" not in repr(order)


def test_the_address_of_v0() -> None:
    address = piece(_one("ordersV0", "getOrderAddress").response["payload"]).piece("ShippingAddress")
    assert Recipient(address_v0(address)).disclose() == {
        "name": "MFNIntegrationTestMerchant",
        "address_line_1": "2201 WESTLAKE AVE",
        "city": "SEATTLE",
        "region": "WA",
        "postal_code": "98121-2778",
        "country": "US",
        "phone": "+1 480-386-0930 ext. 73824",
    }


def test_the_gift_message_of_v0() -> None:
    payload = piece(_one("ordersV0", "getOrderItemsBuyerInfo").response["payload"])
    assert gift_messages_v0(payload) == "Et toi!"


@pytest.mark.parametrize(
    "sample", samples("ordersV0", operations={"getOrderBuyerInfo", "getOrderRegulatedInfo"}, ok=True)
)
def test_what_v0_tells_of_buyers_and_regulated_orders_is_no_order(sample: Sample) -> None:
    """We never ask for these; should one arrive in an order's place, it is called unreadable."""
    with pytest.raises(AnswerUnreadable, match="LastUpdateDate"):
        orders_v0.order_from(sample.response["payload"])


def test_our_confirmation_is_the_one_amazons_sandbox_takes() -> None:
    sample = _one("ordersV0", "confirmShipment")
    theirs = sample.parameters["body"]
    package = theirs["packageDetail"]
    request = ConfirmRequest(
        marketplace_id=theirs["marketplaceId"],
        reference=package["packageReferenceId"],
        carrier_code=package["carrierCode"],
        carrier_name=package.get("carrierName", ""),
        shipping_method=package.get("shippingMethod", ""),
        tracking_number=package["trackingNumber"],
        ship_date=parse_instant(package["shipDate"]),
        contents=tuple(
            Content(order_item_id=each["orderItemId"], quantity=each["quantity"])
            for each in package["orderItems"]
        ),
    )
    ours = body_of(request)
    assert ours["marketplaceId"] == "ATVPDKIKX0DER"
    sent = ours["packageDetail"]
    assert isinstance(sent, dict)
    assert parse_instant(sent.pop("shipDate")) == parse_instant(package["shipDate"])
    assert sent == {name: package[name] for name in sent} | {
        "orderItems": [{"orderItemId": c.order_item_id, "quantity": c.quantity} for c in request.contents]
    }


@pytest.mark.parametrize("sample", samples("tokens_2021-03-01", ok=True))
def test_a_restricted_data_token(sample: Sample) -> None:
    given = sample.parameters["body"]["restrictedResources"]
    resources = tuple(Resource(method=each["method"], path=each["path"]) for each in given)
    rdt = rdt_from(sample.response, SELLER, asked_at=NOW, resources=resources)
    assert rdt.token.reveal() == sample.response["restrictedDataToken"]
    assert rdt.token.reveal().startswith("Atz.sprdt|")
    assert (rdt.expires_at - NOW).total_seconds() == 3600 - 60
    assert rdt.resources == resources


def test_the_path_we_ask_a_token_for_is_spelt_as_amazon_spells_it() -> None:
    path = GET_ORDER_ADDRESS_V0.path.replace("{orderId}", "943-12-123434")
    spelt = [
        (each["method"], each["path"])
        for sample in _all("tokens_2021-03-01", "createRestrictedDataToken")
        for each in sample.parameters["body"]["restrictedResources"]
    ]
    assert (GET_ORDER_ADDRESS_V0.method, path) in spelt


OURS: dict[str, Operation] = {
    "searchOrders": SEARCH_ORDERS,
    "getOrder": GET_ORDER,
    "getOrders": GET_ORDERS_V0,
    "getOrderItems": GET_ORDER_ITEMS_V0,
    "getOrderAddress": GET_ORDER_ADDRESS_V0,
    "confirmShipment": CONFIRM_SHIPMENT,
    "createRestrictedDataToken": CREATE_RDT,
}
REFUSED = [
    param
    for model in ("orders_2026-01-01", "ordersV0", "tokens_2021-03-01")
    for param in samples(model, ok=False)
]


@pytest.mark.parametrize("sample", REFUSED)
def test_an_error_body_becomes_our_error_in_amazons_words(sample: Sample) -> None:
    reply = Wire(httpx.MockTransport(_answering(sample))).send("GET", "https://example.com/")
    assert isinstance(reply, Reply)
    error = refusal(OURS.get(sample.operation, GET_ORDER_V0), reply)
    first = (sample.response.get("errors") or [{}])[0]
    words = " ".join(text for text in (first.get("message"), first.get("details")) if text)
    assert type(error) is (OrderUnknown if sample.status == 404 else AmazonRefused)
    assert (error.status, error.code, error.message) == (sample.status, first.get("code", ""), words)


def test_the_example_of_order_change_is_a_notice() -> None:
    if models_folder() is None:
        pytest.skip(WHERE)
    body = example("OrderChangeNotification")
    seller = Seller(
        id=SELLER,
        region=Region.NA,
        marketplaces=("ATVPDKIKX0DER",),
        selling_partner_id="A3TH9S8BH6GOGM",
        warehouse=WarehouseId("reno"),
    )
    known = {("A3TH9S8BH6GOGM", "ATVPDKIKX0DER"): seller}
    notice = notice_from(httpx.Response(200, json=body).text, lambda *key: known.get(key), NOW)
    assert isinstance(notice, Notice)
    assert notice.id == "d0e9e693-c3ad-4373-979f-ed4ec98dd746"
    assert (notice.seller, notice.amazon_order_id) == (SELLER, "903-8868176-2219830")
    assert notice.ship_by == datetime(2022, 12, 7, 19, 42, 4, 284000, tzinfo=UTC)
    assert "48110" not in repr(notice)


def _answering(sample: Sample) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(sample.status, json=sample.response)


def _all(model: str, operation: str) -> list[Sample]:
    found = [each for each in sandbox(model) if each.operation == operation and each.status < 300]
    if not found:
        pytest.skip(WHERE)
    return found


def _one(model: str, operation: str) -> Sample:
    return _all(model, operation)[0]
