"""The table of carriers, as a marketplace reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from dockseal.domain.carrier import OTHER
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.shipment_confirmation.carriers.americas import AMERICAS
from dockseal.shipment_confirmation.carriers.asia import ASIA
from dockseal.shipment_confirmation.carriers.europe import EUROPE
from dockseal.shipment_confirmation.carriers.rows import Row
from dockseal.shipment_confirmation.carriers.words import joined
from dockseal.shipment_confirmation.carriers.worldwide import WORLDWIDE

GROUPS = (*WORLDWIDE, *AMERICAS, *EUROPE, *ASIA)
ROWS = tuple(row for group in GROUPS for row in group.rows)
CODES = frozenset(row.code for row in ROWS) - {OTHER}
"""Amazon's codes, of all marketplaces."""
AMBIGUOUS = (
    "* | post | Deutsche Post; DHL; La Poste; PostNL; BPOST; PostNord; Polish Post; Canada Post; USPS;"
    " Royal Mail; An Post; Australia Post; Singapore Post; India Post; Japan Post;"
    " Emirates Post; SPL; Egypt Post",
    "* | poste | La Poste; Poste Italiane; Canada Post",
    "* | posta | Poste Italiane; PTT Kargo",
    "* | hermes | Hermes Logistik Gruppe; Hermes UK",
    "* | myhermes | Hermes Logistik Gruppe; Hermes UK",
    "* | amazon | Amazon Shipping; AMZL",
    "* | apc | APC Overnight; APC POSTAL LOGISTICS",
    "* | tnt post | PostNL; Whistl; Nexive",
    "* | startrack | StarTrack-ArticleID; StarTrack-Consignment",
    "* | speedpost | India Post; Singapore Post",
    "* | sp | Singapore Post; SPL; Swiss post",
    "* | pf | Parcelforce; Pilot Freight",
    "* | rm | Royal Mail",
    "* | cp | Canada Post; Chronopost; Colis Prive",
    "* | ap | Australia Post; An Post; AT Post",
    "* | dp | Deutsche Post; DPD",
    "* | pn | PostNL; PostNord",
    "* | jp | Japan Post; JP_EXPRESS",
    "MX | correos | Correos de México; Correos",
    "MX | correo | Correos de México; Correos",
)
"""Texts that several carriers go by: `countries | text | whom it may mean`. A local name goes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a name means."""

    row: Row
    product: bool = False
    """The name is a service of the carrier, and stays part of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The table as the marketplace of one country reads it, by names without spaces."""

    country: str
    names: Mapping[str, Meaning]
    ambiguous: Mapping[str, tuple[Row, ...]]


def book_for(marketplace_id: str) -> Book:
    """Returns the table as a marketplace reads it; that of the world where the marketplace is not known."""
    known = MARKETPLACES.get(marketplace_id)
    return _book(known.country if known is not None else "")


def global_names(rows: tuple[Row, ...] = ROWS) -> Iterator[tuple[str, Row]]:
    """Yields the names that mean a carrier in every marketplace."""
    for row in rows:
        if not row.only_there:
            for name in row.names:
                yield joined(name), row


def local_names(country: str, rows: tuple[Row, ...] = ROWS) -> Iterator[tuple[str, Meaning]]:
    """Yields the names that mean a carrier in a country's marketplaces, and elsewhere another one or none."""
    for row in rows:
        if country in row.countries:
            for name in (*(row.names if row.only_there else ()), *row.local_names):
                yield joined(name), Meaning(row=row)
            for name in row.products:
                yield joined(name), Meaning(row=row, product=True)


@cache
def _book(country: str) -> Book:
    local = dict(local_names(country))
    names = {name: Meaning(row=row) for name, row in global_names()} | local
    ambiguous = {}
    for name, rows in ambiguities(country):
        if name not in local:
            names.pop(name, None)
            ambiguous[name] = rows
    return Book(country=country, names=MappingProxyType(names), ambiguous=MappingProxyType(ambiguous))


def ambiguities(country: str) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Yields what may mean several carriers in marketplaces of a country."""
    labels = {row.label: row for row in ROWS}
    for text in AMBIGUOUS:
        where, name, meant = text.split(" | ")
        if where in {"*", country}:
            yield joined(name), tuple(labels[label] for label in meant.split("; "))
