"""A walk over the rows of a trail: each must follow the one before, and be what was kept of it elsewhere."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from dockseal.monitoring_audit.verifier.done import SHAPE, done
from dockseal.monitoring_audit.verifier.entries import HASH_BYTES, Entry
from dockseal.monitoring_audit.verifier.place import LOOK_AHEAD, Place, cut
from dockseal.monitoring_audit.verifier.tree import Broken, Tree

START = b"0" * 64
"""What row 1 takes for the hash of the row before."""
CLOCK_SLACK = 60.0
"""Rows of several machines may be so many seconds out of order."""
EXPLAINED = b"audit:clock:explained"
"""The tag of a row by which somebody answers for a clock that was put back."""
ARCHIVED = b"audit:segment:archived"
"""The tag of a row that says: the rows up to one are in a segment, and these stay in the table as well."""
_NEVER = "it holds what Dockseal never writes: it was edited"
_CHAIN = "it does not continue the row before it: its chain was edited, or rows were taken out or put in"
_BATCH = 5_000


class Walk:
    """Walks rows in order, and compares them with the entries that were kept elsewhere."""

    def __init__(
        self,
        places: Mapping[str, Iterable[Entry]] | None = None,
        *,
        tree: Tree | None = None,
        head: bytes = START,
    ) -> None:
        """Begins a walk.

        Args:
            places: The entries of each place by its name, in the order of their sizes.
            tree: Over the rows before the first one; None: there are none.
            head: The hash of the row before the first one, hex.

        Raises:
            Broken: a place has another root of the rows before the first one.
        """
        self.tree = tree or Tree()
        self.head = head
        self.begun = self.tree.size
        """Rows up to this one are not walked."""
        self.put_back: dict[int, float] = {}
        """Rows whose clock was so many seconds behind the row before, where nobody answered for it."""
        self.segments: dict[int, set[tuple[str, str]]] = {}
        """Where rows say that a segment ends: head, and what stays in the table; see `Cut`."""
        self._sure = self.begun
        self._places = [Place(name, entries, self.tree) for name, entries in (places or {}).items()]
        self._time = 0.0

    @property
    def known(self) -> dict[str, int]:
        """Up to which row each place has a root of what was walked; 0: it has none."""
        return {place.name: place.known for place in self._places}

    def over(self, lines: Iterable[bytes]) -> None:
        """Walks over the rows that follow.

        Args:
            lines: As canonical JSON, without line feeds.

        Raises:
            Broken: with the first bad row, and what was done to it.
        """
        rows, whole = iter(lines), True
        while whole:
            sizes = [place.next.size for place in self._places if place.next]
            wanted = min([_BATCH, *(size - self.tree.size for size in sizes)])
            batch = list(itertools.islice(rows, wanted))
            whole = len(batch) == wanted
            self._take(batch, rows)

    def end(self) -> None:
        """Ends the walk.

        Raises:
            Broken: a place knows of more rows, or none has a root of the rows before the first one.
        """
        for place in self._places:
            if place.next:
                last = place.ahead(self.tree.size)[2]
                gone = f"it is missing, as is all up to row {last}, which {place.name} knows of"
                raise Broken(self.tree.size + 1, gone)
        if self.begun > max(self.known.values(), default=0):
            raise Broken(
                1, f"it is missing, as is all up to row {self.begun}, and nobody has a checkpoint of them"
            )

    def _take(self, batch: list[bytes], rows: Iterator[bytes]) -> None:
        first, hashes, fault = self.tree.size, [], ""
        for line in batch:
            fault = self._fault(line)
            if fault:
                break
            digest = hashlib.sha256(line)
            self.head = digest.hexdigest().encode()
            hashes.append(digest.digest())
            self.tree.add(hashes[-1])
        self._compare(first, hashes, batch, rows)
        if fault:
            self._tell(self.tree.size, fault, [*batch[len(hashes) :], *itertools.islice(rows, LOOK_AHEAD)])
        self._close(first)

    def _fault(self, line: bytes) -> str:
        """Returns what is wrong with a row as the next one; notes its time."""
        shape, seq = SHAPE.fullmatch(line), self.tree.size + 1
        if shape is None:
            return _NEVER
        if int(shape[4]) != seq:
            return f"it is missing; row {int(shape[4])} stands in its place"
        if shape[3] != self.head:
            return _CHAIN
        try:
            at = datetime.fromisoformat(shape[2].decode()).timestamp()
            self._heed(line, shape[6])
        except (ValueError, KeyError):
            return _NEVER
        if self._time - at > CLOCK_SLACK:
            self.put_back[seq] = self._time - at
        self._time = at
        return ""

    def _heed(self, line: bytes, tag: bytes) -> None:
        """Notes what a row says of other rows. Raises ValueError or KeyError where it says something else."""
        if tag == EXPLAINED:
            self.put_back.pop(int(json.loads(line)["fields"]["row"]), None)
        if tag == ARCHIVED:
            told = json.loads(line)["fields"]
            self.segments.setdefault(int(told["row"]), set()).add((told["head"], told["standing"]))

    def _compare(self, first: int, hashes: list[bytes], batch: list[bytes], rows: Iterator[bytes]) -> None:
        """Compares rows with the hashes that places have of them."""
        found = b"".join(hashes)
        for place in self._places:
            kept = place.hashes(first, self.tree.size)
            if kept and kept != found:
                good = next(n for n, each in enumerate(cut(kept, HASH_BYTES)) if each != hashes[n])
                left = [*batch[good:], *itertools.islice(rows, LOOK_AHEAD)]
                self._tell(first + good, "it is not the row that was kept", left, place)

    def _tell(self, good: int, fault: str, lines: list[bytes], place: Place | None = None) -> None:
        """Says what was done to the row after the last good one, as far as some place knows better."""
        for each in [place] if place else self._places:
            hashes, bodies, last = each.ahead(good)
            if hashes:
                raise Broken(good + 1, done(good + 1, lines, bodies, last))
        if fault is _CHAIN and good > self._sure and len(lines) > 1 and _follows(lines[1], lines[0]):
            raise Broken(good, "it was edited: the row after it continues another one")
        raise Broken(good + 1, fault)

    def _close(self, first: int) -> None:
        """Compares the root with what places have for this size."""
        root = self.tree.root() if any(place.ends_at(self.tree.size) for place in self._places) else b""
        for place in self._places:
            entry = place.next
            if entry is None or entry.size != self.tree.size:
                continue
            if entry.root != root and entry.rows and entry.first <= first:
                raise Broken(0, f"{place.name} contradicts itself at row {entry.size}: it was altered")
            if entry.root != root:
                what = f"it, or one of those up to {entry.size}, is not what {place.name} has a checkpoint of"
                raise Broken(self._sure + 1, what)
            place.passed()
        if root:
            self._sure = self.tree.size


def _follows(line: bytes, before: bytes) -> bool:
    shape = SHAPE.fullmatch(line)
    return shape is not None and shape[3] == hashlib.sha256(before).hexdigest().encode()
