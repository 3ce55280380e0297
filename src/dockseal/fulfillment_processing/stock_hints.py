"""Reads the stock hints: a CSV with the columns sku, warehouse and quantity."""

import csv
from collections.abc import Iterator
from pathlib import Path

from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import SettingsFault

COLUMNS = ("sku", "warehouse", "quantity")
_MOST_FAULTS = 10
_MOST_DIGITS = 9

Hints = dict[tuple[str, WarehouseId], int | None]


def read_hints(path: Path) -> Hints:
    """Reads how much of each SKU each warehouse has; an empty quantity is some, nobody says how much.

    Raises:
        SettingsFault: it cannot be read, or lines of it cannot; the first ten are named.
    """
    hints: Hints = {}
    faults: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for fault in _taken_into(hints, file):
                faults.append(f"{path.name} {fault}")
    except (OSError, UnicodeDecodeError, csv.Error) as broken:
        why = broken.strerror if isinstance(broken, OSError) else "it is no CSV in UTF-8"
        faults.append(f"the stock hints {path} cannot be read ({why}): mend the file, or take it out")
    if faults:
        raise SettingsFault(tuple(faults[:_MOST_FAULTS]))
    return hints


def _taken_into(hints: Hints, file: Iterator[str]) -> Iterator[str]:
    rows = csv.DictReader(file)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        yield f"line 1: write the columns {','.join(COLUMNS)}"
        return
    for row in rows:
        sku, warehouse, quantity = (str(row[name] or "").strip() for name in COLUMNS)
        if not sku or not warehouse or None in row:
            yield f"line {rows.line_num}: a line is a SKU, a warehouse and a quantity"
        elif quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) <= _MOST_DIGITS):
            yield f"line {rows.line_num}: the quantity {quantity[:20]!r} is no whole number"
        elif (sku, WarehouseId(warehouse)) in hints:
            yield f"line {rows.line_num}: {sku} at {warehouse} is there twice; keep one of both lines"
        else:
            hints[sku, WarehouseId(warehouse)] = int(quantity) if quantity else None
