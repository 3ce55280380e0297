"""The signed checkpoints of the audit trail, and how far each place outside knows of it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from dockseal.domain.checkpoint import Anchored, Checkpoint, Cut, Grown
from dockseal.storage.edge import edge
from dockseal.storage.operations.outside import AnchoredRow, CheckpointRow, CutRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted, upserted

_OWN = ""
_BATCH = 1000


@edge
class Checkpoints:
    """The tables of checkpoints and of places outside."""

    def tree(self) -> Grown:
        """Returns the Merkle tree over the rows that are signed."""
        row = AnchoredRow.objects.filter(place=_OWN).first()
        return Grown() if row is None else _grown(row)

    def add(self, checkpoint: Checkpoint, tree: Grown) -> None:
        """Keeps a checkpoint and the tree it is over; call it inside `Storage.transaction`."""
        CheckpointRow.objects.create(
            size=checkpoint.size, root=checkpoint.root, at=checkpoint.at, note=checkpoint.note
        )
        self.put(Anchored(place=_OWN, tree=tree, at=checkpoint.at))

    def cosigned(self, size: int, note: str) -> None:
        """Keeps what a witness signed too, in place of the note that it signed."""
        CheckpointRow.objects.filter(size=size).update(note=note)

    def newest(self) -> Checkpoint | None:
        """Returns the newest checkpoint."""
        return _first(CheckpointRow.objects.order_by("-size"))

    def next(self, after: int, within: int) -> Checkpoint | None:
        """Returns the last checkpoint of the `within` rows after a size, or else the first one after it."""
        rows = CheckpointRow.objects.filter(size__gt=after)
        return _first(rows.filter(size__lte=after + within).order_by("-size")) or _first(
            rows.order_by("size")
        )

    def all(self, after: int = 0) -> Iterator[Checkpoint]:
        """Yields the checkpoints after a size, in order."""
        while found := [
            _checkpoint(row) for row in CheckpointRow.objects.filter(size__gt=after).order_by("size")[:_BATCH]
        ]:
            yield from found
            after = found[-1].size

    def last_until(self, instant: datetime) -> Checkpoint | None:
        """Returns the newest checkpoint that was signed until an instant."""
        return _first(CheckpointRow.objects.filter(at__lte=instant).order_by("-size"))

    def cut(self, *, planned: bool = False) -> Cut | None:
        """Returns where the trail was cut last; `planned`: where it is to be, if that is further."""
        rows = CutRow.objects.all() if planned else CutRow.objects.filter(done=True)
        row = rows.order_by("-size").first()
        if row is None:
            return None
        tree = Grown(size=row.size, parts=tuple(row.parts.split()))
        return Cut(tree=tree, head=row.head, standing=row.standing)

    def plan_cut(self, cut: Cut) -> None:
        """Keeps where the trail is to be cut; what was planned there before stays as it is."""
        row = CutRow(
            size=cut.tree.size,
            head=cut.head,
            parts=" ".join(cut.tree.parts),
            standing=cut.standing,
            done=False,
        )
        inserted(row, OPERATIONS)

    def first_after(self, size: int) -> datetime | None:
        """Returns when the first checkpoint after a size was signed."""
        found = self.next(size, 0)
        return None if found is None else found.at

    def places(self) -> list[Anchored]:
        """Returns what is known of every place outside."""
        rows = AnchoredRow.objects.exclude(place=_OWN).order_by("place")
        return [
            Anchored(
                place=row.place,
                tree=_grown(row),
                at=row.at,
                failing_since=row.failing_since,
                failing=row.failing,
            )
            for row in rows
        ]

    def put(self, anchored: Anchored) -> None:
        """Keeps how far a place knows the trail."""
        row = AnchoredRow(
            place=anchored.place,
            size=anchored.tree.size,
            parts=" ".join(anchored.tree.parts),
            at=anchored.at,
            failing_since=anchored.failing_since,
            failing=anchored.failing,
        )
        upserted(row, OPERATIONS, by=("place",))


def _first(rows: QuerySet[CheckpointRow]) -> Checkpoint | None:
    row = rows.first()
    return None if row is None else _checkpoint(row)


def _grown(row: AnchoredRow) -> Grown:
    return Grown(size=row.size, parts=tuple(row.parts.split()))


def _checkpoint(row: CheckpointRow) -> Checkpoint:
    return Checkpoint(size=row.size, root=row.root, at=row.at, note=row.note)
