"""Whether more is opened than the work explains."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.errors import StorageError
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

MANY_OPENS = 50_000
"""More opens than this within an hour are more than orders explain."""
OPENED_WITHIN = timedelta(hours=1)
"""So long an open counts against a budget, and one that was refused for it is told of."""


def look_at_openings(storage: Storage, now: datetime, many: int) -> Iterator[Check]:
    """Tells whose budget was spent, and of more than `many` opens within an hour."""
    since = now - OPENED_WITHIN
    try:
        refused = storage.audit.recent(Tag.ORDER_DATA_OPEN_REFUSED, since, reason="budget_spent")
        before = storage.audit.newest_but(Tag.ORDER_DATA_OPENED, many)
    except StorageError as fault:
        yield Check(name="openings", ok=False, sentence=sentence_of(f"The trail cannot be read: {fault}"))
        return
    for actor in sorted({row.actor for row in refused}):
        yield Check(name=f"openings {actor}", ok=False, sentence=_spent(actor))
    if before is not None and before.at > since:
        sentence = (
            f"Personal data was opened more than {many} times within an hour: see who did in the audit rows "
            "order:data:opened, and stop `dockseal serve` if no orders explain it."
        )
        yield Check(name="openings in all", ok=False, sentence=sentence)


def _spent(actor: str) -> str:
    if actor.startswith("service:"):
        return (
            f"{actor} opened as much personal data within an hour as a service may, and its orders wait: see "
            "whether the orders explain it; if they do, raise DOCKSEAL_SERVICE_OPENS_AN_HOUR."
        )
    if actor.startswith("warehouse:"):
        return (
            f"{actor} opened as much personal data within an hour as a warehouse may, and waits: see whether "
            "the orders explain it; if they do, raise DOCKSEAL_WAREHOUSE_OPENS_AN_HOUR."
        )
    return (
        f"{actor} asked to open more personal data within an hour than one person may, and was refused: "
        "ask what for; the pages of the orders show what was opened."
    )
