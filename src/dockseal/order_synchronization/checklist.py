"""The outcome of connecting a seller: what is done, and for each thing missing the next step."""

from dataclasses import dataclass

from dockseal.domain.identifiers import SellerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that a connected seller has."""

    name: str
    done: bool
    sentence: str
    """What there is, or the next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """All of them."""

    seller: SellerId
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        """How many things are missing."""
        return sum(not line.done for line in self.lines)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def unfinished(seller: SellerId) -> str:
    """Returns why a seller rests that consented, and of which nothing more is known."""
    return f"it is not connected to its end: run `dockseal sellers connect {seller} --again`"


def done(name: str, sentence: str) -> Line:
    """Returns a line of what is there."""
    return Line(name=name, done=True, sentence=sentence)


def missing(name: str, sentence: str) -> Line:
    """Returns a line of what is missing, with the next step."""
    return Line(name=name, done=False, sentence=sentence)
