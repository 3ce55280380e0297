"""Reads the carrier that a warehouse names: Amazon's code, and the service if it stands in the same text.

Amazon takes any carrier silently, so a wrong one is only found out by the buyer, and costs the seller's valid
tracking rate. What does not name one carrier for certain is therefore `Unknown` and waits for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.domain.carrier import Carrier
from dockseal.shipment_confirmation.carriers.rows import Row
from dockseal.shipment_confirmation.carriers.services import is_service, parted, service_in, written
from dockseal.shipment_confirmation.carriers.suggestions import carrier_in, nearest, suggested
from dockseal.shipment_confirmation.carriers.table import Book, Meaning, book_for
from dockseal.shipment_confirmation.carriers.unknown import Unknown, Why
from dockseal.shipment_confirmation.carriers.words import Word, joined, key_of, word_set, words_of

_NOTHING_TAUGHT: Mapping[str, Carrier] = MappingProxyType({})
_ANOTHER = word_set(
    """
    altra altri altro andere anderer anderes anders andra annan annat autre autres diger inna inne inny
    misc other others otra otro otros outra outro sonstige sonstiger sonstiges
    """
)
"""Amazon's list has some of them as codes (Andere, Otro, Sonstige); they name no carrier either."""
_NO_NAME = _ANOTHER | word_set(
    """
    any carrier corriere courier custom default desconocido generic inconnu kurier na nil none null
    sconosciuto shipper shipping spediteur tba tbd transporteur transportista unbekannt undefined unknown
    various versand versandart
    """
)
_LABEL_SOFTWARE = word_set(
    """
    amazonbuyshipping buyshipping easypost easyship endicia pirateship sellbrite sendcloud shipengine
    shippingeasy shippo shiprocket shipstation stamps stampscom veeqo
    """
)
"""It prints the label; the carrier is named behind it."""
_BEFORE = _ANOTHER | word_set(
    """
    1z by carrier courier delivered http https mit par per sent ship shipped shipping via with www
    """
)
"""May stand before a carrier's name."""
_SHORTEST = 3
"""Shorter names are not looked for inside other words."""


