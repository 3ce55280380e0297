"""Holds of packages before Amazon is told of them: those that a person may overrule."""

from enum import StrEnum


class ParcelHold(StrEnum):
    """Codes of holds that a person may overrule; every other one is settled by a correction alone."""

    CARRIER_UNKNOWN = "carrier_unknown"
    """The carrier's name leads to none of Amazon's; a person says which one is meant."""
    CARRIER_CONTRADICTED = "carrier_contradicted"
    """The number is another carrier's."""
    NUMBER_WRONG = "number_wrong"
    """Its check digit does not fit."""
    NUMBER_USED = "number_used"
    """A parcel of another order, or of another carrier, has the same number."""
    NUMBER_UNUSABLE = "number_unusable"
    """What stands in its place is no number, such as two of them or a text."""
    NUMBER_MISSING = "number_missing"
    """It has none, and its service is not known to be untracked."""
    FEEDS_OFF = "feeds_off"
    """It has none, and goes by a feed alone, which are switched off."""


_CODES = frozenset(each.value for each in ParcelHold)


def may_be_cleared(code: str) -> bool:
    """Tells whether a person may let a package go that is held for this."""
    return code in _CODES
