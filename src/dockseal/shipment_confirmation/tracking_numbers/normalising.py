"""What warehouses send as a tracking number, made the number that Amazon gets: pure.

Kept is every letter and digit of the number, letters as capitals, and the `-1` that ends some numbers of
LaserShip. Taken away is what stands around and between: blanks, dashes, dots, brackets, invisible
characters, words such as "Tracking:", a link, what a scanner says of the kind of barcode, country and post
code behind PostNL's numbers, and what the barcode carries for routing before or around the number: 420 and
the ZIP code at USPS, the head of FedEx's 34 digits, the post code, service and country of DPD's 28.
What could be two numbers, has a word beside it such as a name, or is none, is refused with a sentence; a
sentence never repeats what was sent, since what is no number may be anything.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dockseal.shipment_confirmation.tracking_numbers import check_digits
from dockseal.shipment_confirmation.tracking_numbers.candidates import candidates
from dockseal.shipment_confirmation.tracking_numbers.links import FINDS, numbers_in, plausible
from dockseal.shipment_confirmation.tracking_numbers.rule import Confidence


class Refusal(StrEnum):
    """Why what was sent is no tracking number."""

    EMPTY = "empty"
    UNTRACKED = "untracked"
    """It says that there is none."""
    PLACEHOLDER = "placeholder"
    """It stands for a number that is still to come."""
    SEVERAL = "several"
    ORDER_ID = "order_id"
    SPREADSHEET = "spreadsheet"
    """A spreadsheet rounded it."""
    UNREADABLE = "unreadable"


SENTENCES: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.EMPTY: "The parcel has no tracking number: if its service is tracked, report it again with "
        "the number on its label.",
        Refusal.UNTRACKED: "The tracking number says that there is none: if the service is tracked, report "
        "the parcel again with the number on its label.",
        Refusal.PLACEHOLDER: "The tracking number only holds the place of one: report the parcel again "
        "once the carrier gave its number.",
        Refusal.SEVERAL: "The tracking number holds two numbers, or what could be two: report one parcel "
        "for each, with its number alone.",
        Refusal.ORDER_ID: "The tracking number is an Amazon order id: report the parcel again with the "
        "number on its label.",
        Refusal.SPREADSHEET: "A spreadsheet has rounded the tracking number: format its column as text, "
        "fill in the number anew and report the parcel again.",
        Refusal.UNREADABLE: "The tracking number holds something that is no part of one: report the parcel "
        "again with the number alone, as it stands on the label.",
    }
)
"""What is wrong, and what to do, by refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A tracking number as Amazon gets it."""

    text: str
    """Capital letters and digits, at LaserShip with `-1` behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was sent cannot be used as a tracking number."""

    refusal: Refusal

    @property
    def sentence(self) -> str:
        """Says what is wrong and what to do."""
        return SENTENCES[self.refusal]


_LONGEST = 2000
"""Characters of what was sent that are looked at: a link may be long, a number is not."""
_LENGTHS = range(6, 42)
"""Characters of a number; those that carriers publish have 7 to 41 (dhl.com, tracking id labels)."""
_UNTRACKED = frozenset({
    "untracked", "nottracked", "notracking", "nottrackable", "notracked", "notrackingnumber", "none",
    "no", "nil", "null", "nan", "na", "notavailable", "notapplicable", "ohne", "keine", "sans", "aucun",
    "ninguno", "nessuno", "geen", "brak",
})  # fmt: skip
_PLACEHOLDERS = frozenset({
    "tbd", "tba", "tbc", "todo", "pending", "later", "unknown", "test", "testing", "dummy", "sample",
    "asap", "soon", "waiting", "tofollow",
})  # fmt: skip
_COUNTED = "1234567890" * 4
_ORDER_ID = re.compile(r"\s*[0-9]{3}-[0-9]{7}-[0-9]{7}\s*")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_DECIMAL = re.compile(r"([0-9]{8,})[.,]0{1,2}")
_WORDS = (
    r"ups|usps|fed\s?ex|dhl|dpd|gls|tnt|evri|hermes|royal\s?mail|ontrac|amazon|yamato|sagawa"
    r"|post\s?nl|bpost|in\s?post|la\s?poste|colissimo|chronopost|correos|seur|brt|ctt|postnord|posti|yodel"
    r"|mondial\s?relay|parcel\s?force|(?:canada|australia|japan)\s?post|purolator|lasership"
    r"|track|tracking|trk|parcel|package|shipment|consignment|waybill|awb|label|barcode|article|reference|ref"
    r"|sendung|sendungsnummer|paket|paketnummer|suivi|colis|seguimiento|env[ií]o|spedizione"
    r"|number|nummer|num[eé]ro|número|n[°º]|no\.?|nr\.?"
)
_LABELS = re.compile(
    rf"[#:.=\s]*(?:(?:{_WORDS})(?![0-9a-z])"
    rf"(?:[\s_:#.&-]*(?:{_WORDS}|id|code|num|trace|and|de|del|di)(?![0-9a-z]))*[#:.=\s-]*)?",
    re.IGNORECASE,
)
"""What stands before a number."""
_ITEM = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
"""A postal item, whose two letters may spell a word."""
_DESTINED = re.compile(r"(3S[0-9A-Z]{8,18})-[A-Z]{2}-[0-9A-Z]{3,8}(?: [0-9A-Z]{2,4})?", re.IGNORECASE)
"""What PostNL asks its customers for: behind the number stand the buyer's country and post code."""
_SIGNS = re.compile(r"[._\-]+")
_KIND_OF_BARCODE = re.compile(r"\A\][A-Za-z][0-9A-Za-z](?=[0-9A-Za-z]{6})")
"""What a scanner may say before the number (ISO/IEC 15424): `]C1` is GS1-128."""
_WORD = re.compile(r"(?![A-F]+$)[A-Z]{3,}")
_SHORT_WORD = 3
_LONG_WORD = 5
"""Letters of a word that stands apart; no carrier's numbers have so many in one group."""
_BETWEEN = re.compile(r"\s*(?:[/,;|\n&+]|\band\b|\bund\b|\bet\b|\by\b|\bor\b)\s*", re.IGNORECASE)
_AROUND = " \t\"'`*=:#.,;<>[](){}"
_INSIDE = re.compile(r"[\s._()\[\]{}\-]+")
_LASERSHIP = re.compile(r"1LS[0-9A-Z]{12,13}-1")
_ROUTING = re.compile(r"420(?:[0-9]{5}(?:[0-9]{4})?)?")
_USPS_BARCODES = tuple(
    re.compile(rf"420[0-9]{{{zip_code}}}(9[1-5](?:[0-9]{{20}}|[0-9]{{24}}))") for zip_code in (5, 9)
)
"""34 digits may be either: then the check digit tells them apart."""
_FEDEX_BARCODE = re.compile(r"(?:100|96[0-9])[0-9]{17}00([0-9]{12})")
_DPD_BARCODE = re.compile(r"[0-9A-Z]{7}([0-9]{14})[0-9]{6}[0-9A-Z]")


