"""What a warehouse's system can take of a recipient: an adapter says it by its attribute `limits`.

    class Edi:
        limits = Limits(
            lengths={Field.NAME: 60, Field.ADDRESS_LINE_1: 55, Field.ADDRESS_LINE_2: 55, Field.REGION: 2},
            address_lines=2,
            spill=(Field.COMPANY,),
            charset=Charset.X12_EXTENDED,
            line_breaks=False,
        )

It may be an attribute of the class, or one of each warehouse's adapter, made from its options. An adapter
without it takes everything as it is.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from dockseal.domain.fields import Field

_X12_BASIC = frozenset(string.ascii_uppercase + string.digits + " !\"&'()*+,-./:;?=")
_X12_EXTENDED = _X12_BASIC | frozenset(string.ascii_lowercase + "%~@[]_{}\\|<>#$")
BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that break a line, or leave room in it."""
_LAST_OF_LATIN_1, _LAST_OF_BMP = "\xff", "\uffff"


class Charset(Enum):
    """Which characters a system takes."""

    ANY = "any character"
    BMP = "characters of up to three bytes"
    """Unicode's Basic Multilingual Plane: no emoji, and few rare ideographs."""
    LATIN_1 = "Western European letters"
    ASCII = "unaccented Latin letters"
    X12_BASIC = "capital letters"
    """X12's basic set; what is written in small letters goes in capitals, which it has alone."""
    X12_EXTENDED = "unaccented Latin letters without ^ and `"

    def takes(self, text: str) -> bool:
        """Tells whether a text has none but these characters; `BREAKS` are another matter."""
        return all(self._takes(each) for each in text if each not in BREAKS)

    def _takes(self, each: str) -> bool:
        if self is Charset.ANY:
            return True
        if self is Charset.BMP:
            return each <= _LAST_OF_BMP
        if self is Charset.LATIN_1:
            return (each <= _LAST_OF_LATIN_1 and each.isprintable()) or each == "\xa0"
        if self is Charset.ASCII:
            return each.isascii() and each.isprintable()
        return each in (_X12_BASIC if self is Charset.X12_BASIC else _X12_EXTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a system can take. Lengths are in characters (Unicode code points)."""

    lengths: Mapping[Field, int] = field(default_factory=lambda: MappingProxyType({}))
    """The most characters of a field; 0: there is no such field. One that is not here takes any length."""
    address_lines: int = 3
    """How many address lines there are: 1 to 3."""
    spill: tuple[Field, ...] = ()
    """Fields of which what is too long may stand in a spare address line: a name or a company before the
    street, all others after it."""
    charset: Charset = Charset.ANY
    never: str = ""
    """Characters that it cannot take besides, such as those that set apart its fields."""
    line_breaks: bool = True
    """Whether a text may have several lines; if not, what breaks a line becomes a space."""


NO_LIMITS = Limits()
"""Everything as it is."""


def limits_of(adapter: object) -> Limits:
    """Returns the limits that an adapter, or its class, says it has."""
    found = getattr(adapter, "limits", None)
    return found if isinstance(found, Limits) else NO_LIMITS
