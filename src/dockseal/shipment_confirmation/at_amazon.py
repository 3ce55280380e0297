"""What people see of packages as Amazon shows them: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dockseal.domain.order import Order
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package
from dockseal.domain.shown import in_words, label_of, matched
from dockseal.shipment_confirmation.comparison import compare


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAmazon:
    """One package of ours, as Amazon shows it."""

    status: str = ""
    """How far it is, in plain English; empty where Amazon does not show it, or does not say."""
    reference: str = ""
    """Under which reference Amazon shows it, where that is not our own."""
    differs: tuple[str, ...] = ()
    """What Amazon shows otherwise than it was sent, a sentence each."""


_NOT_SHOWN = AtAmazon()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAtAmazon:
    """An order's packages, as Amazon shows them."""

    packages: Mapping[int, AtAmazon]
    """By our `reference_id`."""
    others: tuple[str, ...]
    """Those that nobody reported here, by carrier and number."""

    def of(self, package: Package) -> AtAmazon:
        """Returns one package of ours, as Amazon shows it."""
        return self.packages.get(package.reference_id, _NOT_SHOWN)


def seen_at_amazon(order: Order, packages: Sequence[Package]) -> OrderAtAmazon:
    """Returns what the reading that is kept of an order shows of its packages.

    Of a package that Amazon took after that reading nothing is said to differ.
    """
    found = compare(packages, order.amazon)
    ours = matched(packages, order.amazon.packages or ()).ours
    seen = {}
    for package in packages:
        shown = ours.get(package.reference_id)
        read_since = package.confirmed_at is not None and order.read_at >= package.confirmed_at
        differs = found.of(package) if read_since and package.state in KNOWN_TO_AMAZON else ()
        own = str(package.reference_id)
        seen[package.reference_id] = AtAmazon(
            status=in_words(shown) if shown else "",
            reference=shown.reference_id if shown and shown.reference_id != own else "",
            differs=tuple(f"{each.sentence}." for each in differs),
        )
    return OrderAtAmazon(packages=seen, others=tuple(label_of(each) for each in found.others))
