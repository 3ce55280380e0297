"""What ShipStation is told: XML and JSON that hold every text as it is, or not at all."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput, SettingsFault, WarehouseRefused
from dockseal.warehouses.contract import PERSONAL, hand_over
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.shipstation import ShipStation
from dockseal.warehouses.shipstation.address import Address, Unfit, address_of, shortened
from dockseal.warehouses.shipstation.dates import first_instant, last_instant, text_of
from dockseal.warehouses.shipstation.exported import Exported, Standing, number_of
from dockseal.warehouses.shipstation.json_orders import orders_json
from dockseal.warehouses.shipstation.xml_orders import element, error_xml, orders_xml

LEGAL = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda each: each >= " " or each in "\t\n\r"))
AT = datetime(2026, 11, 2, 8, 0, 30, tzinfo=UTC)


def address(**changes: str) -> Address:
    values = {**PERSONAL, **{Field(name): text for name, text in changes.items()}}
    return address_of(Recipient(values), most_lines=2)


def exported(standing: Standing = Standing.AWAITING, **changes: object) -> Exported:
    values: dict[str, object] = {
        "reference": ReleaseRef("testreference2345678-1"),
        "number": "113-0000000-0000001",
        "standing": standing,
        "ordered_at": AT,
        "modified_at": AT + timedelta(hours=1),
        "country": "US",
        "ship_by": datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC),
        "deliver_by": None,
        "programs": frozenset({"PRIME"}),
        "lines": hand_over().lines,
        "gift": True,
        "address": address() if standing is Standing.AWAITING else None,
    }
    return Exported(**{**values, **changes})  # type: ignore[arg-type]  # a test names what differs


@given(LEGAL.filter(lambda text: "\ufffe" not in text and "\uffff" not in text))
def test_a_parser_reads_every_text_as_it_was_written(text: str) -> None:
    assert (ElementTree.fromstring(element("Name", text).encode()).text or "") == text


@pytest.mark.parametrize(
    "text",
    ["]]>", "]]]]>>", "a]]>b]]>c", "<![CDATA[x]]>", "&amp;<b>", "\r\n", "\r", "𝔘𝔫𝔦 ☕", "مرحبا", "=cmd|x"],
)
def test_what_looks_like_markup_is_text(text: str) -> None:
    assert ElementTree.fromstring(element("Name", text).encode()).text == text


@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\ufffe", "\ud800", "\x1b[0m"])
def test_what_xml_cannot_hold_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match="XML cannot hold"):
        element("Name", text)


def test_an_order_to_be_shipped_has_its_address_and_everything_that_is_asked_for() -> None:
    (order,) = ElementTree.fromstring(orders_xml([exported()], pages=3))
    said = {each.tag: each.text or "" for each in order if not len(each)}
    assert said == {
        "OrderID": "testreference2345678-1",
        "OrderNumber": "113-0000000-0000001",
        "OrderDate": "11/02/2026 08:00",
        "OrderStatus": "paid",
        "LastModified": "11/02/2026 09:00",
        "ShippingMethod": "Amazon Prime",
        "OrderTotal": "0.00",
        "TaxAmount": "0.00",
        "ShippingAmount": "0.00",
        "CustomerNotes": "",
        "Gift": "true",
        "GiftMessage": PERSONAL[Field.GIFT_MESSAGE],
        "CustomField1": "testreference2345678-1",
        "CustomField2": "ship by 2026-11-03 07:59 UTC",
        "CustomField3": "",
    }
    assert {each.tag: each.text or "" for each in order.find("Customer/ShipTo") or ()} == {
        "Name": "Testperson Quillfeather",
        "Company": "",
        "Address1": "12 Sample Row",
        "Address2": "",
        "City": "Exampleton",
        "State": "NV",
        "PostalCode": "89999",
        "Country": "US",
        "Phone": "+1 555 0100",
    }
    items = [{part.tag: part.text for part in item} for item in order.findall("Items/Item")]
    assert items[0] == {
        "LineItemID": "00000000000001",
        "SKU": "MUG-BLUE",
        "Name": "Blue mug ☕",
        "Quantity": "2",
        "UnitPrice": "0.00",
    }


def test_the_root_says_how_many_pages_there_are_and_nothing_else() -> None:
    assert ElementTree.fromstring(orders_xml([], pages=3)).attrib == {"pages": "3"}


@pytest.mark.parametrize(
    ("standing", "word", "status"),
    [
        (Standing.ON_HOLD, "on_hold", "OnHold"),
        (Standing.CANCELLED, "cancelled", "Cancelled"),
        (Standing.SHIPPED, "shipped", "Completed"),
    ],
)
def test_an_order_that_nobody_is_to_ship_is_named_without_its_address(
    standing: Standing, word: str, status: str
) -> None:
    (order,) = ElementTree.fromstring(orders_xml([exported(standing)], pages=1))
    assert order.findtext("OrderStatus") == word
    assert order.findtext("Customer/ShipTo/Name") == "Withheld"
    assert order.findtext("Customer/ShipTo/Country") == "US"
    (sales_order,) = orders_json([exported(standing)], cursor="")["sales_orders"]
    assert sales_order["status"] == status
    assert "ship_to" not in sales_order["requested_fulfillments"][0]


def test_the_newer_protocol_says_ship_by_and_premium_in_fields_of_their_own() -> None:
    page = json.loads(json.dumps(orders_json([exported()], cursor="17")))
    assert page["cursor"] == "17"
    (order,) = page["sales_orders"]
    (fulfillment,) = order["requested_fulfillments"]
    assert (order["status"], order["order_id"]) == ("AwaitingShipment", "testreference2345678-1")
    assert fulfillment["ship_to"]["address_line_1"] == "12 Sample Row"
    assert fulfillment["ship_to"]["country_code"] == "US"
    assert fulfillment["extensions"]["custom_field_1"] == "testreference2345678-1"
    assert fulfillment["shipping_preferences"] == {
        "ship_by_date": "2026-11-03T07:59:59.000Z",
        "gift": True,
        "is_premium_program": True,
        "premium_program_name": "Amazon Prime",
    }
    assert [(item["line_item_id"], item["quantity"]) for item in fulfillment["items"]] == [
        ("00000000000001", 2),
        ("00000000000002", 1),
    ]
    assert order["notes"] == [{"type": "GiftMessage", "text": PERSONAL[Field.GIFT_MESSAGE]}]


def test_the_last_page_has_no_cursor() -> None:
    assert "cursor" not in orders_json([], cursor="")


def test_an_error_is_xml_too() -> None:
    root = ElementTree.fromstring(error_xml("Say <export> & more."))
    assert (root.tag, root.text) == ("Error", "Say <export> & more.")


def test_a_recipient_in_clear_does_not_show_itself() -> None:
    assert "Quillfeather" not in f"{address()!r} {exported()!r}"


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"address_line_2": "Flat 4"}, ("12 Sample Row", "Flat 4")),
        (
            {"address_line_2": "Flat 4", "address_line_3": "Rear", "district": "Oldtown"},
            ("12 Sample Row", "Flat 4, Rear, Oldtown"),
        ),
        ({"address_line_1": "", "address_line_2": "Flat 4"}, ("Flat 4",)),
        ({"address_line_1": "12  Sample\nRow "}, ("12 Sample Row",)),
    ],
)
def test_address_lines_are_joined_not_cut(changes: dict[str, str], lines: tuple[str, ...]) -> None:
    assert address(**changes).lines == lines


def test_lines_that_are_too_long_are_set_anew_at_their_words() -> None:
    words = "Placeholder " * 25
    found = address(address_line_1=words, address_line_2="Flat 4").lines
    assert [len(line) <= 200 for line in found] == [True, True]
    assert " ".join(found).replace(",", "") == f"{words}Flat 4"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"country": ""}, "a country of exactly two letters"),
        ({"country": "USA"}, "a country of exactly two letters"),
        ({"city": ""}, "a city, which this one lacks"),
        ({"postal_code": " "}, "a postal code, which this one lacks"),
        ({"address_line_1": ""}, "an address line, which this one lacks"),
        ({"name": "", "company": ""}, "a name, which this one lacks"),
        ({"name": "Q" * 101}, "a name of at most 100 characters"),
        ({"address_line_1": "Q" * 201}, "2 address lines of at most 200 characters"),
        ({"address_line_1": "Quill feather " * 60}, "2 address lines of at most 200 characters"),
        ({"gift_message": "Quillfeather " * 100}, "a gift message of at most 1000 characters"),
        ({"city": "Q\x00"}, "a city without characters that cannot be printed"),
    ],
)
def test_what_shipstation_would_refuse_is_said_without_saying_what_it_reads(
    changes: dict[str, str], says: str
) -> None:
    with pytest.raises(Unfit) as refused:
        address(**changes)
    assert str(refused.value) == says


@pytest.mark.parametrize(("code", "country"), [("UK", "GB"), ("us ", "US"), ("PR", "PR"), ("DE", "DE")])
def test_countries_are_written_in_two_letters(code: str, country: str) -> None:
    assert address(country=code).country == country


def test_a_company_alone_is_a_name() -> None:
    found = address(name="", company="Placeholder Ltd")
    assert (found.name, found.company) == ("Placeholder Ltd", "Placeholder Ltd")


def test_a_gift_message_keeps_its_lines() -> None:
    assert address(gift_message="Dear 🎁\nall\n").gift_message == "Dear 🎁\nall"


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_an_items_name_is_never_too_long_and_shows_where_it_ends(text: str, longest: int) -> None:
    found = shortened(text, longest)
    assert len(found) <= longest
    assert found.endswith("…") or len(" ".join(text.split())) >= len(found)


def test_an_items_name_ends_at_a_word() -> None:
    assert shortened("Blue mug of stoneware", 15) == "Blue mug of…"


@pytest.mark.parametrize(
    ("revision", "part", "number"), [(1, 0, ""), (2, 0, "-2"), (1, 2, "-1-2"), (12, 1, "-12-1")]
)
def test_no_two_releases_of_an_order_have_one_number(revision: int, part: int, number: str) -> None:
    order = OrderRef("testreference2345678")
    found = number_of(AmazonOrderId("113-0000000-0000001"), order, release_ref(order, revision, part))
    assert found == f"113-0000000-0000001{number}"


def parts(**options: str) -> AdapterParts:
    warehouse = Warehouse(id=WarehouseId("reno"), adapter="shipstation", options=tuple(options.items()))
    return AdapterParts(warehouse=warehouse, secret=None, transport=None, clock=SystemClock())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sku": "M" * 101}, "ShipStation takes a SKU of at most 100 characters"),
        ({"sku": "M\x00"}, "ShipStation takes a SKU without characters that cannot be printed"),
        ({"ordered": 100_000}, "ShipStation takes a line of at most 99999 units"),
    ],
)
def test_an_order_that_shipstation_would_refuse_is_refused_while_it_can_be_held(
    changes: dict[str, object], says: str
) -> None:
    line: dict[str, object] = {"order_item_id": "1", "sku": "MUG", "ordered": 1, **changes}
    given = hand_over()
    order = type(given)(
        **{name: getattr(given, name) for name in given.__slots__} | {"lines": (OrderLine(**line),)}  # type: ignore[arg-type]  # a test names what differs
    )
    with pytest.raises(WarehouseRefused, match=says):
        ShipStation(parts()).submit(order)


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1000 <= at.year < 9999))
def test_an_instant_lies_between_the_first_and_the_last_that_its_text_can_mean(at: datetime) -> None:
    assert first_instant("at", text_of(at)) <= at <= last_instant("at", text_of(at))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("11/02/2026 17:05", "17:05:00.000000", "17:05:59.999999"),
        ("11/02/2026 05:05 PM", "17:05:00.000000", "17:05:59.999999"),
        ("11/2/2026 17:05:30", "17:05:30.000000", "17:05:30.000000"),
        ("11/02/2026", "00:00:00.000000", "23:59:59.999999"),
    ],
)
def test_minutes_and_days_are_whole(text: str, first: str, last: str) -> None:
    assert f"{first_instant('at', text):%H:%M:%S.%f}" == first
    assert f"{last_instant('at', text):%H:%M:%S.%f}" == last


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-11-02 08:00", "13/02/2026 08:00", "11/02/2026 25:00", "٣"]
)
def test_what_is_no_instant_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="start_date is no instant"):
        first_instant("start_date", text)


@pytest.mark.parametrize("name", ["x" * 101, "East\nbay"])
def test_a_ship_from_location_that_cannot_be_one_is_a_fault_of_the_settings(name: str) -> None:
    with pytest.raises(SettingsFault, match="requested_warehouse of warehouse reno"):
        ShipStation(parts(requested_warehouse=name))


def test_the_ship_from_location_is_asked_for() -> None:
    (order,) = ElementTree.fromstring(orders_xml([exported(requested_warehouse="East bay")], pages=1))
    assert order.findtext("RequestedWarehouse") == "East bay"
    (sales_order,) = orders_json([exported(requested_warehouse="East bay")], cursor="")["sales_orders"]
    preferences = sales_order["requested_fulfillments"][0]["shipping_preferences"]
    assert preferences["requested_warehouse"] == "East bay"
