"""What a rule of a carrier's tracking numbers is, and how a number reads by it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum

Check = Callable[[str], bool]
"""Tells whether the last of these characters is right for those before it."""


class Reading(Enum):
    """How a number of a rule's shape stands to its check digit."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"
    """The rule has no check digit, or none that is published."""


class Confidence(IntEnum):
    """How much it says that a number fits a rule: the higher, the more."""

    FORMAT = 1
    """Of a shape that others use as well."""
    EXCLUSIVE_FORMAT = 2
    """Of a shape that nobody else uses."""
    CHECK = 3
    """Of a shape that others use as well, with the right check digit."""
    EXCLUSIVE_CHECK = 4
    """Of a shape that nobody else uses, with the right check digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of tracking number."""

    name: str
    carriers: tuple[str, ...]
    """Who issues such numbers, by Amazon's code; by name where Amazon has no code for it."""
    shared: tuple[str, ...] = ()
    """Who else hands parcels over under such numbers, although they are not its own."""
    pattern: re.Pattern[str]
    """The whole of a normalised number. Its group `checked`, if it has one, is what `check` looks at."""
    shape: str
    """The same in words."""
    check: Check | None = None
    exclusive: bool = False
    """No other carrier issues numbers of this shape, those in `shared` left aside."""
    source: str

    def read(self, number: str) -> Reading | None:
        """Returns how a normalised number reads by this rule; None: it is not of its shape."""
        found = self.pattern.fullmatch(number)
        if found is None:
            return None
        if self.check is None:
            return Reading.NONE
        covered = found["checked"] if "checked" in self.pattern.groupindex else number
        return Reading.RIGHT if self.check(covered) else Reading.WRONG

    def used_by(self, carrier: str) -> bool:
        """Tells whether a carrier's parcels go under such numbers."""
        return carrier in self.carriers or carrier in self.shared

    @property
    def confidence(self) -> Confidence:
        """How much it says that a number fits, where its check digit is right if there is one."""
        if self.check is not None:
            return Confidence.EXCLUSIVE_CHECK if self.exclusive else Confidence.CHECK
        return Confidence.EXCLUSIVE_FORMAT if self.exclusive else Confidence.FORMAT
