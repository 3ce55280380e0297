"""The warehouse's files: found once they are whole, read, and put away."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.warehouse_message import Taken, WarehouseMessage
from dockseal.errors import BadInput
from dockseal.warehouses.folder.journal import Journal
from dockseal.warehouses.folder.messages import said
from dockseal.warehouses.folder.options import FolderOptions
from dockseal.warehouses.folder.sealing import Opening
from dockseal.warehouses.folder.table import read_table
from dockseal.warehouses.mailbox import Mailbox, Stamp
from dockseal.warehouses.port import Delivery

LARGEST = 20_000_000
"""Bytes of a file that is read."""
ACK = ".ack"
DONE = ".done"
_HALF = (".part", ".tmp", ".filepart", ".crdownload", ".partial", ".swp")
"""How the names of files end that are still being written."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A file as it was read."""

    name: str
    digest: bytes
    is_lost: bool
    """Nothing of it could be read."""


@dataclass(slots=True, kw_only=True)
class Incoming:
    """Reads what the warehouse put down. Its files are whole once they look the same twice, or as it says."""

    mailbox: Mailbox
    journal: Journal
    options: FolderOptions
    opening: Opening
    clock: Clock
    _looks: dict[str, Stamp] = field(default_factory=dict, init=False)
    _given: dict[str, _Seen] = field(default_factory=dict, init=False)

    def deliveries(self) -> Iterator[Delivery]:
        """Gives what is whole, oldest first."""
        for name, stamp in self._whole():
            if stamp.size > LARGEST:
                content, found = b"", _lost(name, f"it has more than {LARGEST} bytes: send it in pieces")
            else:
                kept = self.mailbox.read(self.options.incoming, name)
                if kept is None:
                    continue
                content, found = kept, self._read(name, kept)
            is_lost = bool(found.faults) and not found.messages
            self._given[found.name] = _Seen(name=name, digest=_digest(content), is_lost=is_lost)
            yield found

    def put_away(self, delivery: Delivery) -> None:
        """Archives a file that was taken in, or puts it with those that nothing could be read of."""
        seen = self._given.get(delivery.name)
        if seen is None:
            return
        folder = self.options.incoming
        stamp = self.mailbox.stamps(folder).get(seen.name)
        if stamp is None or not self._is_same(seen, stamp):
            self._given.pop(
                delivery.name
            )  # it is gone, or another one came under its name: that is read next
            return
        if self.options.removes and not seen.is_lost:
            self.mailbox.remove(folder, seen.name)
        else:
            to = self.options.error if seen.is_lost else self.options.archive
            named = f"{self.clock.now():%Y%m%d%H%M%S}_{seen.name}"
            self.mailbox.move(folder, seen.name, to, named=named)
        self.mailbox.remove(folder, seen.name + DONE)
        self._given.pop(delivery.name)

    def _is_same(self, seen: _Seen, stamp: Stamp) -> bool:
        if stamp.size > LARGEST:
            return seen.is_lost
        return _digest(self.mailbox.read(self.options.incoming, seen.name) or b"") == seen.digest

    def _whole(self) -> list[tuple[str, Stamp]]:
        """Returns the files that nobody is writing any more, oldest first."""
        stamps = self.mailbox.stamps(self.options.incoming)
        before, self._looks = self._looks, stamps
        found = [
            (name, stamp)
            for name, stamp in stamps.items()
            if not name.startswith((".", "~")) and not name.lower().endswith((*_HALF, DONE))
            if (
                name + DONE in stamps
                if self.options.done_files
                else self.options.at_once or before.get(name) == stamp
            )
        ]
        return sorted(found, key=lambda each: (each[1].changed, each[0]))

    def _read(self, name: str, content: bytes) -> Delivery:
        try:
            plain_name, plain = self.opening.open(name, content)
            if plain_name.lower().endswith(ACK) and not plain.strip():
                return Delivery(name=label(name), messages=self._all_taken(plain_name[: -len(ACK)]))
            table = read_table(plain, self.options.delimiter)
            found = said(table, self.options, self.clock, is_ack=plain_name.lower().endswith(ACK))
        except BadInput as fault:
            return _lost(name, str(fault))
        faults = tuple(f"file {label(name)}, line {line}: {sentence}" for line, sentence in found.faults)
        return Delivery(name=label(name), messages=found.messages, faults=faults)

    def _all_taken(self, base: str) -> tuple[WarehouseMessage, ...]:
        """Returns that every order of one of our files was taken, which an empty acknowledgement says."""
        for name in (base, f"{base}.csv", f"{base}.age", f"{base}.pgp", f"{base}.csv.age", f"{base}.csv.pgp"):
            references = self.journal.listed(name) if _PLAIN_NAME.fullmatch(name) else []
            if references:
                return tuple(Taken(release=ReleaseRef(each)) for each in references)
        raise BadInput("it acknowledges a file that we did not send: name it as our file, with .ack behind")


def label(name: str) -> str:
    """Returns a file's name if it is plain; else a name made of it, for it could hold anything."""
    return (
        name if _PLAIN_NAME.fullmatch(name) else f"file-{_digest(name.encode('utf-8', 'replace')).hex()[:16]}"
    )


def _lost(name: str, sentence: str) -> Delivery:
    return Delivery(name=label(name), messages=(), faults=(f"file {label(name)}: {sentence}",))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
