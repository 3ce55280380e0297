"""Whom a parcel goes to, as ShipStation takes it: nothing cut, nothing made up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap

from dockseal.domain.fields import Field
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.warehouses.shipstation.limits import LONGEST, MOST_UNITS

_COUNTRY = re.compile(r"[A-Z]{2}")
_OTHER_CODES = {"UK": "GB"}
"""What some write for a country, and its code in ISO 3166, which ShipStation asks for."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML document can hold (XML 1.0, 2.2)."""


class Unfit(Exception):
    """ShipStation does not take this; the text says what of it, and never what it reads."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    """A recipient in clear: to be sent at once, never to be kept or shown."""

    name: str
    company: str
    lines: tuple[str, ...]
    """One, or as many as were asked for at most."""
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    instructions: str
    """What the buyer tells the carrier."""
    gift_message: str


def address_of(recipient: Recipient, *, most_lines: int) -> Address:
    """Returns a recipient as ShipStation takes it.

    Args:
        recipient: As it was opened.
        most_lines: How many address lines there are.

    Raises:
        Unfit: it lacks what a label needs, or is longer than ShipStation takes.
    """
    given = {Field(name): _readable(name, text) for name, text in recipient.disclose().items()}

    def one(field: Field, what: str) -> str:
        return _short(" ".join(given.get(field, "").split()), what)

    name, company = one(Field.NAME, "name"), one(Field.COMPANY, "company")
    streets = [" ".join(given.get(each, "").split()) for each in _STREETS]
    return Address(
        name=_there(name or company, "name"),
        company=company,
        lines=_in_lines([each for each in streets if each], most=most_lines),
        city=_there(one(Field.CITY, "city"), "city"),
        state=one(Field.REGION, "state"),
        postal_code=_there(one(Field.POSTAL_CODE, "postal code"), "postal code"),
        country=_country(given.get(Field.COUNTRY, "")),
        phone=one(Field.PHONE, "phone"),
        instructions=_short(given.get(Field.DELIVERY_INSTRUCTIONS, "").strip(), "delivery instructions"),
        gift_message=_short(given.get(Field.GIFT_MESSAGE, "").strip(), "gift message"),
    )


_STREETS = (Field.ADDRESS_LINE_1, Field.ADDRESS_LINE_2, Field.ADDRESS_LINE_3, Field.DISTRICT)


def check_lines(lines: Iterable[OrderLine]) -> None:
    """Checks what an order's lines say.

    Raises:
        Unfit: one holds what ShipStation does not take.
    """
    for line in lines:
        for what, text in (("SKU", line.sku), ("line id", line.order_item_id)):
            _short(_readable(what, text), what)
        if line.ordered > MOST_UNITS:
            raise Unfit(f"a line of at most {MOST_UNITS} units")


def shortened(text: str, longest: int) -> str:
    """Returns an item's name in so many characters: a longer one ends at a word, and with `…`."""
    words = " ".join(_NO_TEXT.sub(" ", text).split())
    if len(words) <= longest:
        return words
    kept = words[: longest - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"


def _in_lines(streets: list[str], *, most: int) -> tuple[str, ...]:
    """Joins the last lines if there are too many, or sets all of them anew at their words."""
    _there("".join(streets), "address line")
    longest = LONGEST["address line"]
    lines = [*streets[: most - 1], ", ".join(streets[most - 1 :])]
    if any(len(line) > longest for line in lines):
        lines = wrap(", ".join(streets), longest, break_long_words=False, break_on_hyphens=False)
    if len(lines) > most or any(len(line) > longest for line in lines):
        raise Unfit(f"{most} address lines of at most {longest} characters")
    return tuple(line for line in lines if line)


def _country(text: str) -> str:
    code = text.strip().upper()
    code = _OTHER_CODES.get(code, code)
    if not _COUNTRY.fullmatch(code):
        raise Unfit("a country of exactly two letters")
    return code


def _there(text: str, what: str) -> str:
    if not text:
        raise Unfit(f"{_article(what)}, which this one lacks")
    return text


def _short(text: str, what: str) -> str:
    if len(text) > LONGEST[what]:
        raise Unfit(f"{_article(what)} of at most {LONGEST[what]} characters")
    return text


def _readable(name: str, text: str) -> str:
    if _NO_TEXT.search(text):
        raise Unfit(f"{_article(name)} without characters that cannot be printed")
    return text


def _article(what: str) -> str:
    if what.endswith("s"):
        return what
    what = what.replace("_", " ")
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"
