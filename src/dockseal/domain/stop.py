"""A stop: the wish that a warehouse does not ship a release, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId


class StopReason(StrEnum):
    """Why a release is to be stopped, the least serious first."""

    ITEMS = "items"
    """Amazon changed what is to be shipped."""
    ADDRESS = "address"
    """Amazon changed where it is to be shipped to."""
    PERSON = "person"
    """A person asks."""
    BUYER = "buyer"
    """The buyer asks to cancel."""
    CANCELLED = "cancelled"
    """Amazon cancelled the order, or the seller did there."""

    @property
    def weight(self) -> int:
        """Grows with how serious it is."""
        return list(StopReason).index(self)


class StopState(StrEnum):
    """How far a stop got."""

    WANTED = "wanted"
    """Written before the warehouse is asked: it may or may not have been asked."""
    ASKED = "asked"
    """The warehouse was asked, and has not answered."""
    STOPPED = "stopped"
    """It will not ship it."""
    TOO_LATE = "too_late"
    """It ships or has shipped."""
    SILENT = "silent"
    """It did not answer in time; an answer is still taken."""


ANSWERED = frozenset({StopState.STOPPED, StopState.TOO_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One release that is to be stopped; there is one for each at most."""

    release: ReleaseRef
    order: OrderRef
    warehouse: WarehouseId
    reason: StopReason
    """The most serious one so far."""
    state: StopState
    wanted_at: datetime
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    settled: bool = False
    """Whether the order went on from it: cancelled, released anew, shipped as it is."""
    next_try: datetime | None = None
    tries: int = 0


WHAT_HAPPENS: Mapping[StopReason, str] = MappingProxyType(
    {
        StopReason.CANCELLED: (
            "Amazon cancelled it after the warehouse had it: the warehouse is asked not to ship it."
        ),
        StopReason.BUYER: (
            "The buyer asks to cancel: the warehouse is asked to stop it, and once it did, the order is "
            "cancelled at Amazon."
        ),
        StopReason.ITEMS: (
            "Amazon changed its items after the release ({items}): the warehouse is asked to stop it, and "
            "once it did, the order is released anew."
        ),
        StopReason.ADDRESS: (
            "Amazon changed the delivery address after the release ({fields}): the warehouse is asked to "
            "stop it, and once it did, the order is released anew."
        ),
    }
)
"""What a person reads as soon as a stop is wanted. `{items}` and `{fields}` say what changed, never to what
an address changed."""
WHAT_HAPPENS_TO_THE_REST: Mapping[StopReason, str] = MappingProxyType(
    {
        StopReason.CANCELLED: WHAT_HAPPENS[StopReason.CANCELLED],
        StopReason.BUYER: (
            "The buyer asks to cancel, and a part has left: the warehouse is asked to stop the rest."
        ),
        StopReason.ITEMS: (
            "Amazon changed its items after a part had left ({items}): the warehouse is asked to stop the "
            "rest."
        ),
        StopReason.ADDRESS: (
            "Amazon changed the delivery address after the release ({fields}), and a part has left: the "
            "warehouse is asked to stop the rest."
        ),
    }
)
"""The same where a part of the order is shipped."""
