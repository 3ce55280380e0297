"""The ledger of a mailbox: which interchange carried what, so that nothing is sent twice.

One small file per interchange, without a word of its contents: a number, an instant, and our references. It
lies in `sent` until the partner acknowledged it, and in `answered` after that. See decision 0018.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from dockseal.domain.clock import parse_instant
from dockseal.errors import WarehouseUnavailable
from dockseal.warehouses.mailbox import Mailbox

SENT = "sent"
ANSWERED = "answered"
LARGEST_NUMBER = 999_999_999

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What an interchange carries."""

    ORDERS = "orders"
    STOP = "stop"
    ANSWER = "answer"
    """A 997 of ours; it is never acknowledged itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One interchange."""

    number: int
    """Its control number, and that of its group."""
    token: str
    """Random: tells two writers apart that chose one number at the same moment."""
    kind: Kind
    at: datetime
    keys: Mapping[str, str]
    """Control number of each transaction set, and what it carries: a release reference."""
    rejected: frozenset[str] = field(default=frozenset())
    """Control numbers of the sets that the partner rejected."""

    @property
    def name(self) -> str:
        """Names its files."""
        return f"{self.number:09}-{self.token}"


class Ledger:
    """The entries of one mailbox. Each is read once: they hardly ever change."""

    def __init__(self, mailbox: Mailbox, warehouse: str) -> None:
        self._mailbox = mailbox
        self._warehouse = warehouse
        self._read: dict[tuple[str, str], Entry] = {}

    def entries(self, folder: str) -> list[Entry]:
        """Returns the entries in `SENT` or `ANSWERED`, the oldest first.

        Raises:
            WarehouseUnavailable: the mailbox cannot be used, or one of them cannot be read.
        """
        names = set(self._mailbox.names(folder))
        for gone in [key for key in self._read if key[0] == folder and key[1] not in names]:
            del self._read[gone]
        found = []
        for name in sorted(names):
            entry = self._read.get((folder, name)) or self._one(folder, name)
            if entry is not None:
                self._read[folder, name] = entry
                found.append(entry)
        return found

    def all(self) -> list[Entry]:
        """Returns the entries of both folders."""
        return [*self.entries(ANSWERED), *self.entries(SENT)]

    def carried(self, kind: Kind) -> dict[str, Entry]:
        """Returns what the partner was given and did not reject, each with its interchange."""
        return {
            key: entry
            for entry in self.all()
            if entry.kind is kind
            for control, key in entry.keys.items()
            if control not in entry.rejected
        }

    def next_number(self, now: datetime) -> int:
        """Returns a control number that was never used.

        One more than the largest; and never less than the seconds since 2020, so that also a lost ledger
        repeats none.
        """
        number = max([seconds(now), *(entry.number + 1 for entry in self.all())])
        if number > LARGEST_NUMBER:
            raise WarehouseUnavailable(
                f"warehouse {self._warehouse} has had the last control number of nine digits: agree with it "
                "to begin anew"
            )
        return number

    def write(self, entry: Entry, folder: str = SENT) -> None:
        """Keeps an entry.

        Raises:
            WarehouseUnavailable: it may or may not be kept.
        """
        text = {
            "number": entry.number,
            "token": entry.token,
            "kind": entry.kind.value,
            "at": entry.at.isoformat(),
            "keys": dict(entry.keys),
            "rejected": sorted(entry.rejected),
        }
        self._read.pop((folder, entry.name), None)
        self._mailbox.put(folder, entry.name, json.dumps(text).encode())

    def forget(self, name: str) -> None:
        """Removes the entry of an interchange that never left."""
        for folder in (SENT, ANSWERED):
            self._mailbox.remove(folder, name)

    def names(self, number: int) -> list[str]:
        """Returns the names of the entries of a control number: one, unless two writers chose it."""
        return [
            name
            for folder in (SENT, ANSWERED)
            for name in self._mailbox.names(folder)
            if name.startswith(f"{number:09}-")
        ]

    def answered(self, entry: Entry, rejected: frozenset[str]) -> None:
        """Notes that the partner acknowledged an interchange. To be told twice changes nothing."""
        self.write(replace(entry, rejected=entry.rejected | rejected), ANSWERED)
        self._mailbox.remove(SENT, entry.name)

    def prune(self, before: datetime) -> None:
        """Removes what was answered and is older; the newest one stays, for its number."""
        for entry in self.entries(ANSWERED)[:-1]:
            if entry.at < before:
                self._mailbox.remove(ANSWERED, entry.name)

    def _one(self, folder: str, name: str) -> Entry | None:
        content = self._mailbox.read(folder, name)
        if content is None:
            return None
        try:
            values = json.loads(content)
            entry = Entry(
                number=int(values["number"]),
                token=str(values["token"]),
                kind=Kind(values["kind"]),
                at=parse_instant(values["at"]),
                keys={str(control): str(key) for control, key in values["keys"].items()},
                rejected=frozenset(map(str, values["rejected"])),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            entry = None
        if entry is None or entry.name != name:
            raise WarehouseUnavailable(
                f"the file {name} in the folder {folder} of warehouse {self._warehouse} is not as it was "
                "written: nothing is sent, since orders could be sent twice; bring it back from a backup, or "
                "ask the warehouse which orders it has and remove the file"
            )
        return entry


def seconds(now: datetime) -> int:
    """Returns the seconds since 2020, which fit into nine digits until 2051."""
    return int((now - _EPOCH).total_seconds())
