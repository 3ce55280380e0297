"""Fits texts into X12: into a partner's character set, between its delimiters, into elements of a length.

Nothing is cut and nothing becomes a question mark. What does not fit is refused, in a sentence that names the
field and not what stands in it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.errors import WarehouseRefused
from dockseal.warehouses.edi.profile import Profile

_BASIC = re.compile(r"[A-Z0-9 !\"&'()*+,\-./:;?=]*")
"""X12.6, the basic character set."""
_PLAIN = re.compile(r"[ -~]*")
_LETTERS = MappingProxyType(
    dict(zip("łŁđĐðÐøØı‘’‚´“”„«»‐‑–—−·•", 'lLdDdDoOi\'\'\'\'"""""-------', strict=True))
    | {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "…": "..."}
)
"""Letters and marks that Unicode does not take apart, as the post writes them in plain letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Fits the texts of one order."""

    profile: Profile
    warehouse: str
    order: AmazonOrderId

    def line(self, text: str, what: str, *, longest: int, shortest: int = 1) -> str:
        """Returns a text for one element; runs of blanks and line breaks become one blank.

        Args:
            text: What to write.
            what: The field, for the sentence, such as `city`.
            longest: Characters that the element holds.
            shortest: Characters that it needs.

        Raises:
            WarehouseRefused: it cannot be carried, or is too long or too short.
        """
        carried = self._carried(text, what)
        if not shortest <= len(carried) <= longest:
            raise self._refused(what, f"has {len(carried)} characters, and {shortest} to {longest} fit")
        return carried

    def code(self, text: str, what: str, *, longest: int) -> str:
        """Returns a code as it is: one that would have to be changed is refused.

        Raises:
            WarehouseRefused: it cannot be carried, or is too long.
        """
        carried = self.line(text, what, longest=longest)
        if carried != text:
            raise self._refused(what, f"cannot be written in the character set {self._charset} unchanged")
        return carried

    def lines(self, texts: Iterable[str], what: str, *, longest: int, most: int) -> list[str]:
        """Returns texts for several elements, reflowed at word borders where one is too long.

        Raises:
            WarehouseRefused: they cannot be carried, or need more or longer elements.
        """
        carried = [self._carried(text, what) for text in texts if text.strip()]
        each_wrapped = [wrapped(text, longest) for text in carried]
        pieces = [piece for several in each_wrapped if several is not None for piece in several]
        if None in each_wrapped:
            raise self._refused(what, f"has a word of more than {longest} characters")
        if len(pieces) > most:
            pieces = wrapped(" ".join(carried), longest) or []
        if len(pieces) > most:
            raise self._refused(what, f"is longer than {most} lines of {longest} characters")
        return pieces

    def reference(self, text: str) -> str:
        """Returns one of our references, which are in small letters, as the character set has it."""
        return text.upper() if self._charset == "basic" else text

    @property
    def _charset(self) -> str:
        return self.profile.syntax.charset

    def _carried(self, text: str, what: str) -> str:
        plain = unicodedata.normalize("NFC", " ".join(text.split()))
        if self._charset == "basic":
            plain = plain.upper()
        if self.profile.syntax.transliterate:
            plain = "".join(self._spelled(character) for character in plain)
        if not self._has(plain):
            raise self._refused(
                what, f"holds characters that the partner's character set ({self._charset}) does not have"
            )
        if any(character in self.profile.delimiters.in_use() for character in plain):
            raise self._refused(what, "holds a character that parts values in the partner's files")
        return plain

    def _has(self, text: str) -> bool:
        if self._charset == "basic":
            return _BASIC.fullmatch(text) is not None
        if self._charset == "extended":
            return _PLAIN.fullmatch(text) is not None
        if not all(character.isprintable() or unicodedata.category(character) == "Cf" for character in text):
            return False
        return self._charset == "utf8" or all(ord(character) < 256 for character in text)

    def _spelled(self, character: str) -> str:
        """Returns a character in letters that the set has; itself if there is no such spelling."""
        if self._has(character):
            return character
        spelled = _LETTERS.get(character, "")
        if not spelled:
            taken_apart = unicodedata.normalize("NFKD", character)
            spelled = "".join(each for each in taken_apart if not unicodedata.combining(each))
            if unicodedata.category(character) == "Cf":
                return ""  # an invisible mark, such as one of the writing direction
        if self._charset == "basic":
            spelled = spelled.upper()
        return spelled if spelled and _PLAIN.fullmatch(spelled) else character

    def _refused(self, what: str, why: str) -> WarehouseRefused:
        return WarehouseRefused(
            f"order {self.order} cannot be written for warehouse {self.warehouse}: its {what} {why}; correct "
            "it, send the order elsewhere, or agree on more with the partner and say so in the profile"
        )


def wrapped(text: str, longest: int) -> list[str] | None:
    """Returns a text in lines, parted at blanks; None if a word is longer than a line."""
    lines: list[str] = []
    for word in text.split():
        if len(word) > longest:
            return None
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
