"""Amazon's marketplaces: country, currency and local time (SP-API, "Marketplace IDs"). One line adds one.

Ship-by instants are UTC encodings of the end of a marketplace's local day. Amazon runs the day of its
Canadian marketplace on Pacific time, as that of the American one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from dockseal.domain.seller import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """One marketplace."""

    id: str
    region: Region
    country: str
    """ISO 3166 code."""
    currency: str
    """ISO 4217 code."""
    zone: str
    """IANA name of the time zone its days end in."""


def _table(*rows: str) -> Mapping[str, Marketplace]:
    table = {}
    for row in rows:
        name, region, country, currency, zone = row.split()
        table[name] = Marketplace(
            id=name, region=Region(region), country=country, currency=currency, zone=zone
        )
    return MappingProxyType(table)


MARKETPLACES = _table(
    "ATVPDKIKX0DER  NA US USD America/Los_Angeles",
    "A2EUQ1WTGCTBG2 NA CA CAD America/Los_Angeles",
    "A1AM78C64UM0Y8 NA MX MXN America/Mexico_City",
    "A2Q3Y263D00KWC NA BR BRL America/Sao_Paulo",
    "A1F83G8C2ARO7P EU GB GBP Europe/London",
    "A28R8C7NBKEWEA EU IE EUR Europe/Dublin",
    "A1PA6795UKMFR9 EU DE EUR Europe/Berlin",
    "A13V1IB3VIYZZH EU FR EUR Europe/Paris",
    "APJ6JRA9NG5V4  EU IT EUR Europe/Rome",
    "A1RKKUPIHCS9HS EU ES EUR Europe/Madrid",
    "A1805IZSGTT6HS EU NL EUR Europe/Amsterdam",
    "AMEN7PMS3EDWL  EU BE EUR Europe/Brussels",
    "A2NODRKZP88ZB9 EU SE SEK Europe/Stockholm",
    "A1C3SOZRARQ6R3 EU PL PLN Europe/Warsaw",
    "A33AVAJ2PDY3EV EU TR TRY Europe/Istanbul",
    "A2VIGQ35RCS4UG EU AE AED Asia/Dubai",
    "A17E79C6D8DWNP EU SA SAR Asia/Riyadh",
    "ARBP9OOSHTCHU  EU EG EGP Africa/Cairo",
    "A21TJRUUN4KGV  EU IN INR Asia/Kolkata",
    "AE08WJ6YKNBMC  EU ZA ZAR Africa/Johannesburg",
    "A1VC38T7YXB528 FE JP JPY Asia/Tokyo",
    "A39IBJ37TRP1C6 FE AU AUD Australia/Sydney",
    "A19VAU5U5O7RUS FE SG SGD Asia/Singapore",
)


def local(instant: datetime, marketplace_id: str) -> datetime:
    """Returns an instant in the local time of a marketplace; in UTC where it or its zone is not known."""
    try:
        return instant.astimezone(_zone(marketplace_id))
    except OverflowError:  # on the first or the last day that can be written at all
        return instant


def local_text(instant: datetime, marketplace_id: str) -> str:
    """Writes an instant for people in the local time of a marketplace, such as `Tue 3 Nov 2026 23:59 PST`."""
    there = local(instant, marketplace_id)
    return f"{there:%a} {there.day} {there:%b %Y %H:%M} {_zone_name(there)}"


def local_time(instant: datetime, marketplace_id: str) -> str:
    """Writes an instant of the days around now for people, where there is little room: `Tue 23:59 PST`."""
    there = local(instant, marketplace_id)
    return f"{there:%a %H:%M} {_zone_name(there)}"


def _zone(marketplace_id: str) -> tzinfo:
    known = MARKETPLACES.get(marketplace_id)
    if known is None:
        return UTC
    try:
        return ZoneInfo(known.zone)
    except (OSError, LookupError):  # a machine without time zone data
        return UTC


def _zone_name(there: datetime) -> str:
    name = there.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name[:3]}:{name[3:] or '00'}"
