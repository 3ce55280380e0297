"""What ShipStation tells of parcels: by XML that may be hostile, and by JSON."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.errors import BadInput
from dockseal.warehouses.shipstation.json_requests import (
    body_of,
    notice_from_json,
    notifications_of,
    text_in,
    wanted_of,
)
from dockseal.warehouses.shipstation.notices import Notice, NoticeItem, notice_from_xml

DOCUMENTED = b"""<?xml version="1.0" encoding="utf-8"?>
<ShipNotice>
  <OrderNumber>113-0000000-0000001</OrderNumber>
  <OrderID>testreference2345678-1</OrderID>
  <CustomerCode>testreference2345678-1</CustomerCode>
  <CustomerNotes></CustomerNotes>
  <InternalNotes></InternalNotes>
  <NotesToCustomer></NotesToCustomer>
  <NotifyCustomer></NotifyCustomer>
  <LabelCreateDate>11/02/2026 12:56</LabelCreateDate>
  <ShipDate>11/03/2026</ShipDate>
  <Carrier>USPS</Carrier>
  <Service>Priority Mail</Service>
  <TrackingNumber> 9400111899223197428490 </TrackingNumber>
  <ShippingCost>4.95</ShippingCost>
  <CustomField1>testreference2345678-1</CustomField1>
  <CustomField2></CustomField2>
  <CustomField3></CustomField3>
  <Recipient>
    <Name>Testperson Quillfeather</Name>
    <Company>Placeholder Ltd</Company>
    <Address1>12 Sample Row</Address1>
    <Address2></Address2>
    <City>Exampleton</City>
    <State>NV</State>
    <PostalCode>89999</PostalCode>
    <Country>US</Country>
  </Recipient>
  <Items>
    <Item><SKU>MUG-BLUE</SKU><Name>Blue mug</Name><Quantity>2</Quantity><LineItemID>1</LineItemID></Item>
    <Item><SKU>MUG-RED</SKU><Name>Red mug</Name><Quantity>1.0</Quantity></Item>
  </Items>
