"""Labels as ZPL II, for label printers of 203 or 300 dots per inch."""

from spapi_simulator.merchant_fulfillment.label import (
    LENGTH,
    NOT_REAL,
    WIDTH,
    Label,
    columns,
    printable,
)

_SPECIAL = {letter: f"_{ord(letter):02X}" for letter in "^~\\_"}
"""What begins a command, or would be read as an escape, with its code after ^FH."""
_BARCODE_MODULE = 3
_MARGIN, _ROOM = 36, 740
_LETTER = 0.5
"""How wide the printer's own font is on average, for its height."""


def draw_203(label: Label) -> bytes:
    """Return the label for a printer of 203 dots per inch, with the seller's own text."""
    return _draw(label, dots=203)


def draw_300(label: Label) -> bytes:
    """Return the label for a printer of 300 dots per inch."""
    return _draw(label, dots=300)


def escape(text: str) -> str:
    """Return text in which nothing is a command: what a buyer is called must never drive a printer."""
    return "".join(_SPECIAL.get(letter, letter) for letter in printable(text))


def _draw(label: Label, *, dots: int) -> bytes:
    def at(value: float) -> int:
        return round(value * dots / 203)

    def words(lines: tuple[str, ...], top: float, size: float) -> list[str]:
        commands = []
        for number, line in enumerate(lines):
            high = min(size, _ROOM / max(1, columns(line)) / _LETTER)
            place = f"^FO{at(_MARGIN)},{at(top + number * size * 1.25)}"
            commands.append(f"{place}^A0N,{at(high)},{at(high * 0.85)}^FH^FD{escape(line)}^FS")
        return commands

    custom = (label.custom_text,) if label.custom_text and dots == 203 else ()
    commands = [
        "^XA",
        "^CI28",
        f"^PW{WIDTH * dots}",
        f"^LL{LENGTH * dots}",
        f"^FO{at(16)},{at(16)}^GB{at(780)},{at(1186)},{at(3)}^FS",
        *words((f"{label.carrier}  {label.service}",), 44, 38),
        *words(label.sender, 100, 24),
        f"^FO{at(16)},{at(344)}^GB{at(780)},0,{at(3)}^FS",
        *words(("SHIP TO",), 360, 24),
        *words(label.recipient, 396, 38),
        f"^FO{at(16)},{at(790)}^GB{at(780)},0,{at(3)}^FS",
        *words((label.facts(),), 806, 24),
        *words(custom, 832, 24),
        f"^FO{at(80)},{at(866)}^BY{at(_BARCODE_MODULE)}^BCN,{at(200)},N,N,N^FD{escape(label.tracking)}^FS",
        *words((f"TRACKING # {label.tracking}",), 1090, 30),
        *words((NOT_REAL,), 1152, 22),
        "^XZ",
    ]
    return "\n".join(commands).encode()