def normalised(text: str) -> Number | Fault:
    """Returns the one tracking number in what a warehouse sent, or why there is none."""
    plain = _plain(text[:_LONGEST])
    if not plain:
        return Fault(refusal=Refusal.EMPTY)
    if fault := _no_number(plain):
        return Fault(refusal=fault)
    pieces = _pieces(plain)
    if isinstance(pieces, Refusal):
        return Fault(refusal=pieces)
    number = _joined(pieces)
    if number is None:
        return Fault(refusal=Refusal.UNREADABLE)
    if fault := _no_number(number):
        return Fault(refusal=fault)
    return Number(text=_without_routing(number))


def _plain(text: str) -> str:
    """Returns a text with ASCII digits, plain letters and dashes, and nothing invisible.

    What a spreadsheet adds to a number, `.0`, goes as well.
    """
    kept = []
    for each in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(each)
        if kind == "Nd":
            kept.append(str(unicodedata.decimal(each)))
        elif kind == "Pd" or each in "\u2212\u00ad":
            kept.append("-" if each != "\u00ad" else "")
        elif kind == "Cc" or kind.startswith("Z"):
            kept.append("\n" if each in "\n\r" else " ")
        elif kind != "Cf":
            kept.append(each)
    plain = _KIND_OF_BARCODE.sub("", "".join(kept).strip(), count=1)
    decimal = _DECIMAL.fullmatch(plain)
    return decimal[1] if decimal else plain


def _no_number(plain: str) -> Refusal | None:
    """Tells why a text can stand for no number."""
    if _ORDER_ID.fullmatch(plain):
        return Refusal.ORDER_ID
    if _ROUNDED.fullmatch(plain):
        return Refusal.SPREADSHEET
    bare = re.sub(r"[\W_]+", "", plain).lower()
    if bare in _UNTRACKED or not bare:
        return Refusal.UNTRACKED
    counted = bare.removeprefix("1z")
    if bare in _PLACEHOLDERS or len(set(counted)) == 1 or (len(bare) > 2 and bare in _COUNTED):
        return Refusal.PLACEHOLDER
    return None


