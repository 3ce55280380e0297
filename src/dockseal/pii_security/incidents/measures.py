"""Measures: what an officer can revoke or stop at once, each with what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One button.

    Attributes:
        code: Names it, in the audit trail too.
        title: What the button says.
        does: What happens, and what does not, in a sentence or two.
        subjects: Gives what it can be done to; empty: it is done to the whole installation.
        act: Does it to one of them (empty: to the whole); returns what was done, in a sentence.
    """

    code: str
    title: str
    does: str
    subjects: Callable[[], Sequence[str]]
    act: Callable[[str, str, Actor], str]
    """Takes the subject, the case's id and who does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All of them, in the order in which an officer thinks of them."""

    all: tuple[Measure, ...]

    def named(self, code: str) -> Measure:
        """Returns one.

        Raises:
            BadInput: none has this code.
        """
        found = next((each for each in self.all if each.code == code), None)
        if found is None:
            codes = ", ".join(each.code for each in self.all)
            raise BadInput(f"{code[:40]} is no measure: choose one of {codes}")
        return found
