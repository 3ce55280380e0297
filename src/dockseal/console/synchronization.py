"""What the page of synchronisation shows: how complete each seller is, and the ledger's last rows."""

from dataclasses import dataclass

from dockseal.console.desk import Desk
from dockseal.domain.seller import Seller
from dockseal.domain.sync_run import SyncRun
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.completeness import Completeness, completeness
from dockseal.monitoring_audit.looking.sellers import LATE_SWEEPS

_RUNS = 15
_SAID = frozenset({"sweep", "seller", "addresses"})
"""Checks that say what the page says anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronised:
    """One seller of the page."""

    found: Completeness
    state: str
    """In one word or two."""
    tone: str
    """The class that colours it."""
    bad: tuple[Check, ...]
    """Lanes that fail, outages of Amazon's, consents that end."""
    runs: tuple[SyncRun, ...]


def synchronised(desk: Desk) -> tuple[Synchronised, ...]:
    """Gathers the page."""
    return tuple(_of(desk, seller) for seller in desk.app.storage.sellers.all())


def _of(desk: Desk, seller: Seller) -> Synchronised:
    app = desk.app
    found = completeness(app.storage, seller, app.clock, late_after=LATE_SWEEPS * app.settings.sweep_every)
    state, tone = _state(found)
    return Synchronised(
        found=found,
        state=state,
        tone=tone,
        bad=tuple(
            check
            for check in desk.health().checks
            if check.about == seller.id and not check.ok and check.name.split()[0] not in _SAID
        ),
        runs=tuple(app.storage.sync_runs.latest(seller.id, _RUNS)),
    )


def _state(found: Completeness) -> tuple[str, str]:
    if found.rests_because:
        return "rests", "refused"
    if found.complete_to is None:
        return "first sweep", "accepted"
    return ("late", "held") if found.late else ("complete", "verified")
