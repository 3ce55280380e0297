"""The outcome of connecting a seller: what is done, what is not known yet, and what is missing.

Each line that is not done says the next step.
"""

from dataclasses import dataclass
from enum import StrEnum

from dockseal.domain.identifiers import SellerId


class Standing(StrEnum):
    """How one thing stands."""

    DONE = "done"
    MISSING = "missing"
    UNKNOWN = "not known yet"
    """Nobody can find out now, and nobody has to do anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that a connected seller has."""

    name: str
    standing: Standing
    sentence: str
    """What there is, or the next step."""

    @property
    def done(self) -> bool:
        """Whether it is there."""
        return self.standing is Standing.DONE

    @property
    def missing(self) -> bool:
        """Whether somebody must do something."""
        return self.standing is Standing.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """All of them."""

    seller: SellerId
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        """How many things are missing."""
        return sum(line.missing for line in self.lines)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def unfinished(seller: SellerId) -> str:
    """Returns why a seller rests that consented, and of which nothing more is known."""
    return f"it is not connected to its end: run `dockseal sellers connect {seller} --again`"


def done(name: str, sentence: str) -> Line:
    """Returns a line of what is there."""
    return Line(name=name, standing=Standing.DONE, sentence=sentence)


def missing(name: str, sentence: str) -> Line:
    """Returns a line of what is missing, with the next step."""
    return Line(name=name, standing=Standing.MISSING, sentence=sentence)


def unknown(name: str, sentence: str) -> Line:
    """Returns a line of what cannot be found out now."""
    return Line(name=name, standing=Standing.UNKNOWN, sentence=sentence)
