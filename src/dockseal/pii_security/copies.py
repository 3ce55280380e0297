"""Whether copies of keys could open what is sealed later than 30 days after it was retrieved."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dockseal.domain.policy import LONGEST_KEEP
from dockseal.pii_security.epochs import end_of, ended, is_epoch


def copies_outlive(
    first_sealed: Mapping[str, datetime], *, key_backups: timedelta, now: datetime
) -> tuple[str, ...]:
    """Returns a sentence if an epoch's end and the life of its key's backups are together over 30 days.

    Nothing is sealed so; it becomes so when DOCKSEAL_KEY_BACKUPS is raised while personal data is kept. An
    epoch that is over is left to shredding, which must run.

    Args:
        first_sealed: When the first record of each epoch was sealed.
        key_backups: How long copies of the key store live.
        now: The instant.
    """
    live = {
        epoch: end_of(epoch) - sealed
        for epoch, sealed in first_sealed.items()
        if is_epoch(epoch) and not ended(epoch, now)
    }
    worst = max(live.values(), default=timedelta(0))
    if worst + key_backups <= LONGEST_KEEP:
        return ()
    allowed = max(LONGEST_KEEP - worst, timedelta(0))
    latest = max(map(end_of, live))
    return (
        f"DOCKSEAL_KEY_BACKUPS is {_days(key_backups)}, and keys that were made with less open personal data "
        f"for {_days(worst)}: with their backups that is over 30 days (DPP 2.1). Destroy backups of the keys "
        f"after {_days(allowed)} and set it to that; to raise it, lower DOCKSEAL_KEEP by as much until "
        f"{latest:%Y-%m-%d} first",
    )


def _days(span: timedelta) -> str:
    """Says a length of time in days, cut to a tenth."""
    return f"{span // timedelta(hours=2.4) / 10:g} days"
