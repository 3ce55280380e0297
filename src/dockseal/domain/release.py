"""A release: one revision of an order handed to one warehouse, at most once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.shipment import Content


class ReleaseState(StrEnum):
    """How far a hand-over got."""

    INTENDED = "intended"
    """Written before the warehouse is called: the call may or may not have been made."""
    ACCEPTED = "accepted"
    """The warehouse has it."""
    REFUSED = "refused"
    """The warehouse said no; the order is held."""
    STOPPED = "stopped"
    """The warehouse had it, and will not ship it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One hand-over, by our reference."""

    ref: ReleaseRef
    order: OrderRef
    warehouse: WarehouseId
    state: ReleaseState
    intended_at: datetime
    settled_at: datetime | None = None
    receipt: str = ""
    """The warehouse's own id of it, if it gave one."""
    differing: str = ""
    """Fields in which the recipient changed after a try that was not answered, by name; empty for none."""
    contents: tuple[Content, ...] = ()
    """What of the order it hands over; empty: all of it."""

    @property
    def live(self) -> bool:
        """Whether the warehouse has it, or may have it."""
        return self.state in {ReleaseState.INTENDED, ReleaseState.ACCEPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """A warehouse as configured; its secrets are in the credential vault."""

    id: WarehouseId
    adapter: str
    """Name of the adapter's entry point: `webhook`, `by_hand`, …"""
    options: tuple[tuple[str, str], ...] = ()
    """The adapter's settings that are no secrets, such as (`url`, …)."""
    api_key_hash: str = ""
    """SHA-256 (hex) of the key it reports shipments with; empty: it reports by hand only."""
    api_key_at: datetime | None = None
    """Since when it has that key; None: nobody wrote it down."""
    former_key_hash: str = ""
    """That of the key before, which is taken until `former_key_until`."""
    former_key_until: datetime | None = None
    supply_source: str = ""
    """Amazon's id of it as a place that is shipped from (`shipFromSupplySourceId`); empty: none."""

    def option(self, name: str) -> str:
        """Returns one option, empty if it is not set."""
        return dict(self.options).get(name, "")
