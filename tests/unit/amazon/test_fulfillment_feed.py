"""The file that tells Amazon of many packages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.fulfillment_feed import PackageMessage, fulfillment_feed, size
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.shipment import Content

ORDER = AmazonOrderId("113-0000000-0000001")


def message(number: int = 1, **changes: object) -> PackageMessage:
    values: dict[str, object] = {
        "marketplace_id": "ATVPDKIKX0DER",
        "reference": "1",
        "carrier_code": "UPS",
        "tracking_number": "1Z999AA10123456784",
        "ship_date": datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
        "contents": (Content(order_item_id="i1", quantity=2),),
    }
    request = ConfirmRequest(**{**values, **changes})  # type: ignore[arg-type]  # a table of values by name
    return PackageMessage(number=number, order_id=ORDER, request=request)


def parsed(*messages: PackageMessage) -> Element:
    return fromstring(fulfillment_feed("A0SELLER", messages))


def leaves(element: Element) -> Iterator[tuple[str, str | None]]:
    for child in element:
        if len(child):
            yield child.tag, None
            yield from leaves(child)
        else:
            yield child.tag, child.text


def test_a_package_is_told_in_amazons_order() -> None:
    root = parsed(message(7))
    assert list(leaves(root)) == [
        ("Header", None),
        ("DocumentVersion", "1.01"),
        ("MerchantIdentifier", "A0SELLER"),
        ("MessageType", "OrderFulfillment"),
        ("Message", None),
        ("MessageID", "7"),
        ("OrderFulfillment", None),
        ("AmazonOrderID", ORDER),
        ("FulfillmentDate", "2026-11-02T08:00:00.000Z"),
        ("FulfillmentData", None),
        ("CarrierCode", "UPS"),
        ("ShipperTrackingNumber", "1Z999AA10123456784"),
        ("Item", None),
        ("AmazonOrderItemCode", "i1"),
        ("Quantity", "2"),
    ]


def test_everything_that_a_call_can_say_is_said() -> None:
    one = message(
        carrier_code="Other",
        carrier_name="Bits & <Bobs>",
        shipping_method="Next day",
        supply_source="source-1",
        paid_at_the_door=True,
        contents=(Content(order_item_id="i1", quantity=2, transparency_codes=("AZ1", "AZ2")),),
    )
    (_, _, inner) = parsed(one)
    assert list(leaves(inner))[3:] == [
        ("FulfillmentDate", "2026-11-02T08:00:00.000Z"),
        ("FulfillmentData", None),
        ("CarrierCode", "Other"),
        ("CarrierName", "Bits & <Bobs>"),
        ("ShippingMethod", "Next day"),
        ("ShipperTrackingNumber", "1Z999AA10123456784"),
        ("CODCollectionMethod", "DirectPayment"),
        ("ShipFromSupplySourceId", "source-1"),
        ("Item", None),
        ("AmazonOrderItemCode", "i1"),
        ("Quantity", "2"),
        ("TransparencyCode", "AZ1"),
        ("TransparencyCode", "AZ2"),
    ]


def test_a_package_without_a_number_has_no_element_for_it() -> None:
    assert "ShipperTrackingNumber" not in dict(leaves(parsed(message(tracking_number=""))))


@given(st.text(st.characters(exclude_categories=()), max_size=20), st.text(max_size=20))
def test_whatever_a_warehouse_writes_the_file_is_well_formed(name: str, number: str) -> None:
    one = message(carrier_code="Other", carrier_name=name, tracking_number=number)
    root = parsed(one, message(2))
    assert len(root.findall("Message")) == 2
    assert root.findtext("Message/MessageID") == "1"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_sizes_add_up_to_the_file(names: list[str]) -> None:
    messages = [message(number, shipping_method=name) for number, name in enumerate(names, start=1)]
    around = len(fulfillment_feed("A0SELLER", messages)) - sum(map(size, messages))
    assert 0 < around < 1024
