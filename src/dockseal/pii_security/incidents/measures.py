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
        subjects: Gives what it can be done to now; None: it is done to the whole installation.
        act: Does it to one of them (empty: to the whole); returns what was done, in a sentence.
    """

    code: str
    title: str
    does: str
    subjects: Callable[[], Sequence[str]] | None
    act: Callable[[str, str, Actor], str]
    """Takes the subject, the case's id and who does it."""
    takes: Callable[[str], bool] | None = None
    """Tells whether it can be done to somebody who is not among the choices; None: to nobody else."""

    def choices(self) -> tuple[str, ...]:
        """Returns what it can be done to now; none where that is the whole installation, or nothing."""
        return tuple(self.subjects()) if self.subjects is not None else ()

    def check(self, subject: str) -> None:
        """Refuses what it cannot be done to.

        Raises:
            BadInput: says what it can be done to.
        """
        if self.subjects is None:
            if subject:
                raise BadInput(f"{self.code} is done to the whole installation: name nothing")
        elif subject not in (choices := self.choices()):
            if self.takes is not None and self.takes(subject):
                return
            can = f"choose one of {', '.join(choices)}" if choices else "there is nothing of the kind"
            raise BadInput(f"{self.code} cannot be done to {subject[:60] or 'nothing'}: {can}")


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
