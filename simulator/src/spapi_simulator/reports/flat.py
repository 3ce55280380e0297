"""Tab-delimited text, as Amazon writes it: a head line, no quotes, one line for each row."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def table(columns: Mapping[str, Callable[[Row], str]], rows: Iterable[Row]) -> str:
    """Return a table; without rows only its head.

    There are no quotes to hide behind in this format, so a tab or a line break within a value becomes a
    space: no name can add a column or a row.
    """
    lines = ["\t".join(columns)]
    lines += ("\t".join(cell(value(row)) for value in columns.values()) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def cell(value: str) -> str:
    """Return a value as it may stand in one cell."""
    return value if value.isprintable() else _BREAKS.sub(" ", value)
