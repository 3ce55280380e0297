"""Our references as X12 carries them: W0502 and W0602 hold 22 characters, and ours can have more."""

import re

from dockseal.domain.identifiers import ReleaseRef

LONGEST = 22
"""Characters of the depositor's order number (data element 285)."""

_DIGITS = "23456789abcdefghjkmnpqrstuvwxyz"
"""One letter for each number below 31."""
_LONG = re.compile(r"([^-]{20})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_SHORT = re.compile(rf"([^-]{{20}})([{_DIGITS}])([{_DIGITS}])")


def order_number(reference: ReleaseRef) -> str | None:
    """Returns a reference as an order number; None if there is none for it.

    One of up to 22 characters stands for itself. Of a longer one the revision and the part are written as one
    letter each, so that it can be read back without a table.
    """
    if len(reference) <= LONGEST:
        return reference
    found = _LONG.fullmatch(reference)
    if found is None:
        return None
    order, revision, part = found[1], int(found[2]), int(found[3] or 0)
    if max(revision, part) >= len(_DIGITS):
        return None
    return f"{order}{_DIGITS[revision]}{_DIGITS[part]}"


def reference_of(number: str) -> ReleaseRef:
    """Returns the reference that an order number stands for; partners may send it back in capitals."""
    text = number.strip().lower()
    found = _SHORT.fullmatch(text)
    if found is None:
        return ReleaseRef(text)
    order, revision, part = found[1], _DIGITS.index(found[2]), _DIGITS.index(found[3])
    return ReleaseRef(f"{order}-{revision}-{part}" if part else f"{order}-{revision}")
