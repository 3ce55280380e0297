"""Reads what ShipStation tells of a parcel. The recipient in it is personal data: nothing looks at it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dockseal.errors import BadInput
from dockseal.warehouses.shipstation.dates import last_instant

MOST_ITEMS = 1000
CARRIERS: Mapping[str, str] = MappingProxyType(
    {
        "stamps_com": "USPS",
        "stampscom": "USPS",
        "endicia": "USPS",
        "express_1": "USPS",
        "fedexcanada": "FedEx",
        "fedexinternationalmailservice": "FedEx",
        "dhlglobalmail": "DHL Global Mail",
        "dhlexpress": "DHL Express",
        "dhlecommerce": "DHL eCommerce",
        "canadapost": "Canada Post",
        "royalmail": "Royal Mail",
        "australiapost": "Australia Post",
        "deutschepost": "Deutsche Post",
    }
)
"""What ShipStation calls carriers that everybody else calls otherwise, in small letters."""
_WHOLE = re.compile(r"([0-9]{1,6})(\.0+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """A quantity of one line inside the parcel."""

    line_id: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One parcel, as ShipStation tells of it."""

    references: tuple[str, ...]
    """What it calls our reference, the surest first; none has to be one."""
    number: str
    carrier: str
    service: str
    tracking_number: str
    shipped_at: datetime | None
    """The last instant that it can mean; None if it says none."""
    items: tuple[NoticeItem, ...]
    """Empty: everything that is left."""


def notice_from_xml(body: bytes, query: Mapping[str, str]) -> Notice:
    """Reads a `ShipNotice`. Where the query of the address says otherwise, the body is right.

    Args:
        body: As it was posted; older accounts post none.
        query: The parameters of the address.

    Raises:
        BadInput: it is no such notice.
    """
    root = _root(body) if body.strip() else None

    def said(name: str, parameter: str = "") -> str:
        found = "" if root is None else (root.findtext(name) or "").strip()
        return found or query.get(parameter, "").strip()

    day, label = said("ShipDate"), said("LabelCreateDate")
    return Notice(
        references=tuple(each for each in (said("OrderID"), said("CustomField1")) if each),
        number=said("OrderNumber", "order_number"),
        carrier=carrier_name(said("Carrier", "carrier")),
        service=said("Service", "service"),
        tracking_number=said("TrackingNumber", "tracking_number"),
        # The label is made when the parcel is packed; the other may be a day that is still to come.
        shipped_at=_shipped_at(label=label, day=day),
        items=() if root is None else _items(root),
    )


def carrier_name(text: str) -> str:
    """Returns what everybody calls a carrier."""
    return CARRIERS.get(text.lower(), text)


def _shipped_at(*, label: str, day: str) -> datetime | None:
    if label:
        return last_instant("LabelCreateDate", label)
    return last_instant("ShipDate", day) if day else None


def _root(body: bytes) -> Element:
    try:
        root: Element | None = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        root = None
    if root is None or root.tag != "ShipNotice":
        raise BadInput("the body is no ShipNotice; post the XML that the Custom Store guide describes")
    return root


def _items(root: Element) -> tuple[NoticeItem, ...]:
    found = root.findall("Items/Item")
    if len(found) > MOST_ITEMS:
        raise BadInput(f"the notice has more than {MOST_ITEMS} items; report them in several parcels")
    return tuple(
        NoticeItem(
            line_id=(each.findtext("LineItemID") or "").strip(),
            sku=(each.findtext("SKU") or "").strip(),
            quantity=quantity_of(each.findtext("Quantity") or ""),
        )
        for each in found
    )


def quantity_of(text: str) -> int:
    """Reads how many of an item are in the parcel.

    Raises:
        BadInput: it is no whole number.
    """
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        raise BadInput("the quantity of an item is no whole number; report how many of it are in the parcel")
    return int(found[1])
