"""Whether what should be gone is gone, whichever process should have seen to it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from dockseal.errors import DocksealError
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

SHRED_WITHIN = timedelta(hours=1)
"""So long after its end a key is gone, and so long ago at most the lanes that see to it ran."""


def look_at_shredding(
    storage: Storage,
    now: datetime,
    *,
    key_ends: Callable[[], Sequence[datetime]] | None,
    shredder: Callable[[], Sequence[str]] | None,
) -> Iterator[Check]:
    """Looks for what is overdue.

    Args:
        storage: Whose vault is looked at.
        now: The present instant.
        key_ends: Tells when the epoch of each key that is left ends; None: nobody looks.
        shredder: Tells what a shredder that stands apart has not done; None: there is none.
    """
    yield from _left(storage, key_ends, now)
    yield from _apart(shredder)


def _left(
    storage: Storage, key_ends: Callable[[], Sequence[datetime]] | None, now: datetime
) -> Iterator[Check]:
    try:
        first_key = min(key_ends(), default=None) if key_ends else None
        first_row = storage.sealed.oldest_deadline()
    except DocksealError:
        return  # the checks of keys and vault say so
    what_to_do = "look at the lane shred, and at who may delete in the key store and the vault"
    if first_key is not None and now - first_key >= SHRED_WITHIN:
        sentence = f"The key of the epoch that ended on {first_key:%Y-%m-%d %H:%M} UTC is still there"
        yield Check(name="shredding keys", ok=False, sentence=f"{sentence}: {what_to_do}.", vital=True)
    if first_row is not None and now - first_row >= SHRED_WITHIN:
        sentence = f"Personal data that was due on {first_row:%Y-%m-%d %H:%M} UTC is still kept, sealed"
        yield Check(name="shredding records", ok=False, sentence=f"{sentence}: {what_to_do}.", vital=True)


def _apart(faults: Callable[[], Sequence[str]] | None) -> Iterator[Check]:
    """Looks for what a shredder that stands apart should have done."""
    try:
        found = faults() if faults else ()
    except DocksealError:
        return  # the check of keys says so
    for sentence in found:
        yield Check(name="shredder", ok=False, sentence=sentence)
