"""Audit rows as the trail would write them: one for every tag, with every field it takes."""

from datetime import UTC, datetime, timedelta

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit import kinds
from dockseal.monitoring_audit.specs import SPECS, checked
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import START, row_hash

NOW = datetime(2026, 11, 2, 8, 0, 0, 250_000, tzinfo=UTC)
_SAMPLES: dict[kinds.Kind, object] = {
    kinds.code: "no_sku",
    kinds.count: 3,
    kinds.field_names: "name,phone",
    kinds.flag: True,
    kinds.instant: NOW,
    kinds.purpose: "hand-over to the warehouse",
    kinds.reference: "sample-1",
}


def row_of(tag: Tag, seq: int = 1, *, actor: str = "service:release", **fields: object) -> AuditRow:
    """A row of a tag, with samples for the fields that are not given."""
    samples = {name: _SAMPLES[kind] for name, kind in SPECS[tag].kinds.items()}
    row = AuditRow(
        seq=seq,
        at=NOW + timedelta(seconds=seq),
        tag=tag.value,
        actor=actor,
        order="k7w2order" if tag.about_an_order else "",
        fields=tuple(checked(tag, samples | fields).items()),
        previous=START,
        hash="",
    )
    return AuditRow(**{name: getattr(row, name) for name in row.__slots__} | {"hash": row_hash(row)})


def one_of_each() -> list[AuditRow]:
    """A row of every tag, numbered from 1."""
    return [row_of(tag, number) for number, tag in enumerate(Tag, start=1)]
