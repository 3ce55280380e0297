"""A printed sheet: headings, lines, tables and a barcode, in whatever script a text is written."""

from collections.abc import Sequence

from barcode import Code128
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from dockseal.errors import BadInput
from dockseal.warehouses.by_hand.fonts import Fonts

_MAIN = "main"
_MODULE = 0.33
"""Width of a barcode's narrowest bar in millimetres; a hand scanner reads it from a laser print."""
_BARS = 13.0
_WIDE = 170.0


class Sheet:
    """One PDF document, A4.

    Args:
        fonts: The fonts of this machine.
        texts: Every text that will be written, so that fonts for all of them are there.
        title: What the document is called; holds nothing of a buyer.

    Raises:
        BadInput: a text has letters that no font of this machine has.
    """

    def __init__(self, fonts: Fonts, texts: Sequence[str], *, title: str) -> None:
        places = fonts.needed_for("".join(texts))
        if places is None:
            raise BadInput(
                "a text of this sheet has letters that no font of this machine has: install more fonts, such "
                "as Debian's fonts-noto-core, or open the order in the console, where your browser shows it"
            )
        self._pdf = FPDF(format="A4", unit="mm")
        self._pdf.set_title(title)
        self._pdf.set_creator("Dockseal")
        names = [_MAIN, *(f"more-{number}" for number in range(1, len(places)))]
        for name, place in zip(names, places, strict=True):
            self._pdf.add_font(name, fname=place)
        self._pdf.set_fallback_fonts(names[1:], exact_match=False)
        self._pdf.set_text_shaping(use_shaping_engine=True)
        self._pdf.set_margins(20, 18)
        self._pdf.set_auto_page_break(auto=True, margin=18)
        self._pdf.add_page()

    def heading(self, text: str) -> None:
        """Writes a heading."""
        self._write(text, size=17, above=0, height=9)

    def line(self, text: str, *, size: float = 11, above: float = 0) -> None:
        """Writes a text over as many lines as it takes.

        Args:
            text: What is written.
            size: In points.
            above: Space above it, in millimetres.
        """
        self._write(text, size=size, above=above, height=size * 0.5)

    def barcode(self, text: str) -> None:
        """Draws a text as a Code 128 barcode, with the text below it for who has no scanner."""
        bars = Code128(text).build()[0]
        left, top = self._pdf.l_margin, self._pdf.get_y() + 3
        module = min(_MODULE, _WIDE / len(bars))
        for number, bar in enumerate(bars):
            if bar == "1":
                self._pdf.rect(left + number * module, top, module, _BARS, style="F")
        self._pdf.set_y(top + _BARS + 1)
        self._write(text, size=9, above=0, height=5)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Writes a table; long texts break inside their cells.

        Args:
            heads: What stands above each column.
            rows: The texts, row by row.
            widths: How wide the columns are against each other.
        """
        self._pdf.set_y(self._pdf.get_y() + 4)
        self._pdf.set_font(_MAIN, size=10)
        with self._pdf.table(
            col_widths=tuple(widths),
            text_align="LEFT",
            borders_layout="HORIZONTAL_LINES",
            line_height=6,
            first_row_as_headings=False,
        ) as table:
            for texts in (heads, *rows):
                row = table.row()
                for text in texts:
                    row.cell(text)

    def pdf(self) -> bytes:
        """Returns the document."""
        return bytes(self._pdf.output())

    def _write(self, text: str, *, size: float, above: float, height: float) -> None:
        self._pdf.set_y(self._pdf.get_y() + above)
        self._pdf.set_font(_MAIN, size=size)
        self._pdf.multi_cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
