"""Who failed so often that it is locked out."""

from collections.abc import Iterator
from datetime import datetime

from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage


def look_at_lockouts(storage: Storage, now: datetime) -> Iterator[Check]:
    """Tells of everyone who is locked out now."""
    for each in storage.lockouts.all():
        if each.locked(now):
            sentence = (
                f"It failed {each.failures} times in a row, and is locked out until "
                f"{each.locked_until:%H:%M} UTC: find out who it was; `dockseal lockouts clear "
                f"{each.source}` lets it try again."
            )
            yield Check(name=f"lockout {each.source}", ok=False, sentence=sentence)
