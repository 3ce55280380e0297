"""Labels as PDF: one page of 4 by 6 inches, and more for the packing slip."""

import io
import unicodedata

from reportlab.graphics.barcode.code128 import (  # type: ignore[import-untyped]  # reportlab has no types
    Code128,
)
from reportlab.lib.units import inch  # type: ignore[import-untyped]  # as above
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # as above
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # as above
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # as above

from spapi_simulator.merchant_fulfillment.label import (
    LENGTH,
    NOT_REAL,
    WIDTH,
    Label,
    bars,
    fits_western,
    printable,
    western,
)

_MARGIN = 14.0
_SLIP_LINES = 34
_PAGE = (WIDTH * inch, LENGTH * inch)
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_JAPANESE, _KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"
"""Fonts that PDF readers bring along, so that no font file is needed."""


def draw(label: Label) -> bytes:
    """Return the label as a PDF; the same label gives the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, invariant=1)
    canvas.setTitle(f"{label.carrier} {label.tracking}")
    _front(canvas, label)
    canvas.showPage()
    for first in range(0, len(label.slip), _SLIP_LINES):
        lines = ("Packing slip", *label.slip[first : first + _SLIP_LINES])
        _lines(canvas, lines, top=_PAGE[1] - 26, size=9, font=_PLAIN)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _front(canvas: Canvas, label: Label) -> None:
    wide, high = _PAGE
    canvas.rect(6, 6, wide - 12, high - 12)
    _lines(canvas, (f"{label.carrier}  {label.service}",), top=high - 28, size=13, font=_BOLD)
    _lines(canvas, label.sender, top=high - 48, size=7, font=_PLAIN)
    canvas.line(6, high - 122, wide - 6, high - 122)
    _lines(canvas, ("SHIP TO",), top=high - 136, size=8, font=_PLAIN)
    _lines(canvas, label.recipient, top=high - 154, size=12, font=_BOLD)
    canvas.line(6, 150, wide - 6, 150)
    _lines(canvas, (label.facts(),), top=136, size=8, font=_PLAIN)
    modules = sum(width for _, width in bars(label.tracking))
    bar = min(1.4, (wide - 40) / modules)
    barcode = Code128(label.tracking, barHeight=72, barWidth=bar, quiet=False)
    barcode.drawOn(canvas, (wide - bar * modules) / 2, 50)
    _lines(canvas, (f"TRACKING # {label.tracking}",), top=36, size=10, font=_BOLD)
    _lines(canvas, (NOT_REAL,), top=18, size=7, font=_PLAIN)


def _lines(canvas: Canvas, lines: tuple[str, ...], *, top: float, size: float, font: str) -> None:
    for number, line in enumerate(lines):
        name, shown = _lettering(line, font)
        fitting = size
        while fitting > 4 and canvas.stringWidth(shown, name, fitting) > _PAGE[0] - 2 * _MARGIN:
            fitting -= 0.5
        canvas.setFont(name, fitting)
        canvas.drawString(_MARGIN, top - number * size * 1.25, shown)


def _lettering(line: str, font: str) -> tuple[str, str]:
    """Return the font that has the letters of a line, and the line as that font can write it."""
    shown = printable(line)
    if fits_western(shown):
        return font, shown
    name = _eastern_font(shown)
    if not name:
        return font, western(shown)
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    # These fonts write two bytes for each letter, so they have none beyond them.
    return name, "".join(letter if ord(letter) <= 0xFFFF else "?" for letter in shown)


def _eastern_font(line: str) -> str:
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in line}
    if scripts & {"HIRAGANA", "KATAKANA"}:
        return _JAPANESE
    if "HANGUL" in scripts:
        return _KOREAN
    return _JAPANESE if "CJK" in scripts else ""
