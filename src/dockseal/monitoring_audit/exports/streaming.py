"""Tells a SIEM of every audit row, in order: what follows the last one it was told of.

Each row reaches it at least once. After a crash between the telling and its note, or an answer that was lost,
the same rows are told again; their number and hash show that they are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.told import Told
from dockseal.monitoring_audit.exports.siem import Siem
from dockseal.storage.store import Storage

BATCH = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """The lane `stream`."""

    storage: Storage
    clock: Clock
    siem: Siem | None
    """None: this installation has none."""

    def keys(self) -> Sequence[str]:
        """Returns what the lane runs for: everything, or nothing where there is no SIEM."""
        return ("",) if self.siem else ()

    def run(self) -> Outcome:
        """Tells the next rows, and notes the last of them.

        Raises:
            SiemUnavailable: the SIEM does not have them; the lane comes back, after longer and longer pauses.
        """
        if self.siem is None:
            return NOTHING
        target = str(self.siem.url)
        rows = self.storage.audit.rows(self._told(target), BATCH)
        if not rows:
            return NOTHING
        self.siem.tell(rows)
        last = rows[-1]
        self.storage.told.put(Told(target=target, seq=last.seq, hash=last.hash, at=self.clock.now()))
        return Outcome(done=len(rows), more=len(rows) == BATCH)

    def _told(self, target: str) -> int | None:
        """Returns the number of the last row that the SIEM has; None: it is told from the first.

        It also is where that row is not in the trail as it was told: somebody put an older trail in its
        place, whose next rows have numbers that the SIEM knows for others.
        """
        told = self.storage.told.get(target)
        if told is None:
            return None
        noted = self.storage.audit.rows(told.seq - 1, 1)
        if [(row.seq, row.hash) for row in noted] == [(told.seq, told.hash)]:
            return told.seq
        log.warning("siem.told_anew", seq=told.seq)
        return None
