"""Signs how far the audit trail is, and tells places outside: the lane `anchor`.

A checkpoint is only signed over rows that continue those signed before. Each place is told of every row's
hash, so that what is done to the trail later can be named to the row.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from dockseal.domain.audit import AuditRow
from dockseal.domain.checkpoint import Anchored, Checkpoint
from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.errors import AnchorRefused, AnchorUnavailable, TrailBroken
from dockseal.monitoring_audit.anchors.port import Anchor, Growth
from dockseal.monitoring_audit.consecutive import consecutive
from dockseal.monitoring_audit.grown import beginning, grown_of, tree_of
from dockseal.monitoring_audit.trail import line_of, row_hash
from dockseal.monitoring_audit.verifier.done import body_of
from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifier.walk import Walk
from dockseal.storage.store import Storage

EVERY = timedelta(seconds=30)
"""Half of what may pass until a row is known outside."""
_BATCH = 5_000
_AN_ENTRY = 20_000
"""So many rows one entry holds, where many wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """Signs checkpoints and hands them on."""

    storage: Storage
    clock: Clock
    sign: Callable[[str], str]
    """Signs a note as the installation."""
    origin: Callable[[], str]
    """Names the trail: the name of the key that signs it."""
    anchors: Sequence[Anchor]

    def run(self) -> Outcome:
        """Signs what is new and tells every place of it.

        Raises:
            TrailBroken: rows do not continue those that were signed.
        """
        signed = sum(1 for _ in iter(self._signed, False))
        told, broken = False, None
        for each in self.anchors:
            try:
                told |= self._tell(each, self._known(each.place))
            except TrailBroken as fault:
                broken = fault  # the other places are told all the same
        if broken is not None:
            raise broken
        return Outcome(done=signed) if signed or told else NOTHING

    def _known(self, place: str) -> Anchored:
        """Returns how far a place knows the trail; what is in segments it is not told any more."""
        found = next((each for each in self.storage.checkpoints.places() if each.place == place), None)
        known, begins = found or Anchored(place=place), beginning(self.storage).tree
        return replace(known, tree=begins) if known.tree.size < begins.size else known

    def _signed(self) -> bool:
        """Signs the next rows; tells whether there were any."""
        before = self.storage.checkpoints.tree()
        rows = self.storage.audit.rows(before.size, _BATCH)
        if not rows:
            return False
        walk = Walk(tree=tree_of(before), head=self._head(before.size).encode())
        try:
            walk.over(line_of(row) for row in rows)
        except Broken as broken:
            raise TrailBroken(broken.seq, broken.what) from None
        if walk.head.decode() != rows[-1].hash:
            raise TrailBroken(rows[-1].seq, "its contents do not give its hash: it was edited")
        now, root = self.clock.now(), walk.tree.root()
        note = self.sign(f"{self.origin()}\n{walk.tree.size}\n{_base64(root)}\ntime {now.isoformat()}\n")
        checkpoint = Checkpoint(size=walk.tree.size, root=root.hex(), at=now, note=note)
        with self.storage.transaction():
            self.storage.checkpoints.add(checkpoint, grown_of(walk.tree))
        return True

    def _head(self, size: int) -> str:
        """Returns the hash of a row."""
        begins = beginning(self.storage)
        if size == begins.tree.size:
            return begins.head
        return row_hash(next(consecutive(self.storage, size - 1, size)))

    def _tell(self, anchor: Anchor, known: Anchored) -> bool:
        """Tells a place all that it does not know; tells whether that was anything."""
        told = False
        while (checkpoint := self.storage.checkpoints.next(known.tree.size, _AN_ENTRY)) is not None:
            rows = list(consecutive(self.storage, known.tree.size, checkpoint.size))
            entry = _entry(checkpoint, known.tree.size, rows)
            try:
                note = anchor.put(Growth(entry=entry, before=known.tree))
            except (AnchorUnavailable, AnchorRefused) as fault:
                since = known.failing_since or self.clock.now()
                self._keep(replace(known, failing_since=since, failing=str(fault)))
                return told
            if note != checkpoint.note:
                self.storage.checkpoints.cosigned(checkpoint.size, note)
            tree = tree_of(known.tree)
            for row in rows:
                tree.add(bytes.fromhex(row.hash))
            known = Anchored(place=known.place, tree=grown_of(tree), at=self.clock.now())
            self._keep(known)
            told = True
        return told

    def _keep(self, anchored: Anchored) -> None:
        with self.storage.transaction():
            self.storage.checkpoints.put(anchored)


def _entry(checkpoint: Checkpoint, first: int, rows: Sequence[AuditRow]) -> Entry:
    return Entry(
        place="",
        size=checkpoint.size,
        root=bytes.fromhex(checkpoint.root),
        at=checkpoint.at.isoformat(),
        note=checkpoint.note,
        first=first,
        rows=b"".join(bytes.fromhex(row.hash) for row in rows),
        bodies=b"".join(body_of(line_of(row)) for row in rows),
    )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
