"""The forms that audit rows leave in: a table for people, JSON lines, and OCSF."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from itertools import chain
from types import MappingProxyType

from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import Access
from dockseal.monitoring_audit.exports.ocsf import event

_OWN_COLUMN = ("purpose", "seller", "warehouse")
_COLUMNS = ("seq", "at", "actor", "tag", "order", *_OWN_COLUMN, "fields", "previous", "hash")
_OF_REGISTER = ("actor", "tag", "purpose", "times", "orders", "first", "last")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Format(StrEnum):
    """What an export is written in."""

    CSV = "csv"
    JSON = "json"
    """One JSON object a line, with all that the row's hash is made of."""
    OCSF = "ocsf"
    """One event of the Open Cybersecurity Schema Framework a line, as JSON."""


def lines(form: Format, rows: Iterable[AuditRow]) -> Iterator[str]:
    """Yields the lines of an export, each with its end, as the rows come."""
    return _LINES[form](rows)


def as_json(row: AuditRow) -> dict[str, object]:
    """Returns a row as it is hashed, with its hash."""
    return {
        "seq": row.seq,
        "at": _instant(row.at),
        "tag": row.tag,
        "actor": row.actor,
        "order": row.order,
        "fields": dict(row.fields),
        "previous": row.previous,
        "hash": row.hash,
    }


def json_line(form: Format, row: AuditRow) -> str:
    """Returns a row as JSON on one line, in ASCII: as OCSF has it, or else as it is hashed."""
    return json.dumps(event(row) if form is Format.OCSF else as_json(row), separators=(",", ":"))


def register_csv(entries: Iterable[Access]) -> Iterator[str]:
    """Yields the access register as CSV."""
    cells = (
        (
            each.actor,
            each.tag,
            each.purpose,
            each.times,
            each.orders,
            _instant(each.first),
            _instant(each.last),
        )
        for each in entries
    )
    return _csv_lines(_OF_REGISTER, cells)


def register_json(entries: Iterable[Access]) -> Iterator[str]:
    """Yields the access register as JSON lines."""
    for each in entries:
        told = {name: getattr(each, name) for name in _OF_REGISTER}
        yield json.dumps(told | {"first": _instant(each.first), "last": _instant(each.last)}) + "\n"


def _json_lines(form: Format, rows: Iterable[AuditRow]) -> Iterator[str]:
    return (json_line(form, row) + "\n" for row in rows)


def _rows_csv(rows: Iterable[AuditRow]) -> Iterator[str]:
    return _csv_lines(_COLUMNS, (_cells(row) for row in rows))


def _cells(row: AuditRow) -> tuple[object, ...]:
    fields = dict(row.fields)
    named = [fields.pop(name, "") for name in _OWN_COLUMN]
    others = "; ".join(f"{name}={text}" for name, text in fields.items())
    return row.seq, _instant(row.at), row.actor, row.tag, row.order, *named, others, row.previous, row.hash


def _csv_lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yields RFC 4180 lines. No cell begins like a formula, so that no spreadsheet works one out."""
    line = io.StringIO()
    writer = csv.writer(line)
    for cells in chain([columns], rows):
        writer.writerow(_harmless(f"{cell}") for cell in cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


_LINES: Mapping[Format, Callable[[Iterable[AuditRow]], Iterator[str]]] = MappingProxyType(
    {
        Format.CSV: _rows_csv,
        Format.JSON: partial(_json_lines, Format.JSON),
        Format.OCSF: partial(_json_lines, Format.OCSF),
    }
)
