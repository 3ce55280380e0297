"""The record of processing: what becomes of each field of personal data, out of the registry in the code."""

from dataclasses import dataclass

from dockseal.domain.access import FIELDS, FOUND_BY, Purpose
from dockseal.domain.fields import Field
from dockseal.monitoring_audit.compliance.facts import Facts

_UNUSED = "for nothing: no purpose reads it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """What becomes of one field, from its collection to its end."""

    field: Field
    collected: str
    processed: str
    stored: str
    used: str
    shared: str
    disposed: str


def processing(facts: Facts) -> tuple[Processing, ...]:
    """Returns the record of every field, in the order of the registry."""
    return tuple(_of(field, facts) for field in Field)


def _of(field: Field, facts: Facts) -> Processing:
    if field in FOUND_BY:
        return _clue(field, facts)
    purposes = [purpose for purpose in Purpose if field in FIELDS[purpose]]
    if not purposes:
        return _along(field, facts)
    return Processing(
        field=field,
        collected="from Amazon, for one order at a time, once it is about to ship",
        processed="checked for what a label needs; nothing is derived of it, and nobody is profiled",
        stored=_STORED,
        used="; ".join(purpose.value for purpose in purposes),
        shared=_shared(purposes, facts),
        disposed=_disposed(facts),
    )


_STORED = "sealed with AES-256-GCM in the vault, in a database of its own; the keys lie apart"


def _clue(field: Field, facts: Facts) -> Processing:
    return Processing(
        field=field,
        collected="never asked for; where it comes along with an order",
        processed="a few keyed bits are made of it, to find an order for erasing, and it is dropped",
        stored="not at all; the bits lie beside the sealed record",
        used="to find a buyer's orders when they are to be erased",
        shared="with nobody",
        disposed=f"at once; its bits with the record: {_disposed(facts)}",
    )


def _along(field: Field, facts: Facts) -> Processing:
    return Processing(
        field=field,
        collected="never asked for by itself; where it comes along with a gift message",
        processed="not at all",
        stored=f"{_STORED}, where it came along",
        used=_UNUSED,
        shared="with nobody",
        disposed=_disposed(facts),
    )


def _shared(purposes: list[Purpose], facts: Facts) -> str:
    if Purpose.HAND_OVER not in purposes:
        return "with nobody"
    names = ", ".join(name for name, _ in facts.use.warehouses)
    return f"with the warehouse that ships the order ({names or 'none yet'}), and its carrier"


def _disposed(facts: Facts) -> str:
    kept = facts.retention
    return (
        f"{kept.keep.days} days after the first of retrieval, shipment and delivery at most, less "
        f"{kept.key_backups.days} for backups of the keys: its key is destroyed, so that no copy can be read"
    )
