"""The audit trail: rows that are written with their effects, each chained to the one before by its hash."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC

from dockseal.domain.access import Actor
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import StorageError, StorageUnavailable, TrailBroken
from dockseal.monitoring_audit.kinds import Value, reference
from dockseal.monitoring_audit.tags import Tag, checked
from dockseal.storage.store import Storage

START = "0" * 64
"""What row 1 takes for the hash of the row before."""
_ACTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,48}[A-Za-z0-9])?")
_BATCH = 2000
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Trail:
    """Writes the trail."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def record(self, tag: Tag, *, actor: Actor, order: OrderRef | None = None, **fields: Value) -> AuditRow:
        """Appends a row; it is kept if and only if the open transaction is.

        Args:
            tag: What happened.
            actor: Who did it.
            order: Our reference of the order; for the tags `order:…`, and only for them.
            **fields: As the tag takes them.

        Raises:
            StorageError: no transaction is open, so that the row could be kept without its effect.
            ValueError: a field, the actor or the order does not fit the tag.
        """
        if not self._storage.in_transaction():
            raise StorageError(f"{tag} is recorded outside a transaction; open one around its effect")
        _check(tag, actor, order)
        texts = checked(tag, fields)
        last, previous = self._storage.audit.noted_head()
        row = AuditRow(
            seq=last + 1,
            at=self._clock.now().astimezone(UTC),
            tag=tag.value,
            actor=str(actor),
            order=order or "",
            fields=tuple(sorted(texts.items())),
            previous=previous,
            hash="",
        )
        row = replace(row, hash=row_hash(row))
        self._storage.audit.append(row)
        return row


def _check(tag: Tag, actor: Actor, order: OrderRef | None) -> None:
    if not _ACTOR.fullmatch(actor.name):
        raise ValueError(f"{tag} takes an actor named with letters, digits, spaces and . _ - (at most 50)")
    if tag.about_an_order != (order is not None):
        raise ValueError(f"{tag} takes {'an' if tag.about_an_order else 'no'} order")
    if order is not None:
        try:
            reference(order)
        except ValueError as fault:
            raise ValueError(f"order of {tag} takes {fault}") from None


def row_hash(row: AuditRow) -> str:
    """Returns SHA-256 (hex) over the row without its own hash, as canonical JSON.

    Keys are sorted and nothing is spaced, as RFC 8785 has it for strings and whole numbers.
    """
    content = {
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(),
        "tag": row.tag,
        "actor": row.actor,
        "order": row.order,
        "fields": dict(row.fields),
        "previous": row.previous,
    }
    return hashlib.sha256(_CANONICAL.encode(content).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The trail adds up: so many rows, the last with this hash (64 zeros for an empty trail)."""

    rows: int
    head: str


def verify(storage: Storage, known: Verdict | None = None) -> Verdict:
    """Reads the whole trail and checks that it adds up.

    Finds any edited, missing, inserted or moved row. Rows cut off the end show because the newest row is
    written down a second time; against somebody who changes that as well, give a verdict kept elsewhere.

    Args:
        storage: Where the trail is.
        known: An earlier verdict of this trail: its last row must still be there, unchanged.

    Raises:
        TrailBroken: with the number of the first bad row.
    """
    noted_rows, noted_hash = storage.audit.noted_head()
    fixed = {noted_rows: noted_hash}
    if known is not None and fixed.setdefault(known.rows, known.head) != known.head:
        raise TrailBroken(known.rows, "it is not the row that was noted before")
    seq, previous = 0, START
    _compare(fixed, seq, previous)
    for row in _rows(storage):
        if row.seq != seq + 1:
            raise TrailBroken(seq + 1, f"it is missing; row {row.seq} follows")
        if row.previous != previous:
            raise TrailBroken(row.seq, "it does not continue the row before it")
        if row.hash != row_hash(row):
            raise TrailBroken(row.seq, "its contents do not give its hash: it was edited")
        seq, previous = row.seq, row.hash
        _compare(fixed, seq, previous)
    if seq < max(fixed):
        raise TrailBroken(seq + 1, f"it is missing, as is all up to row {max(fixed)}")
    # Rows may be added while this reads, but what is noted as the newest can only run ahead of them.
    if storage.audit.noted_head()[0] < seq:
        raise TrailBroken(seq, "it follows the row that is noted as the newest one")
    return Verdict(rows=seq, head=previous)


def _compare(fixed: dict[int, str], seq: int, found: str) -> None:
    if fixed.get(seq, found) != found:
        raise TrailBroken(seq, "it is not the row that was noted before")


def _rows(storage: Storage) -> Iterator[AuditRow]:
    after: int | None = None
    while batch := _batch(storage, after, _BATCH):
        yield from batch
        after = batch[-1].seq


def _batch(storage: Storage, after: int | None, limit: int) -> list[AuditRow]:
    try:
        return storage.audit.rows(after, limit)
    except StorageUnavailable:
        raise
    except StorageError:
        if limit == 1:
            raise TrailBroken(
                (after or 0) + 1, "it cannot be read: it holds what Dockseal never writes"
            ) from None
        # Somewhere among these is the one; taking them one by one finds it in order.
        return _batch(storage, after, 1)
