"""The packages that Amazon shows of an order: which of them are ours, and how far each is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.domain.order import AmazonPackage
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState

DELIVERED = "DELIVERED"
FAILED = frozenset({"UNDELIVERABLE", "CANCELLED"})
"""`packageStatus.status` of a package that does not reach the buyer."""
FAILED_DETAILS = frozenset(
    {"UNDELIVERABLE", "REJECTED_BY_BUYER", "RETURNING_TO_SELLER", "RETURNED_TO_SELLER", "LOST", "DAMAGED"}
)
"""`detailedStatus` of such a one, where Amazon sends it."""
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "PENDING": "not handed to the carrier yet",
        "SHIPPED": "sent",
        "IN_TRANSIT": "on its way",
        DELIVERED: "delivered",
        "CANCELLED": "its shipment was cancelled",
        "UNDELIVERABLE": "could not be delivered",
        "PENDING_SCHEDULE": "its pick-up is not scheduled yet",
        "PENDING_PICK_UP": "waits to be picked up",
        "PENDING_DROP_OFF": "waits to be dropped off",
        "LABEL_CANCELLED": "its label was cancelled",
        "PICKED_UP": "picked up by the carrier",
        "DROPPED_OFF": "dropped off at the carrier",
        "AT_ORIGIN_FC": "at the first depot",
        "AT_DESTINATION_FC": "at the last depot",
        "REJECTED_BY_BUYER": "the buyer did not take it",
        "RETURNING_TO_SELLER": "on its way back",
        "RETURNED_TO_SELLER": "came back",
        "LOST": "lost",
        "OUT_FOR_DELIVERY": "out for delivery",
        "DAMAGED": "damaged on its way",
    }
)
"""Orders v2026-01-01, `PackageStatus`, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Which of Amazon's packages is which of ours."""

    ours: Mapping[int, AmazonPackage]
    """By our `reference_id`."""
    others: tuple[AmazonPackage, ...]
    """Those that nobody reported here."""


def matched(packages: Iterable[Package], shown: Sequence[AmazonPackage]) -> Matching:
    """Says which of Amazon's packages is which of ours; each is one package at most.

    The same tracking number is the same package, whoever numbered it. One with another tracking number is
    ours if it stands under the reference we sent; Amazon itself numbers those of its labels and of feeds. One
    without a number is known by what lies in it.
    """
    left = list(shown)
    ours: dict[int, AmazonPackage] = {}
    open_ = sorted(
        packages, key=lambda package: (package.state is PackageState.REFUSED, package.reference_id)
    )
    for package in open_:
        same = [each for each in left if same_number(each.tracking_number, package.number_at_amazon)]
        same.sort(key=lambda each: each.reference_id not in {name_of(package), str(package.reference_id)})
        if same:
            ours[package.reference_id] = same[0]
            left.remove(same[0])
    for package in open_:
        if package.reference_id in ours or not _told(package):
            continue
        under = [each for each in left if each.reference_id == name_of(package)]
        if under:
            ours[package.reference_id] = under[0]
            left.remove(under[0])
    for package in open_:
        if package.reference_id in ours or not _told(package) or not package.untracked:
            continue
        alike = [each for each in left if not each.tracking_number and each.contents == _contents(package)]
        if alike:
            ours[package.reference_id] = alike[0]
            left.remove(alike[0])
    return Matching(ours=MappingProxyType(ours), others=tuple(left))


def name_of(package: Package) -> str:
    """Returns the reference that Amazon shows a package under; empty where Amazon numbers it, unknown yet."""
    if package.amazon_reference:
        return package.amazon_reference
    return "" if package.bought or package.feed is not None else str(package.reference_id)


def same_number(one: str, other: str) -> bool:
    """Tells whether two tracking numbers are one, whatever their case, spaces and hyphens; none is none."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def failed(package: AmazonPackage) -> bool:
    """Tells whether a package does not reach the buyer."""
    return package.status in FAILED or package.detail in FAILED_DETAILS


def at_an_end(package: AmazonPackage) -> bool:
    """Tells whether nothing more is to be heard of a package."""
    return package.status == DELIVERED or failed(package)


def in_words(package: AmazonPackage) -> str:
    """Says how far Amazon shows a package, in plain English; Amazon's own word where it is a new one."""
    word = package.detail or package.status
    return _WORDS.get(word, word.lower().replace("_", " "))


def label_of(package: AmazonPackage) -> str:
    """Names a package by carrier and tracking number, such as `UPS 1Z999AA10123456784`."""
    return f"{package.carrier} {package.tracking_number or 'without a number'}".strip()


def _told(package: Package) -> bool:
    """Tells whether Amazon may know a package by our reference; before, that may be somebody else's."""
    return package.confirmed_at is not None or package.state in {PackageState.INTENDED, *KNOWN_TO_AMAZON}


def _contents(package: Package) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((content.order_item_id, content.quantity) for content in package.contents))


def _bare(number: str) -> str:
    return re.sub(r"[\s\-]+", "", number).upper()
