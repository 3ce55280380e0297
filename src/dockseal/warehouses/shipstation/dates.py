"""Instants as ShipStation writes them: to the minute, in UTC."""

from datetime import UTC, datetime, timedelta

from dockseal.errors import BadInput

_FORMATS = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
_DAY = "%m/%d/%Y"
_LAST_OF_MINUTE = timedelta(seconds=59, microseconds=999_999)
_LAST_OF_DAY = timedelta(days=1, microseconds=-1)


def text_of(at: datetime) -> str:
    """Writes an instant, such as `11/02/2026 08:00`."""
    return f"{at.astimezone(UTC):%m/%d/%Y %H:%M}"


def first_instant(name: str, text: str) -> datetime:
    """Returns the first instant that a text can mean.

    Args:
        name: What it is called in what a person reads.
        text: What ShipStation sent.

    Raises:
        BadInput: it is no instant.
    """
    return _read(name, text)[0]


def last_instant(name: str, text: str) -> datetime:
    """Returns the last instant that a text can mean: the end of its minute, or of its day.

    Nothing falls between one window and the next that way, and no parcel leaves before it was ordered.

    Raises:
        BadInput: it is no instant.
    """
    return _read(name, text)[1]


def _read(name: str, text: str) -> tuple[datetime, datetime]:
    words = " ".join(text.split())
    for pattern, rest in (*((each, _LAST_OF_MINUTE) for each in _FORMATS), (_DAY, _LAST_OF_DAY)):
        try:
            first = datetime.strptime(words, pattern).replace(tzinfo=UTC)
            return first, first + (timedelta() if first.second else rest)
        except (ValueError, OverflowError):
            continue
    raise BadInput(f"{name} is no instant; write it in UTC such as 11/02/2026 08:00")
