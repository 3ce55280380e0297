"""Which orders must not go to a warehouse, and what a person does about each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.order import AmazonStatus, FulfilledBy, Hold, Order, OrderLine

LONG_PAST = timedelta(days=14)
"""So long after its ship-by instant an order was surely seen to by somebody.

Twice the seven days after which Amazon cancels what nobody confirmed (Seller Central, "Confirm shipment").
"""
_VERIFIED = "Approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One reason to stop an order."""

    code: str
    broken: Callable[[Order], bool]
    sentence: Callable[[Order], str]
    """Says what is wrong with which order, and what to do next."""


def faults(order: Order) -> tuple[Hold, ...]:
    """Returns a hold for every rule the order breaks, the most serious first; empty: it may be released."""
    return tuple(Hold(code=rule.code, sentence=rule.sentence(order)) for rule in RULES if rule.broken(order))


def one_hold(found: tuple[Hold, ...]) -> Hold:
    """Returns one hold for several: counted under the first, saying all of them."""
    return Hold(code=found[0].code, sentence=" ".join(hold.sentence for hold in found))


def to_ship(order: Order) -> tuple[OrderLine, ...]:
    """Returns the lines of which something is ordered; Amazon keeps cancelled ones with quantity 0."""
    return tuple(line for line in order.amazon.lines if line.ordered > 0)


def _status_is(status: AmazonStatus) -> Callable[[Order], bool]:
    return lambda order: order.amazon.status is status


def _in_program(program: str) -> Callable[[Order], bool]:
    return lambda order: program in order.amazon.programs


def _shipped_in_part(order: Order) -> bool:
    return order.amazon.status is AmazonStatus.PARTIALLY_SHIPPED or (
        order.amazon.status is not AmazonStatus.SHIPPED
        and any(line.shipped > 0 for line in order.amazon.lines)
    )


def _repeated(order: Order) -> bool:
    counts = Counter(line.order_item_id for line in to_ship(order))
    return any(not item or count > 1 for item, count in counts.items())


def _ship_by_missing(order: Order) -> bool:
    # Orders v0 and order reports may leave it out; a reading of v2026-01-01, which shows packages, may not.
    return order.amazon.packages is not None and order.amazon.ship_by is None


def _ship_by_before_purchase(order: Order) -> bool:
    bought, ship_by = order.amazon.purchased_at, order.amazon.ship_by
    return bought is not None and ship_by is not None and ship_by < bought


def _ship_by_long_past(order: Order) -> bool:
    # By the last reading, not by the clock: an order that waits here does not turn into one nobody knows of.
    ship_by = order.amazon.ship_by
    return ship_by is not None and order.read_at - ship_by > LONG_PAST


def _skus_missing(order: Order) -> list[str]:
    return [line.order_item_id for line in to_ship(order) if not line.sku.strip()]


