"""Judges a package before Amazon sees it: what Amazon is told of it, or why it is held.

Amazon takes wrong numbers and carriers without a word, and counts them against the seller later. So whatever
can be known to be wrong is stopped here, with a sentence that says what to do. Pure: nothing is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.domain.marketplaces import MARKETPLACES, local, local_text
from dockseal.domain.order import OVER, AmazonStatus, Hold, Order
from dockseal.domain.shipment import Package
from dockseal.shipment_confirmation.facts import Facts
from dockseal.shipment_confirmation.labels import label_of
from dockseal.shipment_confirmation.transparency import code_fault

_JAPAN = "JP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """A package that Amazon may be told of.

    Attributes:
        request: What Amazon is told.
        warnings: What a person should know of it all the same.
    """

    request: ConfirmRequest
    warnings: tuple[str, ...] = ()

    @property
    def only_by_feed(self) -> bool:
        """Whether it has no number: confirmShipment takes no such package, and a feed does."""
        return not self.request.tracking_number


def judge(order: Order, package: Package, facts: Facts) -> Sendable | Hold:
    """Returns what Amazon is told of a package, or why it is held.

    Args:
        order: Its order, as Amazon last showed it.
        package: As the warehouse reported it, or a person corrected it.
        facts: What else is known.
    """
    for fault in _faults(order, package):
        if fault is not None and fault.code not in package.cleared:
            return fault
    label = label_of(order, package, facts)
    if isinstance(label, Hold):
        return label
    bought_at = order.amazon.purchased_at or package.shipped_at
    request = ConfirmRequest(
        marketplace_id=order.amazon.marketplace_id,
        reference=package.reference_at_amazon,
        carrier_code=label.carrier.code,
        carrier_name=label.carrier.name,
        shipping_method=label.carrier.service,
        tracking_number=label.number,
        # A warehouse's clock may run a little ahead, and a day alone begins before the order was bought.
        ship_date=min(max(package.shipped_at, bought_at), facts.now),
        contents=package.contents,
        supply_source=facts.supply_source,
        paid_at_the_door=order.amazon.cash_on_delivery and _country(order) == _JAPAN,
    )
    return Sendable(request=request, warnings=label.warnings)


def is_cancelled(order: Order, package: Package) -> bool:
    """Tells whether Amazon has cancelled all that lies in a package, so that it takes it no more."""
    if order.state in OVER or order.amazon.status is AmazonStatus.CANCELLED:
        return True
    left = {line.order_item_id for line in order.amazon.lines if line.ordered}
    return bool(left) and left.isdisjoint(content.order_item_id for content in package.contents)


def _faults(order: Order, package: Package) -> Iterator[Hold | None]:
    yield _contents_fault(order, package)
    yield _date_fault(order, package)


def _contents_fault(order: Order, package: Package) -> Hold | None:
    ordered = {line.order_item_id: line for line in order.amazon.lines}
    for content in package.contents:
        line = ordered.get(content.order_item_id)
        if line is None:
            return Hold(
                code="line_unknown",
                sentence=f"Order {order.id} has no line {content.order_item_id} at Amazon any more; correct "
                "what lies in the parcel.",
            )
        if content.quantity > line.ordered:
            return Hold(
                code="too_many",
                sentence=f"Line {line.order_item_id} of order {order.id} is ordered {line.ordered} times and "
                f"the parcel holds {content.quantity}; correct what lies in it.",
            )
        if line.transparency:
            fault = code_fault(content)
            if fault:
                return Hold(code="transparency_codes", sentence=fault)
    return None


def _date_fault(order: Order, package: Package) -> Hold | None:
    bought_at = order.amazon.purchased_at
    if bought_at is None or package.shipped_at >= bought_at or _same_day(order, package, bought_at):
        return None
    where = order.amazon.marketplace_id
    return Hold(
        code="ship_date_wrong",
        sentence=f"The parcel is said to have left on {local_text(package.shipped_at, where)}, before order "
        f"{order.id} was bought on {local_text(bought_at, where)}; correct when it left.",
    )


def _same_day(order: Order, package: Package, bought_at: datetime) -> bool:
    """Tells whether both are on one day of the marketplace: some warehouses report a day alone."""
    where = order.amazon.marketplace_id
    return local(package.shipped_at, where).date() == local(bought_at, where).date()


def _country(order: Order) -> str:
    known = MARKETPLACES.get(order.amazon.marketplace_id)
    return "" if known is None else known.country
