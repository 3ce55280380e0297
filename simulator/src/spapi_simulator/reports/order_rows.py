"""The columns of the flat order reports: each is a name of Amazon's and what stands in it for one item.

The reports look at orders as lists do, and keep the same personal data back that reads keep back. A buyer's
wish to cancel is nowhere in them: Amazon does not mark it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from spapi_simulator.orders.v0_shapes import amount_text, phone_shown, redacted
from spapi_simulator.reports.flat import table
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import UNPAID, WITH_ADDRESS, Item, OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a report is made under.

    Attributes:
        now: The instant the report looks at the orders.
        fulfillable_at: When an order could first be shipped.
        charset: What the document will be encoded in.
        options: The reportOptions of the request.
    """

    now: datetime
    behaviours: Behaviours
    fulfillable_at: Callable[[OrderRecord], datetime]
    charset: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item of an order, under a showing.

    Attributes:
        place: Where it goes, as far as city and postal code; None while reads show no address at all.
        person: Whose order it is; None when the personal data is gone or not there yet.
        phone: The telephone number, while Amazon shows it.
    """

    order: OrderRecord
    item: Item
    showing: Showing
    place: Recipient | None
    person: Recipient | None
    phone: str

    def amount(self, amount: Decimal | str) -> str:
        """Return an amount of this row; empty while the order is not paid."""
        return "" if self.order.status in UNPAID else amount_text(Decimal(amount), self.order)


Columns = Mapping[str, Callable[[Row], str]]


def stamp(instant: datetime) -> str:
    """Return an instant as reports and the Reports API write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def word(value: bool) -> str:
    """Return true or false as reports write it."""
    return "true" if value else "false"


def service_level(order: OrderRecord) -> str:
    """Return the ship-service-level, such as `NextDay`."""
    return order.terms.service_level.title().replace("_", "")


def order_status(order: OrderRecord) -> str:
    """Return the order-status of the all-orders reports, which spell Cancelled with two l."""
    return "Cancelled" if order.status == "CANCELLED" else order.v0_status


def item_status(order: OrderRecord, item: Item) -> str:
    """Return the item-status of the all-orders reports."""
    if order.status in UNPAID:
        return "Pending"
    if not item.quantity_ordered:
        return "Cancelled"
    return "Shipped" if item.quantity_shipped >= item.quantity_ordered else "Unshipped"


def _person(pick: Callable[[Recipient], str]) -> Callable[[Row], str]:
    return lambda row: pick(row.person) if row.person else ""


def _place(pick: Callable[[Recipient], str]) -> Callable[[Row], str]:
    return lambda row: pick(row.place) if row.place else ""


def _nothing(_: Row) -> str:
    return ""


_ROUGH: Columns = {
    "ship-city": _place(lambda place: place.city),
    "ship-state": _place(lambda place: place.state),
    "ship-postal-code": _place(lambda place: place.postal_code),
    "ship-country": _place(lambda place: place.country_code),
}
_RECIPIENT: Columns = {
    "recipient-name": _person(lambda person: person.name),
    "ship-address-1": _person(lambda person: person.address_line_1),
    "ship-address-2": _person(lambda person: person.address_line_2),
    "ship-address-3": _person(lambda person: person.address_line_3),
    **_ROUGH,
}
_BUSINESS: Columns = {
    "is-business-order": lambda row: word("AMAZON_BUSINESS" in row.order.programs),
    "purchase-order-number": lambda row: row.order.terms.purchase_order_number,
    "price-designation": _nothing,
}
_HEAD: Columns = {
    "order-id": lambda row: row.order.order_id,
    "order-item-id": lambda row: row.item.order_item_id,
    "purchase-date": lambda row: stamp(row.order.created_at),
    "payments-date": lambda row: stamp(row.showing.fulfillable_at(row.order)),
}
_ARTICLE: Columns = {
    "sku": lambda row: row.item.sku,
    "product-name": lambda row: row.item.title,
    "quantity-purchased": lambda row: str(row.item.quantity_ordered),
}
_CONTACT: Columns = {
    "buyer-email": _person(lambda person: person.buyer_email),
    "buyer-phone-number": lambda row: row.phone,
}
_PRICES: Columns = {
    "currency": lambda row: row.order.marketplace.currency,
    "item-price": lambda row: row.amount(row.item.price * row.item.quantity_ordered),
    "item-tax": lambda row: row.amount(row.item.line.tax),
    "shipping-price": lambda row: row.amount(row.item.line.shipping),
    "shipping-tax": lambda row: row.amount("0"),
}
_PRIME: Columns = {"is-prime": lambda row: word("PRIME" in row.order.programs)}
_LEVEL: Columns = {"ship-service-level": lambda row: service_level(row.order)}
_CHANNEL: Columns = {"sales-channel": lambda row: row.order.marketplace.name}

