"""X12 as written: segments, delimiters, and envelopes with their counts and control numbers.

X12 has no escape: a value that holds a delimiter cannot be sent. Whoever builds segments sees to that before
(`texts`), and the writer refuses what slipped through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ISA_LENGTH = 106
"""Characters of the ISA segment, with its terminator (X12.5: all its fields have a fixed length)."""
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""Characters of ISA01 to ISA16."""
REPEATS_SINCE = "00402"
"""From this version on ISA11 is the delimiter of repetitions; before, it is the letter U."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """What parts values, as the ISA segment declares it."""

    element: str = "*"
    component: str = ">"
    repetition: str = "^"
    """Empty before version 00402, which knows none."""
    segment: str = "~"
    line_end: str = ""
    """Written behind each segment terminator for human readers; never part of a value."""

    def in_use(self) -> str:
        """Returns the characters that no value may hold."""
        return self.element + self.component + self.repetition + self.segment + self.line_end


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its tag and its elements, which X12 counts from 1."""

    tag: str
    elements: tuple[str, ...] = ()

    def __getitem__(self, position: int) -> str:
        """Returns an element, empty if the segment ends before it."""
        return self.elements[position - 1] if position <= len(self.elements) else ""


def segment(tag: str, *elements: str) -> Segment:
    """Returns a segment without the empty elements at its end, which X12 does not write."""
    last = max((at for at, element in enumerate(elements, 1) if element), default=0)
    return Segment(tag, elements[:last])


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A transaction set that is to be written."""

    code: str
    """Which one it is, such as 940."""
    segments: tuple[Segment, ...]
    """Those between its ST and its SE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One end of the exchange."""

    qualifier: str
    id: str
    group: str
    """Its code in GS02 or GS03."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What goes around transaction sets: one interchange with one functional group."""

    sender: Address
    receiver: Address
    version: str
    """Of the group (GS08), such as 004010."""
    usage: str
    """P for production, T for test."""
    delimiters: Delimiters
    encoding: str = "ascii"

    def wrap(self, code: str, number: int, at: datetime, *, documents: Sequence[Document]) -> bytes:
        """Returns an interchange.

        Args:
            code: The functional identifier (GS01), such as OW.
            number: The control number of the interchange and of its group, 1 to 999,999,999.
            at: Its time, in the zone that it is to show.
            documents: Its transaction sets.

        Raises:
            ValueError: a value holds a delimiter, or what the encoding does not know; the text names its
                place, not its content.
        """
        segments = [self._isa(number, at), self._gs(code, number, at)]
        for position, document in enumerate(documents, 1):
            control = set_number(position)
            segments.append(segment("ST", document.code, control))
            segments.extend(document.segments)
            segments.append(segment("SE", str(len(document.segments) + 2), control))
        segments.append(segment("GE", str(len(documents)), str(number)))
        segments.append(segment("IEA", "1", f"{number:09}"))
        text = "".join(self._written(each) for each in segments)
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            pass
        # Raised out here, the error does not carry the other one, which holds the whole text.
        raise ValueError(f"a value holds what {self.encoding} does not have")

    def _isa(self, number: int, at: datetime) -> Segment:
        version = self.version[:5]
        values = (
            *("00", "", "00", ""),
            *(self.sender.qualifier, self.sender.id, self.receiver.qualifier, self.receiver.id),
            *(f"{at:%y%m%d}", f"{at:%H%M}", self.delimiters.repetition or "U", version),
            *(f"{number:09}", "0", self.usage, self.delimiters.component),
        )
        return Segment(
            "ISA", tuple(text.ljust(width) for text, width in zip(values, ISA_WIDTHS, strict=True))
        )

    def _gs(self, code: str, number: int, at: datetime) -> Segment:
        ends = (self.sender.group, self.receiver.group)
        return segment("GS", code, *ends, f"{at:%Y%m%d}", f"{at:%H%M}", str(number), "X", self.version)

    def _written(self, each: Segment) -> str:
        parts = self.delimiters
        for position, element in enumerate(each.elements, 1):
            if each.tag != "ISA" and any(character in parts.in_use() for character in element):
                raise ValueError(f"{each.tag}{position:02} holds a delimiter")
        return parts.element.join((each.tag, *each.elements)) + parts.segment + parts.line_end


def set_number(position: int) -> str:
    """Returns the control number of the transaction set at a position in its group, counted from 1."""
    return f"{position:04}"
