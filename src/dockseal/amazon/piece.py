"""Reads fields out of Amazon's JSON; what cannot be read is named by order and field, never by content."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dockseal.domain.clock import parse_instant
from dockseal.domain.withheld import Withheld
from dockseal.errors import AnswerUnreadable

_MOST = 1_000_000
_LONGEST = 20_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Half characters and NUL: JSON can carry them, and no database keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Withheld):
    """One JSON object of an answer.

    Attributes:
        whose: What it belongs to, in words, such as `order 113-0000000-0000000`.
        path: Where in the answer it stands.
        values: Its fields, as they came.
    """

    whose: str
    path: str = ""
    values: Mapping[str, object] = field(repr=False)

    def text(self, name: str) -> str:
        """Returns a text; an absent field, null or another type is an empty one."""
        value = self.values.get(name)
        return _storable(value).strip() if isinstance(value, str) else ""

    def needed_text(self, name: str) -> str:
        """Returns a text that must be there."""
        text = self.text(name)
        if not text:
            raise self.fault(name, "a text")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """Returns the texts of a list; whatever is no text is left out."""
        value = self.values.get(name)
        return (
            tuple(_storable(each) for each in value if isinstance(each, str))
            if isinstance(value, list)
            else ()
        )

    def flag(self, name: str) -> bool:
        """Returns a boolean, also one written as a text (Orders v0 does)."""
        value = self.values.get(name)
        return value is True or (isinstance(value, str) and value.strip().lower() == "true")

    def count(self, name: str, default: int | None = None) -> int:
        """Returns a whole number that is not negative; `default` when the field is absent or null."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
            raise self.fault(name, f"a whole number from 0 to {_MOST}")
        return value

    def instant(self, name: str) -> datetime | None:
        """Returns an instant, None when the field is absent, null or empty."""
        text = self.text(name)
        if not text:
            return None
        try:
            return parse_instant(text)
        except (ValueError, OverflowError):
            raise self.fault(name, "an instant with a zone") from None

    def needed_instant(self, name: str) -> datetime:
        """Returns an instant that must be there."""
        instant = self.instant(name)
        if instant is None:
            raise self.fault(name, "an instant with a zone")
        return instant

    def piece(self, name: str) -> "Piece":
        """Returns an inner object; an absent one is empty."""
        value = self.values.get(name)
        return self._inner(name, value if isinstance(value, dict) else {})

    def has(self, name: str) -> bool:
        """Tells whether an inner object is there, even an empty one."""
        return isinstance(self.values.get(name), dict)

    def pieces(self, name: str) -> Iterator["Piece"]:
        """Yields the objects of a list; an absent list is empty."""
        value = self.values.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.fault(name, "a list")
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                raise self.fault(f"{name}[{index}]", "an object")
            yield self._inner(f"{name}[{index}]", each)

    def needed_pieces(self, name: str) -> Iterator["Piece"]:
        """Yields the objects of a list that must be there; it may be empty."""
        if self.values.get(name) is None:
            raise self.fault(name, "a list")
        return self.pieces(name)

    def fault(self, name: str, wanted: str) -> AnswerUnreadable:
        """Returns the error for one field."""
        return AnswerUnreadable(
            f"Amazon's answer for {self.whose} has no usable {self.path}{name} (it should be {wanted}): look "
            "at it in Seller Central, and ship it there if it cannot wait"
        )

    def _inner(self, name: str, values: Mapping[str, object]) -> "Piece":
        return Piece(whose=self.whose, path=f"{self.path}{name}.", values=values)


def _storable(text: str) -> str:
    """Returns a text as it can be kept: without half characters, and not endless."""
    return _UNSTORABLE.sub("\ufffd", text)[:_LONGEST]
