"""Whether a SIEM knows of the audit trail what it should by now."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.errors import StorageError
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

LATE = timedelta(minutes=10)
"""A SIEM that does not have a row of a longer time ago is behind."""


def look_at_siem(storage: Storage, siem: str, now: datetime) -> Iterator[Check]:
    """Looks how far the SIEM was told; nothing where there is none.

    Args:
        storage: Where the trail is, and the note of what was told.
        siem: Which, as its URL has scheme, host and port; empty: there is none.
        now: The present instant.
    """
    if not siem:
        return
    try:
        told = storage.told.get(siem)
        next_rows = storage.audit.rows(told.seq if told else None, 1)
    except StorageError:
        return  # the checks of the database and of the trail say so
    if next_rows and now - next_rows[0].at >= LATE:
        sentence = (
            f"{siem} was not told of audit row {next_rows[0].seq} of {next_rows[0].at:%Y-%m-%d %H:%M} UTC, "
            "nor of any after it: see what the check of lane stream says of its last try, and that the SIEM "
            "runs; nothing is lost meanwhile."
        )
        yield Check(name="siem", ok=False, sentence=sentence, about=siem)
    else:
        upto = f"audit row {told.seq}" if told else "no row yet"
        yield Check(name="siem", ok=True, sentence=f"{siem} was told up to {upto}.", about=siem)
