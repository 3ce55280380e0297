"""What a clause of the policy is here: a control, and what a look at it finds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dockseal.monitoring_audit.compliance.facts import Facts

COMPARE_FIRST = (
    "The clauses were rebuilt from Amazon's public pages and from readers of the policy. Before anything is "
    "claimed to Amazon, somebody with a seller login compares them with Amazon's live text."
)
"""Said wherever compliance is printed."""


class Certainty(StrEnum):
    """How sure it is that the policy says so."""

    AMAZON = "A"
    """Read on a page of Amazon's."""
    READERS = "S"
    """Two or more independent readers of the policy agree."""
    READER = "s"
    """One reader says so."""
    UNVERIFIED = "U"


class Verdict(StrEnum):
    """How a clause stands."""

    MET = "MET"
    """The running system enforces it, and shows that now."""
    NOT_MET = "NOT MET"
    """It does not, or the product lacks it."""
    ORGANISATIONAL = "ORGANISATIONAL"
    """People see to it; what they put on record still holds, or they put nothing on record yet."""
    OVERDUE = "OVERDUE"
    """People see to it, and what they put on record has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a probe found.

    Attributes:
        met: Whether the control works now.
        sentence: What was found; where it does not work, what to do.
        figures: Numbers and words that say the same, by name; never personal.
    """

    met: bool
    sentence: str
    figures: tuple[tuple[str, str | int], ...] = ()


Probe = Callable[[Facts], Evidence]
"""Looks at the facts of a running system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One clause, or the part of one that is seen to in one way.

    It has a probe (software enforces it), or `lacks` (it should, and does not), or neither: people do it.

    Attributes:
        id: The clause; with a word behind it where a clause has several parts.
        title: What it asks for, in our words.
        certainty: How sure that is.
        enforced_by: Modules that enforce it, below `src/dockseal`.
        proved_by: Tests that prove it, as pytest names them.
        probe: Shows whether it works now.
        lacks: What the product does not have of it, and what to do; a sentence.
        every: How often people do it; None: it has no term.
        template: What people begin with, below the project.
    """

    id: str
    title: str
    certainty: Certainty
    enforced_by: tuple[str, ...] = ()
    proved_by: tuple[str, ...] = ()
    probe: Probe | None = None
    lacks: str = ""
    every: timedelta | None = None
    template: str = ""

    @property
    def by_people(self) -> bool:
        """Whether it is people alone who see to it."""
        return self.probe is None and not self.lacks
