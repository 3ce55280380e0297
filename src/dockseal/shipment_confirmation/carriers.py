"""Amazon's names of carriers, and the names warehouses use for them.

Amazon takes any carrier name silently, so a wrong one is only found out by the buyer. What the table does
not know goes to Amazon as `Other` with the warehouse's own name (confirmShipment, `carrierCode` and
`carrierName`). Source of the codes: the `CarrierCode` enum of Amazon's amzn-base XSD, as of January 2026.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

OTHER = "Other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier in Amazon's words."""

    code: str
    name: str = ""
    """Only with the code `Other`, where Amazon asks for it."""


_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "UPS": ("ups", "united parcel service"),
        "UPSMI": ("ups mail innovations", "upsmi"),
        "USPS": ("usps", "us postal service", "united states postal service", "us mail"),
        "FedEx": ("fedex", "fed ex", "federal express"),
        "FedEx SmartPost": ("fedex smartpost", "smartpost"),
        "DHL": ("dhl",),
        "DHL Express": ("dhl express",),
        "DHL eCommerce": ("dhl ecommerce", "dhl ecom"),
        "DHL Global Mail": ("dhl global mail",),
        "OnTrac": ("ontrac",),
        "Lasership": ("lasership",),
        "Newgistics": ("newgistics",),
        "Canada Post": ("canada post", "postes canada"),
        "Royal Mail": ("royal mail",),
        "Parcelforce": ("parcelforce",),
        "Hermes UK": ("hermes uk", "evri"),
        "Hermes Logistik Gruppe": ("hermes",),
        "DPD": ("dpd",),
        "DPD Local": ("dpd local",),
        "GLS": ("gls",),
        "TNT": ("tnt",),
        "Deutsche Post": ("deutsche post",),
        "BPOST": ("bpost",),
        "La Poste": ("la poste",),
        "Colissimo": ("colissimo",),
        "Chronopost": ("chronopost",),
        "Correos": ("correos",),
        "Correos Express": ("correos express",),
        "Poste Italiane": ("poste italiane",),
        "BRT": ("brt", "bartolini"),
        "InPost": ("inpost",),
        "YAMATO": ("yamato", "yamato transport", "kuroneko yamato"),
        "SAGAWA": ("sagawa", "sagawa express"),
        "Australia Post": ("australia post", "auspost"),
        "Aramex": ("aramex",),
    }
)
_CODES = MappingProxyType({alias: code for code, aliases in _ALIASES.items() for alias in aliases})


def carrier_of(text: str) -> Carrier:
    """Returns the carrier a warehouse means by `text`, such as `UPS Ground` or `usps`.

    The longest known name that `text` begins with decides; what follows it is a service.
    """
    words = re.sub(r"[^a-z0-9 ]+", " ", text.lower()).split()
    for length in range(len(words), 0, -1):
        code = _CODES.get(" ".join(words[:length]))
        if code is not None:
            return Carrier(code=code)
    return Carrier(code=OTHER, name=text.strip())


def known_carriers() -> tuple[str, ...]:
    """Returns Amazon's codes in the table."""
    return tuple(_ALIASES)
