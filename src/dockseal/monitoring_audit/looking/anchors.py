"""Whether places outside know how far the audit trail is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from dockseal.errors import DocksealError
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

TOLD_WITHIN = timedelta(minutes=5)
"""So long a place may fail until somebody is told."""
_WHERE = "set DOCKSEAL_AUDIT_ANCHOR_DIR, DOCKSEAL_AUDIT_ANCHOR_BUCKET or DOCKSEAL_AUDIT_WITNESS"


def look_at_anchors(storage: Storage, places: Sequence[str], now: datetime) -> Iterator[Check]:
    """Looks at every place outside.

    Args:
        storage: Where it is kept what each knows.
        places: The names of those in the settings.
        now: The present instant.
    """
    if not places:
        sentence = f"Nobody outside knows how far the trail is, so that its end could be cut off: {_WHERE}."
        yield Check(name="audit anchors", ok=False, sentence=sentence)
        return
    try:
        known = {each.place: each for each in storage.checkpoints.places()}
        newest = storage.checkpoints.newest()
        signed = newest.size if newest else 0
        for place in places:
            each = known.get(place)
            if each is not None and each.tree.size > signed:
                sentence = (
                    f"It was told of {each.tree.size} rows and only {signed} are signed: rows or checkpoints "
                    "are gone; run `dockseal audit verify`."
                )
                yield Check(name=f"audit {place}", ok=False, sentence=sentence)
                continue
            waits = storage.checkpoints.first_after(each.tree.size if each else 0)
            if waits is None or now - waits < TOLD_WITHIN:
                yield Check(name=f"audit {place}", ok=True, sentence="It knows how far the trail is.")
                continue
            why = f": {each.failing}" if each and each.failing else "; look at the lane anchor"
            sentence = f"It was not told of rows since {waits:%Y-%m-%d %H:%M:%S} UTC{why}."
            yield Check(name=f"audit {place}", ok=False, sentence=sentence)
    except DocksealError as fault:
        yield Check(name="audit anchors", ok=False, sentence=f"What they know cannot be read: {fault}.")
