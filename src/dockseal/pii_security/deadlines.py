"""Until when the personal data of an order may be opened: a pure answer, which news only makes earlier."""

from collections.abc import Iterable
from datetime import UTC, datetime

from dockseal.domain.ending import Ending, Event
from dockseal.pii_security.epochs import Retention


def deadline(
    retention: Retention,
    *,
    sealed_at: datetime,
    events: Iterable[Event] = (),
    standing: datetime | None = None,
) -> datetime:
    """Returns min(shipped + keep, delivered + keep, cancelled), capped by sealed + keep, to a whole epoch.

    The life of key backups is taken off each but a cancellation: that is over at once, and any instant in
    the past says so. The cap is what an order that never ships is kept until.

    Args:
        retention: How long is kept.
        sealed_at: When it was sealed, right after its retrieval.
        events: What is known by now, in any order, each as often as it was told.
        standing: The deadline until now: what comes later never extends it.
    """
    least = retention.deadline(sealed_at)
    for event in events:
        if event.what is Ending.CANCELLED:
            least = min(least, retention.floor(event.at))
        else:
            least = min(least, retention.deadline(event.at))
    return least if standing is None else min(least, standing.astimezone(UTC))
