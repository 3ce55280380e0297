"""The access register: who did what with personal data in a period, for which purpose, and how often."""

from datetime import datetime

from dockseal.domain.trail_query import Access
from dockseal.monitoring_audit.exports.asking import instant
from dockseal.storage.store import Storage


def register(storage: Storage, *, since: str = "", until: str = "") -> list[Access]:
    """Returns the access register (DPP 2.6.1), by actor, deed and purpose.

    Args:
        storage: Where the trail is.
        since: A day in UTC, or an instant with its zone; empty: from the first row.
        until: The same; rows of that instant are out.

    Raises:
        BadInput: one is no time.
        StorageError: the trail cannot be read.
    """
    begins: datetime | None = instant("since", since)
    return storage.audit_search.accesses(begins, instant("until", until))