</ShipNotice>"""
QUERY = {"order_number": "ABC123", "carrier": "UPS", "service": "Ground", "tracking_number": "1Z999"}


def test_a_notice_as_the_guide_has_it_is_read_without_its_recipient() -> None:
    found = notice_from_xml(DOCUMENTED, QUERY)
    assert found == Notice(
        references=("testreference2345678-1", "testreference2345678-1"),
        number="113-0000000-0000001",
        carrier="USPS",
        service="Priority Mail",
        tracking_number="9400111899223197428490",
        shipped_at=datetime(2026, 11, 2, 12, 56, 59, 999999, tzinfo=UTC),
        items=(
            NoticeItem(line_id="1", sku="MUG-BLUE", quantity=2),
            NoticeItem(line_id="", sku="MUG-RED", quantity=1),
        ),
    )
    assert "Quillfeather" not in repr(found)


def test_without_a_body_the_address_of_the_request_says_it() -> None:
    found = notice_from_xml(b"", QUERY)
    said = (found.number, found.carrier, found.service, found.tracking_number)
    assert said == ("ABC123", "UPS", "Ground", "1Z999")
    assert (found.references, found.shipped_at, found.items) == ((), None, ())


def test_where_the_body_says_nothing_the_address_of_the_request_does() -> None:
    found = notice_from_xml(b"<ShipNotice><Carrier/><TrackingNumber> </TrackingNumber></ShipNotice>", QUERY)
    assert (found.carrier, found.tracking_number) == ("UPS", "1Z999")


@pytest.mark.parametrize(
    ("said", "carrier"),
    [
        ("stamps_com", "USPS"),
        ("DHLGlobalMail", "DHL Global Mail"),
        ("CanadaPost", "Canada Post"),
        ("FedEx", "FedEx"),
        ("Sendle", "Sendle"),
    ],
)
def test_carriers_have_the_name_that_everybody_knows(said: str, carrier: str) -> None:
    body = f"<ShipNotice><Carrier>{said}</Carrier></ShipNotice>".encode()
    assert notice_from_xml(body, {}).carrier == carrier


def test_a_day_alone_is_a_whole_day() -> None:
    found = notice_from_xml(b"<ShipNotice><ShipDate>11/03/2026</ShipDate></ShipNotice>", {})
    assert found.shipped_at == datetime(2026, 11, 3, 23, 59, 59, 999999, tzinfo=UTC)


BOMB = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE ShipNotice [<!ENTITY a "ha">',
        *(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)),
        b"]><ShipNotice><Carrier>&j;</Carrier></ShipNotice>",
    ]
)
HOSTILE = {
    "no XML": b"not xml",
    "cut": DOCUMENTED[:200],
    "another root": b"<Orders/>",
    "entity bomb": BOMB,
    "outside entity": (
        b'<!DOCTYPE ShipNotice [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<ShipNotice><Carrier>&x;</Carrier></ShipNotice>"
    ),
    "a DTD": b'<!DOCTYPE ShipNotice SYSTEM "http://evil.example/x.dtd"><ShipNotice/>',
    "an encoding that there is not": b'<?xml version="1.0" encoding="x-none"?><ShipNotice/>',
    "an encoding of several bytes": b'<?xml version="1.0" encoding="gb18030"?><ShipNotice/>',
    "another encoding than it says": "<ShipNotice><Carrier>Müller</Carrier></ShipNotice>".encode("latin-1"),
    "NUL": b"<ShipNotice>\x00</ShipNotice>",
    "deep": b"<a>" * 80_000,
    "two roots": b"<ShipNotice/><ShipNotice/>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_notice_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(BadInput, match="the body is no ShipNotice") as refused:
        notice_from_xml(body, QUERY)
    assert refused.value.__context__ is None, "an error carries the parser's, which can quote the body"


def test_utf_16_is_read() -> None:
    body = '<?xml version="1.0" encoding="utf-16"?><ShipNotice><Carrier>Zoë</Carrier></ShipNotice>'
    assert notice_from_xml(body.encode("utf-16"), {}).carrier == "Zoë"


def test_a_deep_notice_is_read_past() -> None:
    body = b"<ShipNotice>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"<Carrier>UPS</Carrier></ShipNotice>"
    assert notice_from_xml(body, {}).carrier == "UPS"


@pytest.mark.parametrize("quantity", ["", "two", "-1", "1.5", "1e3", "9999999", "٣"])
def test_a_quantity_that_is_no_whole_number_is_refused(quantity: str) -> None:
    item = f"<Item><SKU>MUG</SKU><Quantity>{quantity}</Quantity></Item>"
    with pytest.raises(BadInput, match="quantity of an item"):
        notice_from_xml(f"<ShipNotice><Items>{item}</Items></ShipNotice>".encode(), {})


def test_too_many_items_are_refused() -> None:
    items = "<Item><SKU>MUG</SKU><Quantity>1</Quantity></Item>" * 1001
    with pytest.raises(BadInput, match="more than 1000 items"):
        notice_from_xml(f"<ShipNotice><Items>{items}</Items></ShipNotice>".encode(), {})


@given(st.binary(max_size=300))
def test_any_bytes_are_a_notice_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadInput):
        notice_from_xml(body, {})


NOTIFICATION: dict[str, Any] = {
    "notification_id": "n-1",
    "order_id": "testreference2345678-1",
    "order_number": "113-0000000-0000001",
    "tracking_number": " 1Z999AA10123456784 ",
    "tracking_url": "https://carrier.example/1Z999",
    "carrier_code": "ups",
    "carrier_service_code": "ups_ground",
    "items": [{"line_item_id": "1", "sku": "MUG-BLUE", "quantity": 2, "description": "Blue mug"}],
    "ship_to": {"name": "Testperson Quillfeather", "address_line_1": "12 Sample Row"},
    "ship_date": "2026-11-02T12:56:00",
    "fulfillment_cost": 4.95,
    "notify_buyer": False,
}


def test_a_notification_is_read_without_its_recipient() -> None:
    found = notice_from_json(NOTIFICATION)
    assert found == Notice(
        references=("testreference2345678-1",),
        number="113-0000000-0000001",
        carrier="ups",
        service="ups_ground",
        tracking_number="1Z999AA10123456784",
        shipped_at=datetime(2026, 11, 2, 12, 56, tzinfo=UTC),
        items=(NoticeItem(line_id="1", sku="MUG-BLUE", quantity=2),),
    )
    assert "Quillfeather" not in repr(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"ship_date": "yesterday"},
        {"items": [{"sku": "MUG", "quantity": -1}]},
        {"items": [{"sku": "MUG"}]},
        {"items": ["MUG"]},
        {"items": "MUG"},
        {"items": [{"sku": "MUG", "quantity": True}]},
    ],
)
def test_a_notification_that_cannot_be_read_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        notice_from_json({**NOTIFICATION, **changes})


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="no JSON object") as refused:
        body_of(body)
    assert refused.value.__context__ is None


@pytest.mark.parametrize("found", [None, {}, "n", [1], [[]], [{}] * 501])
def test_what_is_no_list_of_notifications_is_refused(found: Any) -> None:
    with pytest.raises(BadInput, match="notifications"):
        notifications_of({"notifications": found})


def test_a_window_is_read_and_everything_is_meant_without_one() -> None:
    criteria = {"from_date_time": "2026-11-01T00:00:00.000Z", "to_date_time": "2026-11-02T01:00:00+01:00"}
    wanted = wanted_of({"criteria": criteria, "cursor": "17"})
    assert wanted.start == datetime(2026, 11, 1, tzinfo=UTC)
    assert wanted.end == datetime(2026, 11, 2, tzinfo=UTC)
    assert wanted.after == 17
    everything = wanted_of({"criteria": None})
    assert (everything.start.year, everything.end, everything.after) == (2000, None, 0)


@pytest.mark.parametrize(
    "body",
    [
        {"criteria": {"from_date_time": "soon"}},
        {"criteria": {"to_date_time": "11/02/2026"}},
        {"cursor": "page-2"},
        {"cursor": "-1"},
        {"cursor": "9" * 30},
    ],
)
def test_a_window_that_cannot_be_read_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        wanted_of(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_a_notification_or_refused(found: Any) -> None:
    body = body_of(json.dumps({"notifications": [{"items": found, "order_id": found}]}).encode())
    assert isinstance(text_in(body, "auth", "username"), str)
    for each in notifications_of(body):
        with contextlib.suppress(BadInput):
            notice_from_json(each)
