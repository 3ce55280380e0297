"""Whether archives that a law demanded are gone once it demands them no more."""

from collections.abc import Iterator
from datetime import datetime

from dockseal.monitoring_audit.archives import archives
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage


def look_at_archives(storage: Storage, now: datetime) -> Iterator[Check]:
    """Tells of every archive that should have been deleted."""
    for each in archives(storage):
        if each.overdue(now):
            sentence = (
                f"It was kept for {each.basis} until {each.until:%Y-%m-%d}: run `dockseal archive delete` on "
                "its file, and destroy every copy of it."
            )
            yield Check(name=f"archive {each.id}", ok=False, sentence=sentence)
