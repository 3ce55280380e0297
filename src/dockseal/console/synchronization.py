"""What the page of synchronisation shows: how complete each seller is, and the ledger's last rows."""

from dataclasses import dataclass
from datetime import timedelta

from dockseal.console.ports import App
from dockseal.domain.sync_run import SyncRun
from dockseal.monitoring_audit.completeness import Completeness, completeness
from dockseal.monitoring_audit.health import LATE_SWEEPS

_RUNS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronised:
    """One seller of the page."""

    found: Completeness
    runs: tuple[SyncRun, ...]


def synchronised(app: App) -> tuple[Synchronised, ...]:
    """Gathers the page."""
    late_after: timedelta = LATE_SWEEPS * app.settings.sweep_every
    return tuple(
        Synchronised(
            found=completeness(app.storage, seller, app.clock, late_after=late_after),
            runs=tuple(app.storage.sync_runs.latest(seller.id, _RUNS)),
        )
        for seller in app.storage.sellers.all()
    )
