"""Judges a package before Amazon sees it: what Amazon is told of it, or why it is held.

Amazon takes wrong numbers and carriers without a word, and counts them against the seller later. So whatever
can be known to be wrong is stopped here, with a sentence that says what to do. Pure: nothing is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.domain.carrier import Carrier
from dockseal.domain.marketplaces import MARKETPLACES, local, local_text
from dockseal.domain.order import Hold, Order
from dockseal.domain.shipment import Package
from dockseal.shipment_confirmation.carriers import carrier_of
from dockseal.shipment_confirmation.transparency import code_fault

_JAPAN = "JP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known beside the order and the package.

    Attributes:
        now: The present instant.
        taught: What its warehouse means by names of carriers, as a person said, by normalised name.
        same_number: Packages of other orders with its tracking number.
        supply_source: Amazon's id of its warehouse as a place that is shipped from; empty: none.
    """

    now: datetime
    taught: Mapping[str, Carrier]
    same_number: tuple[Package, ...] = ()
    supply_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """A package that Amazon may be told of.

    Attributes:
        request: What Amazon is told.
        warning: What a person should know of it all the same; empty: nothing.
        only_by_feed: confirmShipment takes no package without a number; the feed does.
    """

    request: ConfirmRequest
    warning: str = ""
    only_by_feed: bool = False


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
    carrier = carrier_of(package.carrier)
    bought_at = order.amazon.purchased_at or package.shipped_at
    request = ConfirmRequest(
        marketplace_id=order.amazon.marketplace_id,
        reference_id=package.reference_id,
        carrier_code=carrier.code,
        carrier_name=carrier.name,
        shipping_method=package.service,
        tracking_number=package.tracking_number,
        # A warehouse's clock may run a little ahead, and a day alone begins before the order was bought.
        ship_date=min(max(package.shipped_at, bought_at), facts.now),
        contents=package.contents,
        supply_source=facts.supply_source,
        paid_at_the_door=order.amazon.cash_on_delivery and _country(order) == _JAPAN,
    )
    return Sendable(request=request, only_by_feed=not package.tracking_number)


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
