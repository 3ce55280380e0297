"""A warehouse's own words, made safe to keep: short, plain, and without the buyer's data."""

import re
from collections.abc import Mapping

from dockseal.domain.recipient import Field, Recipient

LONGEST = 300
"""Characters of a reason that are kept; a longer one is left out, not cut in the middle."""

_WORD = re.compile(r"\w+")
_SHORTEST = 3
_PROSE = frozenset({Field.GIFT_MESSAGE.value, Field.DELIVERY_INSTRUCTIONS.value})
"""Sentences a buyer wrote: everyday words, so only three of them in a row betray anything."""
_COARSE = frozenset({Field.COUNTRY.value, Field.REGION.value})
"""A warehouse may well say which country or state it does not ship to."""


def safe_reason(text: object, recipient: Recipient) -> str:
    """Returns a warehouse's reason if it can be shown and kept, else a sentence that says why not."""
    if not isinstance(text, str) or not text.strip():
        return "it gave no reason"
    reason = " ".join(text.split())
    if len(reason) > LONGEST or not reason.isprintable():
        return "its reason was left out: it is no short plain text"
    if repeats(reason, recipient.disclose()):
        return "its reason was left out: it repeats the buyer's data"
    return reason


def repeats(text: str, values: Mapping[str, str]) -> bool:
    """Tells whether `text` holds anything that names the buyer; in doubt it says yes.

    Args:
        text: What a warehouse wrote.
        values: Personal data in clear, by field name.
    """
    said = _words(text)
    for name, value in values.items():
        if name in _COARSE:
            continue
        words = _words(value)
        if name in _PROSE:
            length = min(3, len(words))
            if length and _runs(words, length) & _runs(said, length):
                return True
        elif {word for word in words if len(word) >= _SHORTEST} & set(said) or _holds(said, words):
            return True
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _holds(said: list[str], words: list[str]) -> bool:
    """Tells whether `words` stand in `said` one after another."""
    return len(words) > 1 and any(said[at : at + len(words)] == words for at in range(len(said)))
