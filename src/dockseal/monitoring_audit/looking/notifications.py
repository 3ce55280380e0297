"""Whether notifications can be read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.storage.store import Storage

REMEMBERED = timedelta(days=1)
"""So long a notification that was set aside is told of."""


def look_at_notifications(storage: Storage, now: datetime) -> Iterator[Check]:
    """Tells how many were set aside since yesterday."""
    found = storage.set_aside.since(now - REMEMBERED)
    if found:
        many = "A notification" if len(found) == 1 else f"{len(found)} notifications"
        yield Check(
            name="notifications",
            ok=False,
            sentence=sentence_of(
                f"{many} could not be read since yesterday; sweeps find the orders. The last one, "
                f"{found[0].message_id}: {found[0].reason}"
            ),
        )
