"""The audit trail: rows that are written with their effects, each chained to the one before by its hash."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC

from dockseal.domain.access import Actor
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import StorageError
from dockseal.monitoring_audit.kinds import Value, reference
from dockseal.monitoring_audit.specs import checked
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifier import walk
from dockseal.storage.store import Storage

START = walk.START.decode()
"""What row 1 takes for the hash of the row before."""
_ACTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,48}[A-Za-z0-9])?")
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


def line_of(row: AuditRow) -> bytes:
    """Returns a row without its own hash as canonical JSON.

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
    return _CANONICAL.encode(content).encode("utf-8", "surrogatepass")


def row_hash(row: AuditRow) -> str:
    """Returns SHA-256 (hex) over the line of a row."""
    return hashlib.sha256(line_of(row)).hexdigest()
