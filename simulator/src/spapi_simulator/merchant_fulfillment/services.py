"""What a carrier and a service are, and the words and the money they are described with."""

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from spapi_simulator.world.marketplaces import MARKETPLACES

PDF, PNG, ZPL203, ZPL300, DEFAULT = "PDF", "PNG", "ZPL203", "ZPL300", "ShippingServiceDefault"
LABEL_FORMATS = (PDF, PNG, ZPL203, ZPL300, DEFAULT)
EXPERIENCES = (
    "NoTracking",
    "DeliveryConfirmationWithoutSignature",
    "DeliveryConfirmationWithSignature",
    "DeliveryConfirmationWithAdultSignature",
)
"""Levels of proof of delivery; a service offers all up to its own level."""
EXPERIENCE_CHARGES = (Decimal(0), Decimal(0), Decimal("3.10"), Decimal("6.20"))
PICKUP_CHARGE = Decimal("4.00")

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
ANYWHERE = EU | {market.country for market in MARKETPLACES.values()} | {"CH", "CN", "HK", "KR", "NO", "NZ"}
HOME, UNION, ABROAD = "home", "union", "abroad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Somebody who carries parcels.

    Attributes:
        name: As offers show it.
        code: As a package of an order shows it, from Amazon's list of carriers.
        tracking: What its tracking numbers look like: `#` is a digit, `@` a letter or digit.
        formats: Which labels it prints, its default first.
        pickup: Whether it collects parcels.
        po_boxes: Whether it delivers to post-office boxes.
        prints_custom_text: Whether its labels have room for the seller's own text.
    """

    name: str
    code: str
    tracking: str
    formats: tuple[str, ...] = (PDF, PNG, ZPL203, ZPL300)
    pickup: bool = False
    po_boxes: bool = True
    prints_custom_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One way a carrier carries parcels.

    Attributes:
        origins: The countries it starts from.
        reach: `HOME` within its country, `UNION` within the European Union, `ABROAD` everywhere else.
        kilos: The heaviest parcel; `longest` is the longest side and `girth` length and girth, both in cm.
        days: The least and the most days it takes.
        base, per_kilo: Its price in US dollars, before the currency of its country.
        level: The best proof of delivery, an index of `EXPERIENCES`.
        insured: What a parcel is insured for without a surcharge, in US dollars.
        by_volume: Whether a light, bulky parcel is priced by its size.
    """

    service_id: str
    name: str
    carrier: Carrier
    origins: frozenset[str]
    reach: str
    kilos: Decimal
    longest: int
    girth: int
    days: tuple[int, int]
    base: Decimal
    per_kilo: Decimal
    level: int
    insured: int = 100
    by_volume: bool = False

    def reaches(self, origin: str, destination: str) -> bool:
        """Say whether it goes from one country to another."""
        if origin not in self.origins:
            return False
        if self.reach == HOME:
            return origin == destination
        if self.reach == UNION:
            return origin != destination and destination in EU
        return origin != destination

    def crosses_customs(self, origin: str, destination: str) -> bool:
        """Say whether customs want to know what is inside."""
        return origin != destination and not {origin, destination} <= EU

    @property
    def experiences(self) -> tuple[str, ...]:
        """The proofs of delivery it offers."""
        return EXPERIENCES[: self.level + 1]


_CURRENCIES = {market.country: market.currency for market in MARKETPLACES.values()} | dict.fromkeys(
    EU - {"SE", "PL", "BG", "CZ", "DK", "HU", "RO"}, "EUR"
)
_WORTH = MappingProxyType({
    "USD": "1", "CAD": "1.4", "MXN": "18", "BRL": "5", "GBP": "0.8", "EUR": "0.9", "SEK": "10", "PLN": "4",
    "TRY": "35", "AED": "3.7", "SAR": "3.75", "EGP": "48", "INR": "84", "ZAR": "18", "JPY": "150",
    "AUD": "1.5", "SGD": "1.3",
})  # fmt: skip
"""What one US dollar is worth in this world, where no exchange ever moves."""


def currency_of(country: str) -> str:
    """Return the currency that carriers of a country are paid in."""
    return _CURRENCIES.get(country, "USD")


def in_currency(dollars: Decimal, currency: str) -> Decimal:
    """Return an amount of US dollars in another currency, in whole yen or in hundredths."""
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return (dollars * Decimal(_WORTH[currency])).quantize(unit)
