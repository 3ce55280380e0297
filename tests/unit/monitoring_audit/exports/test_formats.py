"""CSV and JSON lines: whole, streamed, and harmless in a spreadsheet."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import Access
from dockseal.monitoring_audit.exports.formats import Format, lines, register_csv, register_json
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import row_hash
from unit.monitoring_audit.exports.rows import one_of_each, row_of

ACCESS = Access(
    actor="person:terminal-sam",
    tag="order:data:opened",
    purpose="packing_slip",
    times=3,
    orders=2,
    first=datetime(2026, 11, 2, 8, tzinfo=UTC),
    last=datetime(2026, 11, 2, 9, tzinfo=UTC),
)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_line_for_each_row_with_all_that_is_in_it() -> None:
    rows = one_of_each()
    read = table("".join(lines(Format.CSV, rows)))
    assert [(int(each["seq"]), each["tag"], each["hash"]) for each in read] == [
        (row.seq, row.tag, row.hash) for row in rows
    ]
    (opened,) = [each for each in read if each["tag"] == Tag.ORDER_DATA_OPENED]
    assert opened["purpose"] == "hand_over"
    assert opened["seller"] == "sample-1"
    assert "field_names=name,phone; fields=3; grant=sample-1" in opened["fields"]
    assert opened["at"].endswith("+00:00")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula_whatever_somebody_put_into_the_table(begin: str) -> None:
    text = f"{begin}HYPERLINK(1)"
    forged = replace(row_of(Tag.ORDER_DATA_OPENED), actor=text, order=text, fields=(("seller", text),))
    (read,) = table("".join(lines(Format.CSV, [forged])))
    assert {read["actor"], read["order"], read["seller"]} == {f"'{text}"}
    (entry,) = table("".join(register_csv([replace(ACCESS, actor=text)])))
    assert entry["actor"] == f"'{text}"


def test_quotes_commas_and_line_ends_stay_within_their_cell() -> None:
    forged = replace(row_of(Tag.KEY_MASTER_CREATED), actor='a,"b"\r\nc')
    (read,) = table("".join(lines(Format.CSV, [forged])))
    assert read["actor"] == 'a,"b"\r\nc'


def test_json_lines_hold_all_that_a_rows_hash_is_made_of() -> None:
    rows = one_of_each()
    for row, line in zip(rows, "".join(lines(Format.JSON, rows)).splitlines(), strict=True):
        told = json.loads(line)
        again = AuditRow(
            **told
            | {
                "at": datetime.fromisoformat(told["at"]),
                "fields": tuple(sorted(told["fields"].items())),
            }
        )
        assert again == row
        assert row_hash(again) == told["hash"]


@pytest.mark.parametrize("form", list(Format))
def test_a_million_rows_leave_one_by_one(form: Format) -> None:
    row, taken = row_of(Tag.ORDER_DATA_OPENED), []

    def endless() -> Iterator[AuditRow]:
        for number in range(1_000_000):
            taken.append(number)
            yield row

    leaving = lines(form, endless())
    for _ in range(1000):
        next(leaving)
    tracemalloc.start()
    for _ in range(2000):
        next(leaving)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(taken) <= 3001
    assert used < 100_000


def test_the_register_is_written_in_both_forms() -> None:
    expected = {
        "actor": "person:terminal-sam",
        "tag": "order:data:opened",
        "purpose": "packing_slip",
        "first": "2026-11-02T08:00:00+00:00",
        "last": "2026-11-02T09:00:00+00:00",
    }
    assert table("".join(register_csv([ACCESS]))) == [expected | {"times": "3", "orders": "2"}]
    assert [json.loads(line) for line in register_json([ACCESS])] == [expected | {"times": 3, "orders": 2}]