ACTIONABLE: Columns = {
    **_HEAD,
    "reporting-date": lambda row: stamp(row.showing.now),
    "promise-date": lambda row: stamp(row.order.ship_by),
    "days-past-promise": lambda row: str((row.showing.now - row.order.ship_by).days),
    **_CONTACT,
    **_ARTICLE,
    "quantity-shipped": lambda row: str(row.item.quantity_shipped),
    "quantity-to-ship": lambda row: str(row.item.quantity_ordered - row.item.quantity_shipped),
    **_LEVEL,
    **_RECIPIENT,
    **_BUSINESS,
    **_PRIME,
}
SHIPPING: Columns = {
    **_HEAD,
    **_CONTACT,
    **_ARTICLE,
    **_PRICES,
    **_LEVEL,
    **_RECIPIENT,
    "ship-phone-number": lambda row: row.phone,
    "delivery-start-date": _nothing,
    "delivery-end-date": _nothing,
    "delivery-time-zone": _nothing,
    "delivery-Instructions": _person(lambda person: person.instructions),
    **_BUSINESS,
    **_PRIME,
}
BUYERS: Columns = {
    **_HEAD,
    "buyer-email": _person(lambda person: person.buyer_email),
    "buyer-name": _person(lambda person: person.buyer_name),
    "buyer-phone-number": lambda row: row.phone,
    **_ARTICLE,
    **_PRICES,
    **_LEVEL,
    **_RECIPIENT,
    "item-promotion-discount": lambda row: row.amount(row.item.line.discount),
    **_CHANNEL,
    **_BUSINESS,
    **_PRIME,
    "buyer-company-name": lambda row: row.order.terms.company if row.person else "",
    "is-iba": lambda row: word("INVOICE_BY_AMAZON" in row.order.programs),
}
_VAT: Columns = {"buyer-vat-number": lambda row: row.order.terms.tax_number if row.person else ""}
ALL_ORDERS: Columns = {
    "amazon-order-id": lambda row: row.order.order_id,
    "merchant-order-id": lambda row: row.order.seller_order_id,
    "purchase-date": lambda row: stamp(row.order.created_at),
    "last-updated-date": lambda row: stamp(row.order.updated_at),
    "order-status": lambda row: order_status(row.order),
    "fulfillment-channel": lambda row: row.order.fulfilled_by.title(),
    **_CHANNEL,
    "order-channel": _nothing,
    **_LEVEL,
    "product-name": lambda row: row.item.title,
    "sku": lambda row: row.item.sku,
    "asin": lambda row: row.item.asin,
    "item-status": lambda row: item_status(row.order, row.item),
    "quantity": lambda row: str(row.item.quantity_ordered),
    **_PRICES,
    "gift-wrap-price": _nothing,
    "gift-wrap-tax": _nothing,
    "item-promotion-discount": lambda row: row.amount(row.item.line.discount),
    "ship-promotion-discount": _nothing,
    **_ROUGH,
    "promotion-ids": lambda row: ",".join(row.item.line.promotion_ids),
}


def rows(orders: Iterable[OrderRecord], showing: Showing) -> Iterator[Row]:
    """Yield every item of the orders."""
    for order in orders:
        place = order.recipient if order.status in WITH_ADDRESS else None
        person = None if redacted(order, showing.behaviours, showing.now) else place
        phone = person.phone if person and phone_shown(order, showing.now) else ""
        for item in order.items:
            yield Row(order=order, item=item, showing=showing, place=place, person=person, phone=phone)


def actionable(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING: what is still to be shipped, and where to."""
    waiting = (row for row in rows(orders, showing) if row.item.quantity_ordered > row.item.quantity_shipped)
    return table(ACTIONABLE, waiting)


def shipping(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING; the option ShowSalesChannel adds a column."""
    shown = showing.options.get("ShowSalesChannel", "").lower() == "true"
    return table({**SHIPPING, **_CHANNEL} if shown else SHIPPING, _ordered(orders, showing))


def invoicing(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING, with what an invoice in Europe needs of the buyer."""
    return table({**BUYERS, **_VAT}, _ordered(orders, showing))


def tax(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ORDER_REPORT_DATA_TAX, for remitting taxes in North America."""
    return table(BUYERS, _ordered(orders, showing))


def by_last_update(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL, which names nobody."""
    return table({**ALL_ORDERS, **_BUSINESS}, rows(orders, showing))


def by_order_date(orders: Iterable[OrderRecord], showing: Showing) -> str:
    """Return GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL, with one column more for Brazil."""
    return table({**ALL_ORDERS, "cpf": _nothing, **_BUSINESS}, rows(orders, showing))


def _ordered(orders: Iterable[OrderRecord], showing: Showing) -> Iterator[Row]:
    return (row for row in rows(orders, showing) if row.item.quantity_ordered)
