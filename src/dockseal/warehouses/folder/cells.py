"""Cells that no spreadsheet program takes for a formula, and the way back."""

import re

_RISKY = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n']")
"""How a text begins that a spreadsheet program would run, or that looks guarded already."""
_WRAPPED = re.compile(r'="([^"]*)"')
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")


def guarded(text: str) -> str:
    """Returns a text with an apostrophe before it if a spreadsheet program would run it."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(cell: str) -> str:
    """Returns what stands in a cell, without the apostrophe of `guarded` or a wrapping `="…"`."""
    if cell[:1] == "'" and _RISKY.match(cell[1:]):
        return cell[1:]
    wrapped = _WRAPPED.fullmatch(cell.strip())
    return wrapped[1] if wrapped else cell


def is_rounded(cell: str) -> bool:
    """Tells whether a spreadsheet program rounded a long number, as in `1.23457E+13`: the digits are lost."""
    return _ROUNDED.fullmatch(cell) is not None
