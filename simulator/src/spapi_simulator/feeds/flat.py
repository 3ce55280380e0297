"""Flat-file feeds: a line of column names and a line for each record, with tabs between."""

from collections.abc import Iterable
from dataclasses import dataclass

from spapi_simulator.feeds.messages import Problem, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record; `number` counts from 1 after the line of column names."""

    number: str
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")


def read(text: str, *, needed: Iterable[str]) -> list[Row]:
    """Return the records of a file.

    Lines of a template before the column names (`TemplateType=…`) and empty lines are passed over; a column
    that is not known stays unread.

    Raises:
        Unreadable: A needed column is missing, or there is no record.
    """
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    first = next((cells for cells in lines if any(cells) and not cells[0].startswith("TemplateType=")), [])
    columns = [name.strip().lower() for name in first]
    if missing := [name for name in needed if name not in columns]:
        raise Unreadable(Problem.MISSING_COLUMN, f"The column {missing[0]} is missing.")
    records = [cells for cells in lines[lines.index(first) + 1 :] if any(cell.strip() for cell in cells)]
    if not records:
        raise Unreadable(Problem.UNREADABLE, "The file holds no record.")
    return [
        Row(
            number=str(number),
            fields={name: _plain(cell) for name, cell in zip(columns, cells, strict=False)},
        )
        for number, cells in enumerate(records, start=1)
    ]


def _plain(cell: str) -> str:
    """Return a cell without the quotes that spreadsheets put around some."""
    text = cell.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip()
    return text
