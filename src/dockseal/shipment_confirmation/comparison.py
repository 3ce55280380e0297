"""What Amazon shows otherwise than we sent it, package by package: pure.

What Amazon does not show, or shows under a name that is in no table, is no difference: only what is surely
wrong is sent again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.carrier import Carrier
from dockseal.domain.order import AmazonOrder, AmazonPackage, AmazonStatus, Order
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState
from dockseal.domain.shown import matched, same_number
from dockseal.shipment_confirmation.carriers.naming import carrier_named

_A_DAY = timedelta(days=1)
"""Ship dates closer than this are one date: Amazon may keep the date alone, in another zone."""


class Differing(StrEnum):
    """In what a package differs; the codes stand in the audit trail."""

    MISSING = "missing"
    NUMBER = "other_number"
    CARRIER = "other_carrier"
    CONTENTS = "other_contents"
    SHIP_DATE = "other_ship_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that Amazon shows otherwise."""

    what: Differing
    sentence: str
    """Such as `Amazon shows DPD instead of UPS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An order's packages beside what one reading shows."""

    differences: Mapping[int, tuple[Difference, ...]]
    """By our `reference_id`; no entry: Amazon shows the package as it was sent."""
    references: Mapping[int, str]
    """Under which reference Amazon shows a package, where that is not the one we know it by."""
    others: tuple[AmazonPackage, ...]
    """Packages that Amazon shows and nobody reported here."""

    def of(self, package: Package) -> tuple[Difference, ...]:
        """Returns what differs of a package."""
        return self.differences.get(package.reference_id, ())


def compare(packages: Sequence[Package], reading: AmazonOrder) -> Comparison:
    """Compares packages with what Amazon shows.

    Orders v0 shows no packages: there, the quantities Amazon counts as shipped must cover those it was told.

    Args:
        packages: All packages of the order; those that Amazon was not told of yet are compared too.
        reading: What Amazon shows of the same order.
    """
    if reading.packages is None:
        short = _short(packages, reading)
        return Comparison(differences=MappingProxyType(short), references=MappingProxyType({}), others=())
    found = matched(packages, reading.packages)
    differences = {}
    for package in standing(packages):
        differs = _differs(package, found.ours.get(package.reference_id), reading)
        if differs:
            differences[package.reference_id] = differs
    references = {
        package.reference_id: found.ours[package.reference_id].reference_id
        for package in packages
        if package.reference_id in found.ours
        and found.ours[package.reference_id].reference_id
        != (package.amazon_reference or str(package.reference_id))
    }
    return Comparison(
        differences=MappingProxyType(differences),
        references=MappingProxyType(references),
        others=found.others,
    )


def shown(package: Package, reading: AmazonOrder, *, among: Iterable[Package] = ()) -> bool:
    """Tells whether Amazon shows `package` with our number and contents, whatever we know of it.

    Args:
        package: The package.
        reading: What Amazon shows of its order.
        among: All packages of its order: what Amazon shows may be another one that holds the same.
    """
    told = replace(package, state=PackageState.CONFIRMED)
    others = [
        each for each in among if each.state in KNOWN_TO_AMAZON and each.reference_id != package.reference_id
    ]
    return not compare([*others, told], reading).of(told)


def standing(packages: Iterable[Package]) -> list[Package]:
    """Returns the packages that count: what Amazon refused was corrected by another, or still has to be."""
    return [package for package in packages if package.state is not PackageState.REFUSED]


def covered(order: Order, packages: Iterable[Package]) -> bool:
    """Tells whether these packages hold everything that is ordered."""
    packed: Counter[str] = Counter()
    for package in packages:
        packed.update(_contents(package))
    return all(packed[line.order_item_id] >= line.ordered for line in order.amazon.lines)


def counts_more(reading: AmazonOrder, packages: Iterable[Package]) -> bool:
    """Tells whether Amazon counts more as shipped than it was told of; never where it shows packages."""
    told: Counter[str] = Counter()
    for package in packages:
        if package.state in KNOWN_TO_AMAZON:
            told.update(_contents(package))
    return reading.packages is None and any(line.shipped > told[line.order_item_id] for line in reading.lines)


