"""Whether the audit trail adds up, by itself and with what was kept of it elsewhere."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dockseal.domain.audit import AuditRow
from dockseal.domain.checkpoint import Cut
from dockseal.errors import StorageError, StorageUnavailable, TrailBroken
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.grown import beginning, tree_of
from dockseal.monitoring_audit.trail import line_of, row_hash
from dockseal.monitoring_audit.verifier.entries import Entry, entry_of
from dockseal.monitoring_audit.verifier.signatures import Keys
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifier.vouching import Vouching
from dockseal.monitoring_audit.verifier.walk import Walk
from dockseal.storage.store import Storage

_BATCH = 5000
_OWN = "its own checkpoint"
_EDITED = "its contents do not give its hash: it was edited"
_UNREADABLE = b""
"""Stands for a row that cannot be read; it has the shape of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The trail adds up."""

    rows: int
    head: str
    """Hash of the last row; 64 zeros for an empty trail."""
    root: str = field(default="", compare=False)
    """Of the Merkle tree over all rows, hex."""
    begun: int = field(default=0, compare=False)
    """Rows up to this one are in segments, and were not looked at."""
    signed: int = field(default=0, compare=False)
    """Up to this row there is a checkpoint."""
    known: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Up to which row each place outside has a checkpoint, by its name."""
    witnessed: int = field(default=0, compare=False)
    """Up to this row a witness signed."""


def kept_by(anchors: Iterable[Anchor]) -> dict[str, Iterator[Entry]]:
    """Returns what the places outside keep, but those that cannot be read back.

    Raises:
        AnchorUnavailable: one cannot be reached.
    """
    found = ((anchor.place, anchor.entries()) for anchor in anchors)
    return {place: entries for place, entries in found if entries is not None}


def verify(
    storage: Storage,
    known: Verdict | None = None,
    *,
    places: Mapping[str, Iterable[Entry]] | None = None,
    keys: Keys | None = None,
    witnesses: Keys | None = None,
) -> Verdict:
    """Reads the whole trail and checks that it adds up.

    Finds any edited, missing, inserted or moved row. Against somebody who has the database's whole power and
    writes the rest of the trail anew, give what was kept elsewhere.

    Args:
        storage: Where the trail is.
        known: An earlier verdict of this trail: its last row must still be there, unchanged.
        places: What places outside keep, by their names, each by size.
        keys: The public keys that checkpoints are signed with; None: it is not looked who signed them.
        witnesses: Those of witnesses that sign them too; None: nobody has to.

    Raises:
        TrailBroken: with the number of the first bad row, and what was done to it.
    """
    noted, told = storage.audit.noted_head(), storage.checkpoints.places()
    begins = beginning(storage)
    _standing(storage, begins)
    reading = _Reading(storage=storage, fixed=dict([noted]), after=begins.tree.size)
    if known is not None and reading.fixed.setdefault(known.rows, known.head) != known.head:
        raise TrailBroken(known.rows, "it is not the row that was noted before")
    vouching = Vouching(keys or {}, witnesses or {})
    kept = {**(places or {}), _OWN: checkpoints(storage, begins.tree.size)}
    try:
        # Beginning a walk reads the first entries of the places already.
        watched = {name: vouching.through(entries) for name, entries in kept.items()}
        walk = Walk(watched, tree=tree_of(begins.tree), head=begins.head.encode())
        walk.over(reading.lines())
        walk.end()
        reading.end(walk)
        _begun(walk, begins)
        _forgotten(walk, {each.place: each.tree.size for each in told if each.place in kept})
        witnessed = 0 if keys is None else vouching.end()
    except Broken as broken:
        first = min((broken.seq, broken.what), reading.odd or (broken.seq, broken.what))
        raise TrailBroken(*first) from None
    if walk.put_back:
        seq, seconds = next(iter(walk.put_back.items()))
        answer = f"find out who did that, and answer for it with `dockseal audit explain-clock {seq}`"
        raise TrailBroken(seq, f"the clock was put back by {seconds:.0f} s before it: {answer}")
    # Rows may be added while this reads, but what is noted as the newest can only run ahead of them.
    if storage.audit.noted_head()[0] < walk.tree.size:
        raise TrailBroken(walk.tree.size, "it follows the row that is noted as the newest one")
    return Verdict(
        rows=walk.tree.size,
        head=walk.head.decode(),
        root=walk.tree.root().hex(),
        begun=walk.begun,
        signed=walk.known[_OWN],
        known={name: size for name, size in walk.known.items() if name != _OWN},
        witnessed=witnessed,
    )


