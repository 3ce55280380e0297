"""The order reports in XML, built as trees so that no name can break them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from spapi_simulator.reports.order_rows import (
    Row,
    Showing,
    item_status,
    order_status,
    rows,
    service_level,
    stamp,
    word,
)
from spapi_simulator.world.records import OrderRecord

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def shipping(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_ORDER_REPORT_DATA_SHIPPING: a message for each order, with its recipient."""
    envelope = Element("AmazonEnvelope")
    header = SubElement(envelope, "Header")
    _text(header, "DocumentVersion", "1.01")
    _text(envelope, "MessageType", "OrderReport")
    for number, order in enumerate(orders, start=1):
        if number == 1:
            _text(header, "MerchantIdentifier", order.seller_id)
        message = SubElement(envelope, "Message")
        _text(message, "MessageID", str(number))
        _order_report(SubElement(message, "OrderReport"), list(rows([order], showing)))
    return _document(envelope, showing)


def all_orders(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_XML_ALL_ORDERS_DATA_BY_…_GENERAL, which names nobody."""
    envelope = Element("AmazonEnvelope")
    _text(SubElement(envelope, "Header"), "DocumentVersion", "1.00")
    _text(envelope, "MessageType", "AllOrdersReport")
    for order in orders:
        lines = list(rows([order], showing))
        _order(SubElement(SubElement(envelope, "Message"), "Order"), order, lines)
    return _document(envelope, showing)


def _order_report(parent: Element, lines: list[Row]) -> None:
    order, first = lines[0].order, lines[0]
    person, place = first.person, first.place
    _text(parent, "AmazonOrderID", order.order_id)
    _text(parent, "AmazonSessionID", order.order_id)
    _text(parent, "OrderDate", stamp(order.created_at))
    _text(parent, "OrderPostedDate", stamp(first.showing.fulfillable_at(order)))
    billing = SubElement(parent, "BillingData")
    _text(billing, "BuyerEmailAddress", person.buyer_email if person else "")
    _text(billing, "BuyerPhoneNumber", first.phone)
    fulfilment = SubElement(parent, "FulfillmentData")
    _text(fulfilment, "FulfillmentMethod", "Ship")
    _text(fulfilment, "FulfillmentServiceLevel", service_level(order))
    address = SubElement(fulfilment, "Address")
    if person:
        _text(address, "Name", person.name)
        _text(address, "AddressFieldOne", person.address_line_1)
        _text(address, "AddressFieldTwo", person.address_line_2)
        _text(address, "AddressFieldThree", person.address_line_3)
    if place:
        _text(address, "City", place.city)
        _text(address, "StateOrRegion", place.state)
        _text(address, "PostalCode", place.postal_code)
        _text(address, "CountryCode", place.country_code)
    _text(address, "PhoneNumber", first.phone)
    _text(parent, "IsBusinessOrder", word("AMAZON_BUSINESS" in order.programs))
    _text(parent, "IsPrime", word("PRIME" in order.programs))
    _text(parent, "IsIba", word("INVOICE_BY_AMAZON" in order.programs))
    for row in lines:
        if row.item.quantity_ordered:
            item = SubElement(parent, "Item")
            _text(item, "AmazonOrderItemCode", row.item.order_item_id)
            _text(item, "SKU", row.item.sku)
            _text(item, "Title", row.item.title)
            _text(item, "Quantity", str(row.item.quantity_ordered))
            _prices(item, row, empty=True)


def _order(parent: Element, order: OrderRecord, lines: list[Row]) -> None:
    _text(parent, "AmazonOrderID", order.order_id)
    _text(parent, "MerchantOrderID", order.seller_order_id)
    _text(parent, "PurchaseDate", stamp(order.created_at))
    _text(parent, "LastUpdatedDate", stamp(order.updated_at))
    _text(parent, "OrderStatus", order_status(order))
    _text(parent, "SalesChannel", order.marketplace.name)
    fulfilment = SubElement(parent, "FulfillmentData")
    _text(fulfilment, "FulfillmentChannel", order.fulfilled_by.title())
    _text(fulfilment, "ShipServiceLevel", service_level(order))
    if lines and (place := lines[0].place):
        address = SubElement(fulfilment, "Address")
        _text(address, "City", place.city)
        _text(address, "State", place.state)
        _text(address, "PostalCode", place.postal_code)
        _text(address, "Country", place.country_code)
    _text(parent, "IsBusinessOrder", word("AMAZON_BUSINESS" in order.programs))
    for row in lines:
        item = SubElement(parent, "OrderItem")
        _text(item, "ASIN", row.item.asin)
        _text(item, "SKU", row.item.sku)
        _text(item, "ItemStatus", item_status(order, row.item))
        _text(item, "ProductName", row.item.title)
        _text(item, "Quantity", str(row.item.quantity_ordered))
        _prices(item, row, empty=False)


def _prices(parent: Element, row: Row, *, empty: bool) -> None:
    """Add the components of a price; without `empty` only those that are not nothing."""
    line = row.item.line
    components = (
        ("Principal", row.item.price * row.item.quantity_ordered),
        ("Shipping", Decimal(line.shipping)),
        ("Tax", Decimal(line.tax)),
    )
    shown = [(kind, amount) for kind, amount in components if empty or amount]
    if not shown or not row.amount("0"):
        return
    price = SubElement(parent, "ItemPrice")
    for kind, amount in shown:
        component = SubElement(price, "Component")
        _text(component, "Type", kind)
        _text(component, "Amount", row.amount(amount), currency=row.order.marketplace.currency)


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    """Add an element with text; nothing where there is no text."""
    if text:
        SubElement(parent, name, attributes).text = text if text.isprintable() else _NOT_XML.sub(" ", text)


def _document(root: Element, showing: Showing) -> str:
    for child in root:
        child.tail = "\n"
    return f'<?xml version="1.0" encoding="{showing.charset}"?>\n{tostring(root, encoding="unicode")}\n'
