"""The words of a carrier's name, as they are compared with others."""

import re
import unicodedata
from dataclasses import dataclass

_SIGNS = re.compile(r"[®©™℠]|\((?:r|tm|c)\)", re.IGNORECASE)
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_](?!\w)\.?")
"""`U.P.S.` and `S.p.A.` are one word each."""
_COMPANY = re.compile("株式会社|有限会社")
"""A legal form that is written without a space before or behind the name."""
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters of the Latin alphabet that Unicode does not take apart into a plain one and an accent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a text."""

    given: str
    plain: str
    """In lower case and without accents."""


def words_of(text: str) -> tuple[Word, ...]:
    """Returns the words of a text; all other signs, underscores too, only part them."""
    signless = _COMPANY.sub(" ", _SIGNS.sub(" ", unicodedata.normalize("NFC", text)))
    undotted = _DOTTED.sub(lambda found: found[0].replace(".", ""), signless)
    found = (Word(given=given, plain=_plain(given)) for given in _WORD.findall(undotted))
    return tuple(word for word in found if word.plain)


def normalised(text: str) -> str:
    """Returns a carrier's name as names are compared: `fed_ex®` and `Fed-Ex` are both `fed ex`."""
    return " ".join(word.plain for word in words_of(text))


def joined(text: str) -> str:
    """Returns the same without spaces: what tables are looked up by, so that `Fed Ex` is `FedEx`."""
    return "".join(word.plain for word in words_of(text))


def key_of(words: tuple[Word, ...]) -> str:
    """Returns words as tables are looked up by."""
    return "".join(word.plain for word in words)


def word_set(text: str) -> frozenset[str]:
    """Returns the words of a table that is written as one text, as words are compared."""
    return frozenset(spelled(text))


def spelled(text: str) -> dict[str, str]:
    """Returns the same with how each word is spelled."""
    return {joined(word): word for word in text.split()}


def _plain(given: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", given).casefold())
    return "".join(letter for letter in folded.translate(_LETTERS) if letter.isalnum())