def _differs(package: Package, one: AmazonPackage | None, reading: AmazonOrder) -> tuple[Difference, ...]:
    if one is None:
        sentence = f"Amazon does not show {package.carrier} {package.tracking_number}"
        return (Difference(what=Differing.MISSING, sentence=sentence),)
    found = []
    ours = package.number_at_amazon
    if (one.tracking_number or ours) and not same_number(one.tracking_number, ours):
        sentence = f"Amazon shows {one.tracking_number or 'no number'} instead of {ours or 'none'}"
        found.append(Difference(what=Differing.NUMBER, sentence=sentence))
    if _other_carrier(package, one, reading.marketplace_id):
        sentence = f"Amazon shows {one.carrier} instead of {package.carrier}"
        found.append(Difference(what=Differing.CARRIER, sentence=sentence))
    if one.contents and Counter(dict(one.contents)) != Counter(_contents(package)):
        sentence = f"Amazon shows {_units(dict(one.contents), reading)} in it instead of "
        sentence += _units(_contents(package), reading)
        found.append(Difference(what=Differing.CONTENTS, sentence=sentence))
    sent = _ship_date(package, reading)
    if one.shipped_at is not None and abs(one.shipped_at - sent) > _A_DAY:
        sentence = f"Amazon shows it as sent on {one.shipped_at:%d %B %Y} instead of {sent:%d %B %Y}"
        found.append(Difference(what=Differing.SHIP_DATE, sentence=sentence))
    return tuple(found)


def _other_carrier(package: Package, one: AmazonPackage, marketplace_id: str) -> bool:
    """Tells whether Amazon surely names another carrier: both are in the table, and are not the same.

    A label of Amazon's names the carrier that Amazon bought it from.
    """
    ours = carrier_named(package.told_carrier or package.carrier, marketplace_id=marketplace_id)
    theirs = carrier_named(one.carrier, marketplace_id=marketplace_id)
    if package.bought or not isinstance(ours, Carrier) or not isinstance(theirs, Carrier):
        return False
    return (ours.code, ours.name) != (theirs.code, theirs.name)


def _ship_date(package: Package, reading: AmazonOrder) -> datetime:
    """Returns the date that Amazon was told: none before the order, and none after it was told."""
    sent = package.shipped_at
    if reading.purchased_at is not None:
        sent = max(sent, reading.purchased_at)
    return min(sent, package.confirmed_at) if package.confirmed_at is not None else sent


def _short(packages: Sequence[Package], reading: AmazonOrder) -> dict[int, tuple[Difference, ...]]:
    """Returns the packages that hold more than Amazon counts as shipped, of those that it was told."""
    if reading.status is AmazonStatus.SHIPPED:
        return {}
    counted = {line.order_item_id: line.shipped for line in reading.lines}
    ordered = {line.order_item_id: line.ordered for line in reading.lines}
    told: Counter[str] = Counter()
    for package in packages:
        if package.state in KNOWN_TO_AMAZON:
            told.update(_contents(package))
    # What was cancelled since is shipped no more than what is left of it.
    short = {
        item for item, units in told.items() if counted.get(item, 0) < min(units, ordered.get(item, units))
    }
    return {
        package.reference_id: (
            Difference(
                what=Differing.MISSING,
                sentence=f"Amazon does not count {_units(_contents(package), reading)} as shipped",
            ),
        )
        for package in standing(packages)
        if short & set(_contents(package))
    }


def _contents(package: Package) -> dict[str, int]:
    units: Counter[str] = Counter()
    for content in package.contents:
        units[content.order_item_id] += content.quantity
    return dict(units)


def _units(contents: Mapping[str, int], reading: AmazonOrder) -> str:
    skus = {line.order_item_id: line.sku for line in reading.lines}
    return ", ".join(f"{quantity} × {skus.get(item) or item}" for item, quantity in sorted(contents.items()))
