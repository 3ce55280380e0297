"""Labels as PNG: 4 by 6 inches in black and white at 203 dots per inch.

The font comes with reportlab and knows western letters alone, so carriers of Japan offer no PNG here.
"""

import io
from functools import cache
from pathlib import Path

import reportlab  # type: ignore[import-untyped]  # reportlab has no types
from PIL import Image, ImageDraw, ImageFont

from spapi_simulator.merchant_fulfillment.label import LENGTH, NOT_REAL, WIDTH, Label, bars, western

DOTS = 203
_MARGIN = 36
_WIDE, _HIGH = WIDTH * DOTS, LENGTH * DOTS
_BLACK = 0
_FONTS = Path(reportlab.__file__).parent / "fonts"


def draw(label: Label) -> bytes:
    """Return the label as a PNG; the same label gives the same bytes."""
    image = Image.new("1", (_WIDE, _HIGH), 1)
    pen = ImageDraw.Draw(image)
    pen.rectangle((16, 16, _WIDE - 16, _HIGH - 16), outline=_BLACK, width=3)
    _lines(pen, (f"{label.carrier}  {label.service}",), top=44, size=36)
    _lines(pen, label.sender, top=100, size=20)
    pen.line((16, 344, _WIDE - 16, 344), fill=_BLACK, width=3)
    _lines(pen, ("SHIP TO",), top=360, size=22)
    _lines(pen, label.recipient, top=396, size=34)
    pen.line((16, 790, _WIDE - 16, 790), fill=_BLACK, width=3)
    _lines(pen, (label.facts(),), top=806, size=22)
    _barcode(pen, label.tracking)
    _lines(pen, (f"TRACKING # {label.tracking}",), top=1090, size=28)
    _lines(pen, (NOT_REAL,), top=1152, size=20)
    out = io.BytesIO()
    image.save(out, format="PNG", dpi=(DOTS, DOTS))
    return out.getvalue()


def _barcode(pen: ImageDraw.ImageDraw, text: str) -> None:
    runs = bars(text)
    module = max(1, (_WIDE - 2 * _MARGIN) // sum(width for _, width in runs))
    left = (_WIDE - module * sum(width for _, width in runs)) // 2
    for dark, width in runs:
        if dark:
            pen.rectangle((left, 850, left + module * width - 1, 1070), fill=_BLACK)
        left += module * width


def _lines(pen: ImageDraw.ImageDraw, lines: tuple[str, ...], *, top: int, size: int) -> None:
    for number, line in enumerate(lines):
        shown, fitting = western(line), size
        while fitting > 10 and pen.textlength(shown, font=_font(fitting)) > _WIDE - 2 * _MARGIN:
            fitting -= 2
        pen.text((_MARGIN, top + number * int(size * 1.3)), shown, font=_font(fitting), fill=_BLACK)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / "VeraBd.ttf"), size)
