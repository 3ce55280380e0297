"""Whether a number that was used before is used again rightly: pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId

RESTS = timedelta(days=120)
"""So long a carrier surely does not give a number out again.

UPS and USPS show a parcel for 120 days and use its number again some time after that (ups.com: "details are
only available for shipments made within the last 120 days"). No carrier promises a length; this one is ours.
"""
RESTS_AT_POSTS = timedelta(days=365)
"""The same for items of postal services: not within twelve months (UPU standard S10)."""
COMBINED = timedelta(hours=24)
"""So far apart a warehouse may report the orders that it packed into one parcel; ours."""
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")


class Reuse(StrEnum):
    """How a number was used before, the worst last."""

    NONE = "none"
    """Not at all."""
    CORRECTED = "corrected"
    """For the same order: a correction, or one parcel reported in two parts."""
    RECYCLED = "recycled"
    """So long ago that the carrier may have given it out again."""
    COMBINED = "combined"
    """For another order of the seller by the same warehouse within a day: maybe one parcel."""
    SUSPICIOUS = "suspicious"
    """For another order: one of the two is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One parcel that went under a number."""

    number: str
    """Normalised."""
    seller: SellerId
    order: OrderRef
    warehouse: WarehouseId
    shipped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """How a number was used before, and what is to be done."""

    reuse: Reuse
    earlier: Use | None = None
    """The use that says so."""
    sentence: str = ""
    """What is wrong and what to do; empty where nothing is to be done."""


def reused(now: Use, earlier: Iterable[Use]) -> Reused:
    """Returns the worst that earlier uses say of the number of a parcel.

    Whom the parcels go to is not looked at: it is not known here. Nor is the carrier: that two carriers have
    one number by chance is far less likely than that one was named wrongly.

    Args:
        now: The parcel in hand.
        earlier: What went under the same number before, in any order; others are left aside.
    """
    worst, found = Reuse.NONE, None
    for each in earlier:
        reuse = _reuse(now, each)
        if list(Reuse).index(reuse) > list(Reuse).index(worst):
            worst, found = reuse, each
    return Reused(reuse=worst, earlier=found, sentence=_sentence(worst, now, found) if found else "")


def _reuse(now: Use, before: Use) -> Reuse:
    apart = abs(now.shipped_at - before.shipped_at)
    if before.number != now.number:
        return Reuse.NONE
    if before.order == now.order and before.seller == now.seller:
        return Reuse.CORRECTED
    if apart > (RESTS_AT_POSTS if _S10.fullmatch(now.number) else RESTS):
        return Reuse.RECYCLED
    together = (before.seller, before.warehouse) == (now.seller, now.warehouse)
    return Reuse.COMBINED if together and apart <= COMBINED else Reuse.SUSPICIOUS


def _sentence(reuse: Reuse, now: Use, before: Use) -> str:
    if reuse is Reuse.COMBINED:
        return (
            f"Number {now.number} of order {now.order} is that of order {before.order} as well: if both lie "
            "in one parcel, all is well; if not, report the parcel again with the number on its own label."
        )
    if reuse is Reuse.SUSPICIOUS:
        return (
            f"Number {now.number} of order {now.order} was reported for order {before.order} by warehouse "
            f"{before.warehouse} before, so one of the two is wrong: compare both with their labels and "
            "correct the wrong one."
        )
    return ""
