"""Counts opens of personal data by actor and hour, out of the audit trail, and tells of unusual ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.clock import Clock
from dockseal.monitoring_audit.alerts.unusual import HOUR, PAST, usual
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_ROWS = 200_000
"""Audit rows that are looked through in one turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Follows the trail, so that four weeks of opens need not be counted anew each time."""

    storage: Storage
    clock: Clock

    def follow(self) -> None:
        """Counts the rows since the last turn. A turn that is cut off is done again as a whole.

        Raises:
            StorageError: the database cannot be used.
        """
        start, newest = self.clock.now() - PAST, self.storage.audit.noted_head()[0]
        if self.storage.open_hours.counted_to() == newest:
            return
        with self.storage.transaction():
            # Inside, since several processes look: what one counted, the next does not count again.
            known = self.storage.open_hours.claimed()
            after = self.storage.audit.first_after(start) - 1 if known is None else known
            to = max(after, min(newest, after + _ROWS))
            opens = self.storage.audit.by_hour(Tag.ORDER_DATA_OPENED, after, to)
            self.storage.open_hours.add(opens, counted_to=to)
            self.storage.open_hours.purge(start - HOUR)


def unusual_opens(storage: Storage, now: datetime) -> Iterator[Check]:
    """Yields a check for each actor that opened more within the last hour than it ever does.

    Raises:
        StorageError: the database cannot be used.
    """
    lately = storage.audit.by_actor(Tag.ORDER_DATA_OPENED, now - HOUR)
    hour = (now - HOUR).replace(minute=0, second=0, microsecond=0)
    past = storage.open_hours.of(lately, before=hour) if lately else {}
    for actor, opens in sorted(lately.items()):
        allowed = usual(actor, past[actor])
        if opens > allowed:
            yield Check(name=f"unusual opens {actor}", ok=False, sentence=_sentence(actor, opens, allowed))


def _sentence(actor: str, opens: int, allowed: int) -> str:
    return (
        f"It opened personal data {opens} times within an hour, and up to {allowed} are usual for it: see in "
        f"the audit rows order:data:opened of {actor} which orders and what for, and ask whoever that is; if "
        "nobody can say, lock it out and treat it as an incident."
    )