RULES: tuple[Rule, ...] = (
    Rule(
        code="status_unknown",
        broken=_status_is(AmazonStatus.UNKNOWN),
        sentence=lambda order: (
            f"Amazon gives order {order.id} the status {order.amazon.status_text[:40]!r}, which Dockseal "
            "does not know; look at it in Seller Central, it is examined again when Amazon changes it."
        ),
    ),
    Rule(
        code="unfulfillable",
        broken=_status_is(AmazonStatus.UNFULFILLABLE),
        sentence=lambda order: (
            f"Amazon marks order {order.id} as unfulfillable; ask Amazon's seller support why before "
            "anything is shipped."
        ),
    ),
    Rule(
        code="shipped_elsewhere",
        broken=_status_is(AmazonStatus.SHIPPED),
        sentence=lambda order: (
            f"Amazon already shows order {order.id} as shipped, but not by Dockseal; find out who confirmed "
            "it before anything is sent a second time."
        ),
    ),
    Rule(
        code="partly_shipped_elsewhere",
        broken=_shipped_in_part,
        sentence=lambda order: (
            f"Amazon already shows a part of order {order.id} as shipped, but not by Dockseal; ship the rest "
            "where the first part was shipped, and confirm it in Seller Central."
        ),
    ),
    Rule(
        code="fulfilled_by_amazon",
        broken=lambda order: order.amazon.fulfilled_by is FulfilledBy.AMAZON,
        sentence=lambda order: (
            f"Amazon ships order {order.id} itself; there is nothing for the warehouse to do."
        ),
    ),
    Rule(
        code="fulfilled_by_unknown",
        broken=lambda order: order.amazon.fulfilled_by is FulfilledBy.UNKNOWN,
        sentence=lambda order: (
            f"Amazon does not say who ships order {order.id}; look in Seller Central whether it is yours to "
            "ship."
        ),
    ),
    Rule(
        code="program_ship_plus",
        broken=_in_program("FBM_SHIP_PLUS"),
        sentence=lambda order: (
            f"Order {order.id} is in Amazon's Ship+ program, which refuses confirmations from outside; buy "
            "its label in Seller Central and ship it there."
        ),
    ),
    Rule(
        code="program_easy_ship",
        broken=_in_program("AMAZON_EASY_SHIP"),
        sentence=lambda order: (
            f"Order {order.id} is an Easy Ship order, which Amazon's own carrier collects; schedule the "
            "pick-up in Seller Central."
        ),
    ),
    Rule(
        code="program_store_pick_up",
        broken=_in_program("IN_STORE_PICK_UP"),
        sentence=lambda order: (
            f"Order {order.id} is picked up in a store, so nothing is shipped; prepare it in that store and "
            "confirm it in Seller Central."
        ),
    ),
    Rule(
        code="program_delivery_by_amazon",
        broken=_in_program("DELIVERY_BY_AMAZON"),
        sentence=lambda order: (
            f"Order {order.id} is delivered by Amazon's own carrier; print its label in Seller Central and "
            "hand it over there."
        ),
    ),
    Rule(
        code="verification_open",
        broken=lambda order: order.amazon.verification not in {"", _VERIFIED},
        sentence=lambda order: (
            f"Order {order.id} holds regulated items, and their verification is "
            f"{order.amazon.verification[:20]!r}, not {_VERIFIED!r}; settle it in Seller Central, then "
            "examine the order again."
        ),
    ),
    Rule(
        code="buyer_wants_cancel",
        broken=lambda order: any(line.buyer_wants_cancel for line in to_ship(order)),
        sentence=lambda order: (
            f"The buyer asked to cancel order {order.id}; cancel it in Seller Central, or decline the "
            "request there to have it shipped."
        ),
    ),
    Rule(
        code="marketplace_missing",
        broken=lambda order: not order.amazon.marketplace_id,
        sentence=lambda order: (
            f"Amazon names no marketplace for order {order.id}, so its shipment could not be confirmed; look "
            "at it in Seller Central."
        ),
    ),
    Rule(
        code="ship_by_missing",
        broken=_ship_by_missing,
        sentence=lambda order: (
            f"Amazon does not say until when order {order.id} is to be shipped; look in Seller Central, and "
            "ship it from there."
        ),
    ),
    Rule(
        code="ship_by_impossible",
        broken=_ship_by_before_purchase,
        sentence=lambda order: (
            f"Amazon wants order {order.id} shipped before it was bought; look in Seller Central what is to "
            "become of it."
        ),
    ),
    Rule(
        code="ship_by_long_past",
        broken=_ship_by_long_past,
        sentence=lambda order: (
            f"Order {order.id} should have been shipped over {LONG_PAST.days} days before Amazon was last "
            "read, so somebody surely saw to it; find out who, and confirm or cancel it in Seller Central."
        ),
    ),
    Rule(
        code="quantity_impossible",
        broken=lambda order: any(line.ordered < 0 for line in order.amazon.lines),
        sentence=lambda order: (
            f"Amazon gives a line of order {order.id} a quantity below zero; look at it in Seller Central."
        ),
    ),
    Rule(
        code="nothing_to_ship",
        broken=lambda order: not to_ship(order),
        sentence=lambda order: (
            f"Order {order.id} has no line with anything left to ship; look in Seller Central whether it was "
            "cancelled."
        ),
    ),
    Rule(
        code="lines_ambiguous",
        broken=_repeated,
        sentence=lambda order: (
            f"Amazon lists lines of order {order.id} without an id, or two under the same id, so a parcel "
            "could not be matched to them; ship it from Seller Central."
        ),
    ),
    Rule(
        code="sku_missing",
        broken=lambda order: bool(_skus_missing(order)),
        sentence=lambda order: (
            f"Order {order.id} has items without a SKU ({', '.join(_skus_missing(order)[:5])}), so the "
            "warehouse could not know what to pick; give the listing a SKU in Seller Central."
        ),
    ),
)
"""Every reason to stop an order before release."""