def _begun(walk: Walk, begins: Cut) -> None:
    """Looks for the row that says why the trail begins where it does. Raises Broken."""
    if not walk.begun:
        return
    told = walk.segments.get(walk.begun, set())
    if begins.head not in {head for head, _ in told}:
        gone = f"it is missing, as is all up to row {walk.begun}: no row says that they went into a segment"
        raise Broken(1, gone)
    if (begins.head, begins.standing) not in told:
        raise Broken(walk.begun, "of the rows up to it that were to stay, some are gone, new or edited")


def _forgotten(walk: Walk, told: Mapping[str, int]) -> None:
    """Looks whether each place still has what it was told. Raises Broken."""
    for place, size in told.items():
        if walk.known[place] < size:
            lost = f"was told of the rows up to {size}, and has none after {walk.known[place]}"
            raise Broken(0, f"{place} {lost}: what it keeps was altered")


def _standing(storage: Storage, begins: Cut) -> None:
    """Looks at the rows from before a cut that are still in the table. Raises TrailBroken."""
    if not begins.standing:
        return
    digest = hashlib.sha256()
    for row in storage.audit.standing(begins.tree.size):
        if row_hash(row) != row.hash:
            raise TrailBroken(row.seq, _EDITED)
        digest.update(bytes.fromhex(row.hash))
    if digest.hexdigest() != begins.standing:
        raise TrailBroken(begins.tree.size, "of the rows up to it that were to stay, some are gone or new")


def checkpoints(storage: Storage, after: int = 0) -> Iterator[Entry]:
    """Yields the checkpoints of the trail that are kept beside it, from a size on.

    Raises:
        Broken: one is not what its note says.
    """
    for each in storage.checkpoints.all(after - 1):
        entry = entry_of(json.dumps({"checkpoint": each.note}), _OWN)
        if (entry.size, entry.root.hex()) != (each.size, each.root):
            raise Broken(0, f"{_OWN} of size {each.size} is not what its note says: it was altered")
        yield entry


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Reads rows as lines, and looks at what only their table has: the hash beside each."""

    storage: Storage
    fixed: dict[int, str]
    """Hashes that were noted of rows."""
    after: int
    """Rows up to this one are elsewhere."""
    odd: tuple[int, str] | None = None
    """The first row whose own hash is another one, and what that means."""
    _before: AuditRow | None = field(default=None, init=False)

    def lines(self) -> Iterator[bytes]:
        """Yields the lines of all rows, in order."""
        # Also what stands before row 1 is read, where nothing was cut: nothing may.
        after = self.after or None
        while batch := _batch(self.storage, after):
            for row in batch:
                if row is None:
                    self.close()
                    yield _UNREADABLE
                    return
                self._look(row)
                yield line_of(row)
                after = row.seq
        self.close()

    def close(self) -> None:
        """Looks at the last row that was read: none follows that would name its hash."""
        last = self._before
        if self.odd is None and last is not None and last.hash != row_hash(last):
            self.odd = last.seq, _EDITED

    def _look(self, row: AuditRow) -> None:
        before, self._before = self._before, row
        if self.odd is not None:
            return
        if before is not None and before.hash != row.previous and before.hash != row_hash(before):
            self.odd = before.seq, _EDITED
        elif self.fixed.get(row.seq, row.hash) != row.hash:
            self.odd = row.seq, "it is not the row that was noted before"

    def end(self, walk: Walk) -> None:
        """Tells what is odd after all. Raises Broken."""
        if self.odd is not None:
            raise Broken(*self.odd)
        if walk.tree.size < max(self.fixed):
            raise Broken(walk.tree.size + 1, f"it is missing, as is all up to row {max(self.fixed)}")


def _batch(storage: Storage, after: int | None) -> Sequence[AuditRow | None]:
    """Returns the rows that follow; None stands for one that cannot be read, and ends them."""
    try:
        return storage.audit.rows(after, _BATCH)
    except StorageUnavailable:
        raise
    except StorageError:
        return list(_one_by_one(storage, after))


def _one_by_one(storage: Storage, after: int | None) -> Iterator[AuditRow | None]:
    while True:
        try:
            found = storage.audit.rows(after, 1)
        except StorageUnavailable:
            raise
        except StorageError:
            yield None
            return
        if not found:
            return
        yield found[0]
        after = found[0].seq
