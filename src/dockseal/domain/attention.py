"""The sentences that ask for a person: each stays until somebody has seen to it."""

from collections.abc import Iterable

LONGEST = 2000
"""As much as the tables keep."""


def with_earlier(earlier: str, sentences: Iterable[str]) -> str:
    """Returns the sentences behind those that nobody has seen to yet, each once."""
    words = earlier
    for sentence in sentences:
        if sentence not in words and len(words) + len(sentence) < LONGEST:
            words = f"{words} {sentence}".strip()
    return words


def without(earlier: str, sentences: Iterable[str]) -> str:
    """Returns what is left once these sentences need nobody any more."""
    words = earlier
    for sentence in sentences:
        words = words.replace(sentence, "")
    return " ".join(words.split())
