"""Writes orders as the Custom Store's XML."""

import re
from collections.abc import Iterable, Iterator

from dockseal.domain.order import OrderLine
from dockseal.warehouses.shipstation.address import Address, shortened
from dockseal.warehouses.shipstation.dates import text_of
from dockseal.warehouses.shipstation.exported import PREMIUM, Exported, Standing
from dockseal.warehouses.shipstation.limits import LONGEST

STATUSES = {
    Standing.AWAITING: "paid",
    Standing.ON_HOLD: "on_hold",
    Standing.CANCELLED: "cancelled",
    Standing.SHIPPED: "shipped",
}
"""Our words for it; whoever connects the store says what each means in ShipStation."""
ADDRESS_LINES = 2
NO_ADDRESS = "Withheld"
"""Stands where ShipStation wants an address of an order that nobody is to ship."""
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_UNSAID = "0.00"
"""Dockseal keeps no prices, and ShipStation wants some."""
_LEGAL = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def orders_xml(orders: Iterable[Exported], *, pages: int) -> bytes:
    """Returns one page of orders, personal data included: to be sent, never to be kept."""
    inside = "".join(_order(each) for each in orders)
    return f'{_HEAD}<Orders pages="{pages}">\n{inside}</Orders>\n'.encode()


def error_xml(sentence: str) -> bytes:
    """Returns what went wrong, as whoever reads XML reads it."""
    return f"{_HEAD}{element('Error', sentence)}\n".encode()


def element(name: str, text: str) -> str:
    """Returns an element that a parser reads the same text out of.

    Raises:
        ValueError: the text holds what no XML document can hold.
    """
    if not _LEGAL.fullmatch(text):
        raise ValueError("there are characters that XML cannot hold")
    # A section ends at `]]>`, and a parser reads a bare carriage return as a line break (XML 1.0, 2.11).
    inside = text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
    return f"<{name}><![CDATA[{inside}]]></{name}>" if text else f"<{name}></{name}>"


def _group(name: str, inside: Iterable[str]) -> str:
    return f"<{name}>{''.join(inside)}</{name}>\n"


def _order(order: Exported) -> str:
    return _group("Order", _parts(order))


def _parts(order: Exported) -> Iterator[str]:
    to = order.address
    yield element("OrderID", order.reference)
    yield element("OrderNumber", order.number)
    yield element("OrderDate", text_of(order.ordered_at))
    yield element("OrderStatus", STATUSES[order.standing])
    yield element("LastModified", text_of(order.modified_at))
    if order.premium:
        yield element("ShippingMethod", PREMIUM)
    for name in ("OrderTotal", "TaxAmount", "ShippingAmount"):
        yield f"<{name}>{_UNSAID}</{name}>"
    yield element("CustomerNotes", to.instructions if to else "")
    yield f"<Gift>{str(order.gift).lower()}</Gift>"
    yield element("GiftMessage", to.gift_message if to else "")
    for number, text in enumerate(order.custom_fields, 1):
        yield element(f"CustomField{number}", text)
    if order.requested_warehouse:
        yield element("RequestedWarehouse", order.requested_warehouse)
    yield _group("Customer", _customer(order))
    yield _group("Items", (_item(line) for line in order.lines))


def _customer(order: Exported) -> Iterator[str]:
    """Gives the customer. Its code is our reference: nothing that two orders of one buyer would share."""
    to = order.address or Address(
        name=NO_ADDRESS,
        company="",
        lines=(NO_ADDRESS,),
        city=NO_ADDRESS,
        state="",
        postal_code="-",
        country=order.country,
        phone="",
        instructions="",
        gift_message="",
    )
    yield element("CustomerCode", order.reference)
    yield _group("BillTo", [element("Name", to.name)])
    first, second = (*to.lines, "")[:2]
    ship_to = {
        "Name": to.name,
        "Company": to.company,
        "Address1": first,
        "Address2": second,
        "City": to.city,
        "State": to.state,
        "PostalCode": to.postal_code,
        "Country": to.country,
        "Phone": to.phone,
    }
    yield _group("ShipTo", (element(name, text) for name, text in ship_to.items()))


def _item(line: OrderLine) -> str:
    name = shortened(line.title or line.sku, LONGEST["item name"])
    return _group(
        "Item",
        [
            element("LineItemID", line.order_item_id),
            element("SKU", line.sku),
            element("Name", name),
            f"<Quantity>{line.ordered}</Quantity>",
            f"<UnitPrice>{_UNSAID}</UnitPrice>",
        ],
    )
