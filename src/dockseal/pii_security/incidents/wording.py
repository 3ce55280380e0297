"""Refuses free text that looks as if it held personal data: a case is handed out, to Amazon too."""

import re
import unicodedata

from dockseal.domain.identifiers import AMAZON_ORDER_ID
from dockseal.errors import BadInput

LONGEST = 1800
_SHAPES = (
    (re.compile(r"[^\s@<>]+@[^\s@<>]+"), "an e-mail address"),
    (re.compile(rf"(?<![0-9]){AMAZON_ORDER_ID.pattern}(?![0-9])"), "an Amazon order id"),
    (re.compile(r"(?<![0-9A-Za-z:/.-])[+(]?[0-9](?:[ ()/.-]{0,2}[0-9]){6,}"), "a phone number"),
)
_TIMES = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_SEEN = re.compile(r"[^\x00-\x1f\x7f]+", re.DOTALL)


def checked_text(text: str) -> str:
    """Returns what a person wrote for a case, on one line.

    Raises:
        BadInput: it is empty or too long, or holds what looks like personal data; it is not repeated.
    """
    line = " ".join(text.split())
    if not line or not _SEEN.fullmatch(line):
        raise BadInput("say it in a sentence: nothing readable was given")
    if len(line) > LONGEST:
        raise BadInput(f"say it in {LONGEST} characters at most, and put the rest into a file of evidence")
    # As it is read: digits of any script are digits, and what is not seen hides nothing.
    plain = unicodedata.normalize("NFKC", line)
    searched = _TIMES.sub("", "".join(_as_read(letter) for letter in plain))
    for shape, name in _SHAPES:
        if shape.search(searched):
            raise BadInput(
                f"the text holds what looks like {name}, and a case is handed to others: leave it out, and "
                "name orders by our own references"
            )
    return line


def _as_read(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter
