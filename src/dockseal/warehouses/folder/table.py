"""Reads a warehouse's CSV file line by line, so that a bad line spoils no other."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dockseal.errors import BadInput
from dockseal.warehouses.folder.cells import unguarded

COLUMNS = frozenset(
    {
        "reference",
        "amazon_order_id",
        "line_id",
        "sku",
        "quantity",
        "carrier",
        "service",
        "tracking_number",
        "transparency_codes",
        "ship_date",
        "report_id",
        "correction",
        "corrects",
        "status",
        "warehouse_order_id",
        "reason",
        "answer",
    }
)
"""The columns that are read; others are left alone."""
_ALSO = {
    "order_id": "amazon_order_id",
    "qty": "quantity",
    "tracking": "tracking_number",
    "tracking_no": "tracking_number",
    "shipped_at": "ship_date",
    "order_item_id": "line_id",
}
"""Names by which some warehouses call a column."""
_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(r"sep=([,;\t])", re.IGNORECASE)
_MOST_LINES = 20
"""Lines over which one quoted cell may go, such as a note that is not read anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a file that could be read."""

    line: int
    """Counted from 1, as an editor shows it."""
    cells: Mapping[str, str]
    """What stands in the columns that are read, without spaces around it; empty ones are left out."""

    def cell(self, name: str) -> str:
        """Returns what stands in a column; empty if nothing does."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that could be read."""

    columns: frozenset[str]
    rows: tuple[Row, ...]
    faults: tuple[tuple[int, str], ...]
    """What is wrong with a line, with its number: never what stands in it."""


def read_table(content: bytes, delimiter: str = "") -> Table:
    """Reads a file.

    Args:
        content: What it holds.
        delimiter: What parts its cells; empty: that is seen from its first line.

    Raises:
        BadInput: nothing of it can be read.
    """
    lines = re.split(r"\r\n|\r|\n", _decoded(content))
    start = next((at for at, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise BadInput("it is empty: a file begins with the names of its columns")
    declared = _SEPARATOR.fullmatch(lines[start].strip(" "))
    if declared:
        delimiter, start = declared[1], start + 1
    header = lines[start] if start < len(lines) else ""
    delimiter = delimiter or _seen_delimiter(header)
    names = _names(header, delimiter)
    rows, faults = [], []
    for number, found in _records(lines, start + 1, delimiter, names):
        if isinstance(found, str):
            faults.append((number, found))
        else:
            rows.append(Row(line=number, cells=found))
    columns = frozenset(names) & COLUMNS
    return Table(columns=columns, rows=tuple(rows), faults=tuple(faults))


def _decoded(content: bytes) -> str:
    """Returns the text of a file: UTF-8 or UTF-16 as its first bytes say, else UTF-8, else Windows-1252."""
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput("it is no text in UTF-8, UTF-16 or Windows-1252: export it as CSV again")


def _seen_delimiter(header: str) -> str:
    known = {each: len(COLUMNS.intersection(_split_names(header, each))) for each in _DELIMITERS}
    best = max(known.values())
    found = [each for each in _DELIMITERS if known[each] == best]
    if best == 0:
        raise BadInput("its first line names none of the columns that are read: see docs/folder.md for them")
    if len(found) > 1 and any(each in header for each in _DELIMITERS):
        raise BadInput(
            "what parts its cells cannot be seen from its first line: add the option delimiter=comma, "
            "semicolon or tab to the warehouse"
        )
    return found[0]


def _split_names(header: str, delimiter: str) -> list[str]:
    cells = _parsed(header, delimiter) or []
    names = [re.sub(r"[\s_-]+", "_", cell.strip().casefold()) for cell in cells]
    return [_ALSO.get(name, name) for name in names]


def _names(header: str, delimiter: str) -> list[str]:
    names = _split_names(header, delimiter)
    known = [name for name in names if name in COLUMNS]
    if not known:
        raise BadInput("its first line names none of the columns that are read: see docs/folder.md for them")
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise BadInput(f"it has more than one column {', '.join(twice)}: leave one")
    return names


def _records(
    lines: Sequence[str], start: int, delimiter: str, names: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Gives each line's number with its cells, or with what is wrong with it."""
    at = start
    while at < len(lines):
        if not lines[at].strip(f" {delimiter}"):
            at += 1
            continue
        cells, taken = _record(lines, at, delimiter, names)
        if found := _by_name(cells, names):
            yield at + 1, found
        at += taken


def _record(
    lines: Sequence[str], at: int, delimiter: str, names: Sequence[str]
) -> tuple[list[str] | None, int]:
    """Returns the cells that begin in a line, and over how many lines they go; None: they cannot be read."""
    cells = _parsed(lines[at], delimiter)
    if cells is not None or lines[at].count('"') % 2 == 0:
        return cells, 1
    for length in range(2, min(_MOST_LINES, len(lines) - at) + 1):
        cells = _parsed("\n".join(lines[at : at + length]), delimiter)
        if cells is None:
            continue
        # A stray quote would swallow good lines: a cell over several lines is taken only beside our columns.
        long = {name for name, cell in zip(names, cells, strict=False) if "\n" in cell}
        if len(cells) == len(names) and not long & COLUMNS:
            return cells, length
        break
    return None, 1


def _parsed(text: str, delimiter: str) -> list[str] | None:
    try:
        (found,) = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    return found


def _by_name(cells: Sequence[str] | None, names: Sequence[str]) -> Mapping[str, str] | str:
    if cells is None:
        return "its quotes do not match"
    if any(cell.strip() for cell in cells[len(names) :]):
        return "it has more cells than the first line has columns"
    found = (
        (name, unguarded(cell.strip(" \u00a0")).strip()) for name, cell in zip(names, cells, strict=False)
    )
    return {name: cell for name, cell in found if name in COLUMNS and cell}
