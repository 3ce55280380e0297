"""Epochs: how long personal data is kept, and when the key that opens it is destroyed."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dockseal.domain.policy import LONGEST_KEEP
from dockseal.errors import SettingsFault

_ANCHOR = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE = "%Y%m%dT%H%M%SZ"
_EXACT = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long personal data is kept.

    It is counted from the first of these that is known: the retrieval, the shipment, the delivery; see
    `deadlines`.

    Attributes:
        keep: From there to the end, at most 30 days.
        key_backups: How long copies of the key store live: taken off `keep`, since they could open it too.
        epoch_length: Deadlines are rounded down to multiples of this; each has one key.
    """

    keep: timedelta
    key_backups: timedelta
    epoch_length: timedelta

    def __post_init__(self) -> None:
        faults = []
        if self.keep > LONGEST_KEEP:
            faults.append("personal data may be kept for 30 days at most (DPP 2.1): lower keep")
        if self.key_backups < timedelta(0):
            faults.append("key_backups cannot be negative: give the days that copies of the keys live")
        if self.epoch_length <= timedelta(0):
            faults.append("epoch_length must be more than nothing: set it, for example, to one day")
        elif self.keep - self.key_backups < 2 * self.epoch_length:
            faults.append(
                "keep less key_backups leaves less than two epochs: raise keep or shorten the epochs"
            )
        if faults:
            raise SettingsFault(tuple(faults))

    def deadline(self, counted_from: datetime) -> datetime:
        """Returns until when data may be opened, counted from then: an epoch's end, never later than due."""
        return self.floor(counted_from.astimezone(UTC) + self.lasts)

    @property
    def lasts(self) -> timedelta:
        """How long data may be opened, before its end is rounded down to an epoch."""
        return self.keep - self.key_backups

    def floor(self, instant: datetime) -> datetime:
        """Returns the last end of an epoch that is not later than an instant."""
        latest = instant.astimezone(UTC)
        return latest - (latest - _ANCHOR) % self.epoch_length

    def epoch_of(self, deadline: datetime) -> str:
        """Names the epoch that ends at a deadline.

        The name tells the end, so that another `epoch_length` later never makes a key live longer.
        """
        end = deadline.astimezone(UTC)
        return end.strftime(_EXACT if end.microsecond else _WHOLE)

    def ahead(self, now: datetime, *, margin: timedelta) -> Iterator[str]:
        """Returns the epochs that a deadline can name up to `margin` from now, the first to end first."""
        end = self.floor(now) + self.epoch_length
        while end <= now + self.lasts + margin:
            yield self.epoch_of(end)
            end += self.epoch_length

    def end_of(self, epoch: str) -> datetime:
        """Returns when the key of an epoch is destroyed; see `end_of`."""
        return end_of(epoch)


@functools.lru_cache(maxsize=1000)
def end_of(epoch: str) -> datetime:
    """Returns when an epoch ends.

    Raises:
        ValueError: this names no epoch.
    """
    end = datetime.strptime(epoch, _EXACT if "." in epoch else _WHOLE).replace(tzinfo=UTC)
    if end.strftime(_EXACT if "." in epoch else _WHOLE) != epoch:
        raise ValueError("an epoch is named by its end, such as 20261103T000000Z")
    return end


def ended(epoch: str, now: datetime) -> bool:
    """Tells whether an epoch is over: its key is to be destroyed and must not be used."""
    return now >= end_of(epoch)


def is_epoch(text: str) -> bool:
    """Tells whether a text names an epoch."""
    try:
        end_of(text)
    except ValueError:
        return False
    return True