def _pieces(plain: str) -> str | Refusal:
    """Returns the text of the one number, without a link or words around it."""
    found = [number for link in FINDS.findall(plain) for number in numbers_in(link)]
    rest = FINDS.sub(" ", plain)
    named = [each for each in _BETWEEN.split(rest) if not _LABELS.fullmatch(each.strip(_AROUND) or " ")]
    numbers = {_bare(each): each for each in (*found, *map(_tidy, named)) if plausible(_bare(each))}
    if len(numbers) > 1 or any(_side_by_side(each) for each in named):
        return Refusal.SEVERAL
    if found and numbers:
        return next(iter(numbers.values()))
    if FINDS.search(plain) or (len(named) > 1 and {_bare(_tidy(each)) for each in named} != set(numbers)):
        return Refusal.UNREADABLE
    return _tidy(named[0]) if named and _tidy(named[0]) else Refusal.UNREADABLE


def _side_by_side(text: str) -> bool:
    """Tells whether a text holds two whole numbers with a blank between."""
    words = [each for each in _tidy(text).split() if not _ROUTING.fullmatch(each)]
    whole = [len(each) >= 10 and plausible(each) for each in words]
    return len(words) > 1 and all(whole) and len({_bare(each) for each in words}) > 1


def _tidy(text: str) -> str:
    """Returns a text without the words before a number and the signs around it."""
    text = text.strip(_AROUND)
    found = _LABELS.match(text)
    if found and not _ITEM.fullmatch(_bare(text)) and any(each.isdecimal() for each in text[found.end() :]):
        text = text[found.end() :]
    text = text.strip(_AROUND)
    destined = _DESTINED.fullmatch(text)
    return destined[1] if destined else text


def _bare(text: str) -> str:
    return _INSIDE.sub("", text).upper()


def _joined(text: str) -> str | None:
    """Returns a number without what stands between its characters; None: it holds something else."""
    words = [each for each in re.split(r"[\s()\[\]{}]+", text.upper()) if each]
    while len(words) > 1 and _LABELS.fullmatch(words[-1]):
        words.pop()
    parts = [part for word in words for part in _SIGNS.split(word) if part]
    if any(_WORD.fullmatch(part) and plausible("".join(parts[:at])) for at, part in enumerate(parts)):
        return None
    if len(parts) > 1 and any(map(_surely, parts)) and not _routed(parts):
        return None
    if len(parts) > 1 and _foreign(parts):
        return None
    joined = re.sub(r"[._]+", "", "".join(words))
    number = joined if _LASERSHIP.fullmatch(joined) else joined.replace("-", "")
    if not re.fullmatch(r"(?=.*[0-9])[0-9A-Z]+(?:-1)?", number) or len(number) not in _LENGTHS:
        return None
    return number


def _foreign(parts: list[str]) -> bool:
    """Tells whether words stand beside a number, such as a name, that make it a number of nobody's."""
    words = [part for part in parts if part.isalpha() and len(part) >= _SHORT_WORD]
    found = candidates("".join(parts)) if words else ()
    if any(len(word) >= _LONG_WORD for word in words):
        return not found or found[0].confidence < Confidence.EXCLUSIVE_FORMAT
    return (
        bool(words) and not found and bool(candidates("".join(part for part in parts if part not in words)))
    )


def _routed(parts: list[str]) -> bool:
    return _ROUTING.fullmatch("".join(parts[:-1])) is not None


def _surely(part: str) -> bool:
    """Tells whether a part is a whole number for itself, so that what stands beside it is no part of it."""
    found = candidates(_bare(part))
    return bool(found) and found[0].confidence is Confidence.EXCLUSIVE_CHECK


def _without_routing(number: str) -> str:
    """Returns the number that a scanned barcode carries besides what routes the parcel."""
    usps = [found[1] for each in _USPS_BARCODES if (found := each.fullmatch(number))]
    if usps:
        return next(filter(check_digits.gs1, usps), usps[0])
    found = _FEDEX_BARCODE.fullmatch(number)
    if found and check_digits.fedex(found[1]):
        return found[1]
    found = _DPD_BARCODE.fullmatch(number)
    if found and check_digits.mod37_36(number):
        return found[1]
    return number