def carrier_named(
    text: str, *, marketplace_id: str, taught: Mapping[str, Carrier] = _NOTHING_TAUGHT
) -> Carrier | Unknown:
    """Returns the carrier that a text names for certain in a marketplace.

    Args:
        text: As the warehouse sent it, such as `UPS Ground`.
        marketplace_id: Of the order: names and codes differ by country.
        taught: What a person taught for this warehouse, by `normalised` text; it wins over the table.
    """
    known = {joined(name): carrier for name, carrier in taught.items()}
    return _Reader(book=book_for(marketplace_id), taught=known).read(words_of(text), text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads texts with the table of one marketplace and what was taught for one warehouse."""

    book: Book
    taught: Mapping[str, Carrier]

    def read(self, words: tuple[Word, ...], text: str) -> Carrier | Unknown:
        """Returns what a text says."""
        whole = self.taught.get(key_of(words))
        if whole is not None:
            return whole
        if key_of(words) in _NO_NAME or all(word.plain in _NO_NAME for word in words):
            return Unknown(text=text, why=Why.NOT_NAMED)
        found = self._behind_software(words) or self._with_via(words) or self._beginning(words, text)
        if found is not None:
            return found
        if words[0].plain in _BEFORE and len(words) > 1:
            rest = words[1:]
            return self.read(rest, _text(rest) if words[0].plain in _ANOTHER else text)
        if is_service(words) and not key_of(words).isdecimal():
            return Unknown(text=text, why=Why.SERVICE_ALONE)
        return self._without_spaces(words) or Unknown(text=text, suggestions=nearest(words, self.book))

    def _behind_software(self, words: tuple[Word, ...]) -> Carrier | None:
        for count in range(1, min(len(words), 4)):
            if key_of(words[:count]) in _LABEL_SOFTWARE:
                found = self.read(words[count:], "")
                if isinstance(found, Carrier):
                    return found
        return None

    def _with_via(self, words: tuple[Word, ...]) -> Carrier | None:
        """`Ground via UPS` and `UPS via Stamps.com`."""
        at = next((index for index, word in enumerate(words) if word.plain == "via"), 0)
        before, after = words[:at], words[at + 1 :]
        if not before or not after:
            return None
        if key_of(after) in _LABEL_SOFTWARE:
            return _carrier_or_none(self.read(before, ""))
        named = tuple(word for word in before if word.plain not in _BEFORE)
        if not is_service(named) and key_of(named) not in _LABEL_SOFTWARE:
            return None
        found = _carrier_or_none(self.read(after, ""))
        if found is None or found.service or not is_service(named):
            return found
        return Carrier(code=found.code, name=found.name, service=written(named))

    def _beginning(self, words: tuple[Word, ...], text: str) -> Carrier | Unknown | None:
        """The longest known name that the text begins with decides; the rest must be able to be a service."""
        for count in range(len(words), 0, -1):
            name, rest = key_of(words[:count]), words[count:]
            if name in self.taught:
                service = service_in(rest, any_service=False)
                if service is not None:
                    taught = self.taught[name]
                    return Carrier(code=taught.code, name=taught.name, service=taught.service or service)
            elif name in self.book.ambiguous and service_in(rest, any_service=False) is not None:
                meant = suggested(_at_home_first(self.book.ambiguous[name], self.book), self.book)
                return Unknown(text=text, suggestions=meant, why=Why.AMBIGUOUS)
            elif name in self.book.names:
                return self._with_rest(self.book.names[name], words, count=count, text=text)
        return None

    def _with_rest(
        self, meaning: Meaning, words: tuple[Word, ...], *, count: int, text: str
    ) -> Carrier | Unknown:
        rest = words[count:]
        others = () if is_service(rest) else self._named_in(rest, besides=meaning.row)
        if others:
            return Unknown(
                text=text, suggestions=suggested((meaning.row, *others), self.book), why=Why.SEVERAL
            )
        service = service_in(rest, any_service=meaning.row.any_service)
        if service is None:
            return Unknown(text=text, suggestions=self._near(meaning.row, words))
        return carrier_in(meaning.row, written(words) if meaning.product else service)

    def _near(self, row: Row, words: tuple[Word, ...]) -> tuple[Carrier, ...]:
        first = carrier_in(row)
        return (first, *(each for each in nearest(words, self.book) if each != first))[:3]

    def _named_in(self, words: tuple[Word, ...], *, besides: Row) -> tuple[Row, ...]:
        found = {}
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                name = key_of(words[start:end])
                meaning = self.book.names.get(name)
                if meaning is None or meaning.product or len(name) < _SHORTEST:
                    continue
                if meaning.row is not besides and not is_service(words[start:end]):
                    found[meaning.row.label] = meaning.row
        return tuple(found.values())

    def _without_spaces(self, words: tuple[Word, ...]) -> Carrier | None:
        """`upsground`: a well-known name and nothing but a service."""
        whole = key_of(words)
        for end in range(len(whole) - 1, _SHORTEST - 1, -1):
            meaning = self.book.names.get(whole[:end])
            if meaning is not None and meaning.row.any_service and not meaning.product:
                service = parted(whole[end:])
                if service is not None:
                    return carrier_in(meaning.row, service_in(service, any_service=False) or "")
        return None


def _carrier_or_none(found: Carrier | Unknown) -> Carrier | None:
    return found if isinstance(found, Carrier) else None


def _at_home_first(rows: tuple[Row, ...], book: Book) -> list[Row]:
    return sorted(rows, key=lambda row: book.country not in row.countries)


def _text(words: tuple[Word, ...]) -> str:
    return " ".join(word.given for word in words)
