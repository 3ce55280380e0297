"""Judges what a parcel's label says: what Amazon is told of carrier and number, or why it is held. Pure.

Whoever packs reads both from one label, so each can show that the other is wrong. A person who has looked at
the label may let such a parcel go as it is; what is certain by itself is never guessed at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dockseal.domain.carrier import LONGEST_NAME, OTHER, Carrier
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.order import Hold, Order
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import Package
from dockseal.shipment_confirmation.carriers.naming import carrier_named
from dockseal.shipment_confirmation.carriers.services import shortened
from dockseal.shipment_confirmation.carriers.table import CODES
from dockseal.shipment_confirmation.carriers.unknown import Unknown, Why, unknown_sentence
from dockseal.shipment_confirmation.facts import Facts
from dockseal.shipment_confirmation.tracking_numbers.judging import Verdict, judge
from dockseal.shipment_confirmation.tracking_numbers.normalising import Fault, Refusal, normalised
from dockseal.shipment_confirmation.tracking_numbers.reuse import Reuse, Use, reused
from dockseal.shipment_confirmation.tracking_numbers.rulebook import relatives

_NONE = frozenset({Refusal.EMPTY, Refusal.UNTRACKED})
_UNTRACKED_IN = frozenset({"GB", "IE", "DE", "FR", "IT", "ES", "NL", "BE", "SE", "PL"})
"""Countries in whose marketplaces a parcel may go by an untracked service (Seller Central Europe)."""
_WITHOUT_NUMBER = (
    "Amazon is told of the parcel without a number: if its service is tracked after all, correct the parcel."
)
_LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What Amazon is told of a label.

    Attributes:
        carrier: The carrier, with the service beside it.
        number: The tracking number; empty: the parcel goes untracked.
        warnings: What a person should know of it all the same.
    """

    carrier: Carrier
    number: str
    warnings: tuple[str, ...] = ()


def number_of(package: Package) -> str:
    """Returns the tracking number of a package as Amazon gets it; empty where it is none."""
    found = normalised(package.tracking_number)
    return "" if isinstance(found, Fault) else found.text


def label_of(order: Order, package: Package, facts: Facts) -> Label | Hold:
    """Returns what Amazon is told of a package's label, or why the package is held.

    Args:
        order: Its order.
        package: As the warehouse reported it, or a person corrected it.
        facts: What else is known.
    """
    number = _number(order, package)
    if isinstance(number, Hold):
        return number
    carrier = _carrier(order, package, number, facts)
    if isinstance(carrier, Hold):
        return carrier
    warnings = [] if number else [_WITHOUT_NUMBER]
    for hold, warning in _judged(order, package, number, carrier, facts) if number else ():
        if hold is not None and hold.code not in package.cleared:
            return hold
        warnings.extend(warning)
    carrier = replace(carrier, service=shortened(package.service or carrier.service))
    return Label(carrier=carrier, number=number, warnings=tuple(warnings))


def _number(order: Order, package: Package) -> str | Hold:
    found = normalised(package.tracking_number)
    if not isinstance(found, Fault):
        return found.text
    if found.refusal in _NONE:
        hold = Hold(code=ParcelHold.NUMBER_MISSING, sentence=found.sentence)
        return "" if _may_go_untracked(order) or hold.code in package.cleared else hold
    hold = Hold(code=ParcelHold.NUMBER_UNUSABLE, sentence=found.sentence)
    return package.tracking_number[:_LONGEST_NUMBER] if hold.code in package.cleared else hold


def _carrier(order: Order, package: Package, number: str, facts: Facts) -> Carrier | Hold:
    if ParcelHold.CARRIER_UNKNOWN in package.cleared:  # a person said it, in Amazon's words or by its name
        code = package.carrier if package.carrier in CODES else OTHER
        return Carrier(code=code, name=package.carrier[:LONGEST_NAME] if code == OTHER else "")
    where = order.amazon.marketplace_id
    found = carrier_named(package.carrier, marketplace_id=where, taught=facts.taught)
    if isinstance(found, Carrier):
        return found
    by_number = judge(number, None) if number else None
    if by_number is not None and by_number.verdict is Verdict.DETECTED:
        detected = carrier_named(by_number.carrier, marketplace_id=where)
        if isinstance(detected, Carrier):
            return _detected(found, detected)
    return Hold(code=ParcelHold.CARRIER_UNKNOWN, sentence=unknown_sentence(found))


def _detected(unknown: Unknown, detected: Carrier) -> Carrier | Hold:
    """Returns the carrier that the number shows, where none was named; else that is a hint for people."""
    if unknown.why is Why.NOT_NAMED:
        return detected
    if unknown.why is Why.SERVICE_ALONE:
        return replace(detected, service=unknown.text)
    sentence = f"{unknown_sentence(unknown)} Its number is one of {detected.label}."
    return Hold(code=ParcelHold.CARRIER_UNKNOWN, sentence=sentence)


def _judged(
    order: Order, package: Package, number: str, carrier: Carrier, facts: Facts
) -> Iterator[tuple[Hold | None, Iterable[str]]]:
    """Yields what is wrong with a number, and what there is to warn of, of one kind each."""
    yield _fit(number, carrier)
    yield _beside(order, package, carrier, facts), ()
    yield _use(order, package, number, facts)


def _fit(number: str, carrier: Carrier) -> tuple[Hold | None, Iterable[str]]:
    """Judges a number beside the carrier: a hold, and what there is to warn of."""
    judged = judge(number, carrier.code, carrier.name)
    if judged.verdict is Verdict.MISTYPED:
        return Hold(code=ParcelHold.NUMBER_WRONG, sentence=judged.sentence), ()
    if judged.verdict is Verdict.CONTRADICTED:
        return Hold(code=ParcelHold.CARRIER_CONTRADICTED, sentence=judged.sentence), ()
    return None, [judged.sentence] if judged.verdict is Verdict.SUSPICIOUS else ()


def _use(order: Order, package: Package, number: str, facts: Facts) -> tuple[Hold | None, Iterable[str]]:
    """Judges a number by the orders it went under before."""
    found = reused(use_of(order, package, number), facts.same_number)
    if found.reuse is Reuse.SUSPICIOUS:
        return Hold(code=ParcelHold.NUMBER_USED, sentence=found.sentence), ()
    return None, [found.sentence] if found.reuse is Reuse.COMBINED else ()


def _beside(order: Order, package: Package, carrier: Carrier, facts: Facts) -> Hold | None:
    """Judges a number that another parcel of its order has: no two carriers give out the same."""
    for other in facts.beside:
        told = carrier_named(
            other.told_carrier, marketplace_id=order.amazon.marketplace_id, taught=facts.taught
        )
        if isinstance(told, Carrier) and relatives(told.label).isdisjoint(relatives(carrier.label)):
            sentence = (
                f"Parcel {package.reference_id} of order {order.id} goes by {carrier.label} and has the "
                f"number of parcel {other.reference_id}, which goes by {told.label}, so one of the two is "
                "wrong: compare both with their labels and correct the wrong one."
            )
            return Hold(code=ParcelHold.NUMBER_USED, sentence=sentence)
    return None


def use_of(order: Order, package: Package, number: str) -> Use:
    """Returns that a package of an order goes under a number."""
    return Use(
        number=number,
        seller=order.seller,
        order=package.order,
        warehouse=package.warehouse,
        shipped_at=package.shipped_at,
    )


def _may_go_untracked(order: Order) -> bool:
    known = MARKETPLACES.get(order.amazon.marketplace_id)
    return known is not None and known.country in _UNTRACKED_IN
