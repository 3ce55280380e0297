"""What is printed on a label, whatever it is printed with: 4 by 6 inches of text and one barcode."""

import unicodedata
from dataclasses import dataclass
from itertools import groupby

from reportlab.graphics.barcode.code128 import (  # type: ignore[import-untyped]  # reportlab has no types
    Code128,
)

WIDTH, LENGTH = 4, 6
"""In inches."""
NOT_REAL = "SIMULATED LABEL - NOT VALID FOR SHIPPING"
_BY_HAND = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The words of a label. Its repr shows nothing, since it names a buyer.

    Attributes:
        sender, recipient: Their addresses, line by line.
        order_id: Printed where the seller asked for it (StandardIdForLabel).
        custom_text: The seller's own words, for ZPL203 alone.
        slip: The lines of a packing slip, empty where none was asked for.
    """

    carrier: str
    service: str
    tracking: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    weight: str
    ship_date: str
    order_id: str = ""
    custom_text: str = ""
    slip: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Label(…)"

    def facts(self) -> str:
        """Return the line between the addresses and the barcode."""
        return "   ".join(part for part in (self.ship_date, self.weight, self.order_id) if part)


def printable(text: str) -> str:
    """Return text without control characters, which would end a line or a command."""
    return "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)


def western(text: str) -> str:
    """Return text in letters that every western font has: ą becomes a, what has no such letter becomes ?."""
    kept = []
    for character in printable(text):
        if fits_western(character):
            kept.append(character)
            continue
        bare = unicodedata.normalize("NFKD", character.translate(_BY_HAND))
        kept.append(bare.encode("cp1252", "ignore").decode("cp1252") or "?")
    return "".join(kept)


def fits_western(text: str) -> bool:
    """Say whether a western font has every letter of a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def columns(text: str) -> int:
    """Return how wide a text is in western letters; eastern ones are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def bars(text: str) -> list[tuple[bool, int]]:
    """Return a Code 128 barcode as runs of bars (True) and gaps, each so many modules wide."""
    barcode = Code128(text)
    barcode.validate()
    barcode.encode()
    barcode.decompose()
    widths = [(run.isupper(), ord(run.lower()) - ord("a") + 1) for run in barcode.decomposed]
    return [(dark, sum(width for _, width in runs)) for dark, runs in groupby(widths, key=lambda run: run[0])]
