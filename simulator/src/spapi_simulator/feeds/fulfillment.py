"""Fulfilment feeds: POST_ORDER_FULFILLMENT_DATA (XML) and POST_FLAT_FILE_FULFILLMENT_DATA (tabs)."""

from collections.abc import Iterable
from dataclasses import replace

from spapi_simulator.feeds import envelope, flat
from spapi_simulator.feeds.messages import Errand, Problem, Rejected, Result, find_order
from spapi_simulator.feeds.shipments import Content, Shipment, from_row, from_xml
from spapi_simulator.front.answers import Refusal
from spapi_simulator.orders.shipping import NOTHING_TO_SHIP, Shipping
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import Item, OrderRecord, PackageItem, PackageRecord


class Fulfillment:
    """Puts the parcels of a file on their orders.

    A tracking number that an order already has edits that package: what is said of an item takes the place
    of what the package held of it, and its other items stay, so that a file may report one parcel item by
    item. Transparency codes come as TransparencyCode in an Item (seen in XML that sellers send, and in no
    document of Amazon's); flat files have no column for them, so such items cannot be shipped by one.
    """

    def __init__(self, book: Book, shipping: Shipping, behaviours: Behaviours) -> None:
        self._book = book
        self._shipping = shipping
        self._behaviours = behaviours

    def xml(self, text: str, errand: Errand) -> list[Result]:
        """Carry out the messages of an XML feed, each for itself.

        Raises:
            Unreadable: The file as a whole is wrong.
        """
        return envelope.carry_out(
            text,
            lambda body: self._carry_out(from_xml(body), errand),
            message_type="OrderFulfillment",
            seller_id=errand.seller_id,
        )

    def flat(self, text: str, errand: Errand) -> list[Result]:
        """Carry out the rows of a flat file; rows that tell of one parcel are carried out together.

        Raises:
            Unreadable: The file as a whole is wrong.
        """
        results: dict[str, Result] = {}
        parcels: dict[Shipment, list[tuple[str, Shipment]]] = {}
        for row in flat.read(text, needed=("order-id", "ship-date")):
            number = row.number
            results[number] = Result(number=number, order_id=row["order-id"], item_id=row["order-item-id"])
            try:
                shipment = from_row(row)
                _check_items(find_order(self._book, errand, shipment.order_id), shipment)
            except Rejected as fault:
                results[number] = results[number].spoiled(fault)
            else:
                parcels.setdefault(replace(shipment, contents=()), []).append((number, shipment))
        for parcel, rows in parcels.items():
            try:
                self._carry_out(replace(parcel, contents=_together(one for _, one in rows)), errand)
            except Rejected as fault:
                results.update({number: results[number].spoiled(fault) for number, _ in rows})
        return list(results.values())

    def _carry_out(self, shipment: Shipment, errand: Errand) -> None:
        order = find_order(
            self._book, errand, shipment.order_id, merchant_order_id=shipment.merchant_order_id
        )
        self._check_date(order, shipment, errand)
        number = shipment.tracking_number
        known = next((one for one in order.packages if number and one.tracking_number == number), None)
        package = PackageRecord(
            package_reference_id=known.package_reference_id
            if known
            else self._shipping.next_reference(order),
            carrier_code=shipment.carrier_code,
            carrier_name=shipment.carrier_name,
            shipping_method=shipment.shipping_method,
            tracking_number=number,
            ship_date=shipment.ship_date,
            items=(),
            created_at=errand.now,
            supply_source_id=shipment.supply_source_id,
        )
        # Empty at first: whether the order may be shipped at all comes before what is in the package.
        self._check(order, package, Problem.WRONG_STATE)
        package = replace(package, items=_contents(order, shipment, known))
        self._check(order, package, Problem.NOT_ACCEPTED)
        self._shipping.put(order, package)

    def _check(self, order: OrderRecord, package: PackageRecord, problem: Problem) -> None:
        try:
            self._shipping.check(order, package)
        except Refusal as refusal:
            raise Rejected(problem, refusal.details or refusal.message or "") from refusal

    def _check_date(self, order: OrderRecord, shipment: Shipment, errand: Errand) -> None:
        if self._behaviours.refuse_future_ship_date and shipment.ship_date > errand.now:
            raise Rejected(Problem.INVALID_DATE, "The ship date lies in the future.")
        if self._behaviours.refuse_ship_date_before_purchase and shipment.ship_date < order.created_at:
            raise Rejected(Problem.INVALID_DATE, "The ship date lies before the purchase.")


def _contents(order: OrderRecord, shipment: Shipment, known: PackageRecord | None) -> tuple[PackageItem, ...]:
    """Return what is in a package after a report: what is named, or else everything that is left."""
    _check_items(order, shipment)
    left = {item.order_item_id: _left(order, item, known) for item in order.items}
    everything = tuple(Content(item_id=one, quantity=left[one]) for one in left if left[one])
    named: dict[str, PackageItem] = {}
    for content in shipment.contents or everything:
        before = named.get(content.item_id, PackageItem(order_item_id=content.item_id, quantity=0))
        more = left[content.item_id] if content.quantity is None else content.quantity
        named[content.item_id] = replace(
            before,
            quantity=before.quantity + more,
            transparency_codes=before.transparency_codes + content.codes,
        )
    if not named or not all(one.quantity for one in named.values()):
        raise Rejected(Problem.WRONG_STATE, NOTHING_TO_SHIP)
    kept = tuple(one for one in known.items if one.order_item_id not in named) if known else ()
    return (*kept, *named.values())


def _left(order: OrderRecord, item: Item, known: PackageRecord | None) -> int:
    """Return how many of an item are in no package, or in the one that is being edited."""
    elsewhere = sum(
        content.quantity
        for package in order.packages
        for content in package.items
        if content.order_item_id == item.order_item_id and package is not known
    )
    return max(0, item.quantity_ordered - elsewhere)


def _check_items(order: OrderRecord, shipment: Shipment) -> None:
    if any(order.item(content.item_id) is None for content in shipment.contents):
        raise Rejected(Problem.UNKNOWN_ITEM, "The order has no such item.")


def _together(rows: Iterable[Shipment]) -> tuple[Content, ...]:
    """Return the contents of rows about one parcel; a row without an item means the whole order."""
    contents = [one.contents for one in rows]
    return tuple(content for one in contents for content in one) if all(contents) else ()
