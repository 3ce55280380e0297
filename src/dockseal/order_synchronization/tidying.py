"""Forgets what is long over: notices followed up, rows of the ledger, messages set aside, sign-in links."""

from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.lane import Outcome
from dockseal.order_synchronization.shadowing import REMEMBERED
from dockseal.storage.store import Storage

_REMEMBERED = timedelta(days=15)
"""A queue keeps a message for 14 days at most: until then the same notification may come again."""

_LEDGER = timedelta(days=90)
"""How long the rows of the ledger of synchronisation are kept: a quarter, to compare seasons by."""

_ANSWERED = timedelta(days=3)
"""How long a warehouse's request is known again: Standard Webhooks and ShipBob send for a day at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidying:
    """Keeps tables small that only grow."""

    storage: Storage
    clock: Clock

    def run(self) -> Outcome:
        """Deletes what is no longer needed. Its count wakes nobody."""
        now = self.clock.now()
        with self.storage.transaction():
            self.storage.notices.purge_closed(now - _REMEMBERED)
            self.storage.sign_ins.purge(now - _REMEMBERED)
            self.storage.sync_runs.purge(now - _LEDGER)
            self.storage.set_aside.purge(now - _LEDGER)
            self.storage.differences.purge(now - REMEMBERED)
            self.storage.requests_once.purge(now - _ANSWERED)
        return Outcome()
