"""Every rule, which carriers are known completely, and which carriers count as one."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.domain.carrier import OTHER
from dockseal.shipment_confirmation.tracking_numbers.rule import Rule
from dockseal.shipment_confirmation.tracking_numbers.rules_america import AMERICA
from dockseal.shipment_confirmation.tracking_numbers.rules_elsewhere import ELSEWHERE
from dockseal.shipment_confirmation.tracking_numbers.rules_europe import EUROPE
from dockseal.shipment_confirmation.tracking_numbers.upu import S10

RULES: tuple[Rule, ...] = (*AMERICA, *EUROPE, *ELSEWHERE, *S10)

COMPLETE: Mapping[str, str] = MappingProxyType(
    {
        "AMZL": "Amazon's own parcels begin with TBA, TBC or TBM.",
        "Canada Post": "Canada Post names 16 and 12 digits, and S10.",
        "FedEx": "FedEx names 12, 15, 20, 22 and 34 digits, and hands mail over to USPS.",
        "FedEx SmartPost": "Its parcels go under numbers of USPS or of FedEx.",
        "OnTrac": "OnTrac names C or D and 14 digits, and took LaserShip over.",
        "Parcelforce": "Parcelforce publishes all of its formats.",
        "Royal Mail": "Amazon takes 13, 16, 20 and 21 characters for Royal Mail.",
        "UPS": "UPS publishes all of its formats.",
        "UPS Mail Innovations": "UPS publishes those of its mail service as well.",
        "UPSMI": "UPS publishes those of its mail service as well.",
        "USPS": "USPS publishes all of its formats (Publications 97 and 199).",
    }
)
"""Carriers whose parcels have no other shapes than the rules say, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Carriers that warehouses name for one another, so that none of them contradicts another."""

    carriers: tuple[str, ...]
    reason: str


FAMILIES: tuple[Family, ...] = (
    Family(carriers=("UPS", "UPSMI", "UPS Mail Innovations"), reason="UPS and its mail service"),
    Family(
        carriers=("FedEx", "FedEx SmartPost", "FEDEX_JP", "AFL/Fedex", "TNT"),
        reason="FedEx, its services and countries, and TNT, which it took over",
    ),
    Family(
        carriers=(
            "DHL",
            "DHL Express",
            "DHL eCommerce",
            "DHL Global Mail",
            "DHL Parcel UK",
            "Deutsche Post",
        ),
        reason="divisions of DHL Group; warehouses say DHL for all of them",
    ),
    Family(carriers=("OnTrac", "Lasership"), reason="one company since 2021"),
    Family(carriers=("AMZL", "AMZL_UK", "Amazon Shipping"), reason="Amazon's own delivery"),
    Family(carriers=("DPD", "DPD Local", "BRT", "Seur", "Chronopost"), reason="the Geopost network"),
    Family(carriers=("Royal Mail", "Parcelforce"), reason="one company"),
    Family(carriers=("La Poste", "Colissimo", "Chronopost"), reason="La Poste and its parcel services"),
    Family(carriers=("Hermes UK", "Parcelnet"), reason="former and present names of Evri"),
    Family(carriers=("Correos", "Correos Express"), reason="Correos and its express service"),
    Family(carriers=("Poste Italiane", "SDA"), reason="Poste Italiane and its courier"),
    Family(carriers=("CTT", "CTT EXPRESS"), reason="CTT and its express service"),
    Family(
        carriers=("PostNL", "Post NL", "DHL"),
        reason="both issue numbers that begin with 3S in the Netherlands",
    ),
    Family(carriers=("YAMATO", "YamatoTransport"), reason="two codes of Amazon's for one company"),
    Family(carriers=("SAGAWA", "SagawaExpress"), reason="two codes of Amazon's for one company"),
    Family(carriers=("Japan Post", "JP_EXPRESS"), reason="one company"),
    Family(
        carriers=("BlueDart", "DHL", "DHL Express"), reason="Blue Dart flies under waybills of DHL Express"
    ),
)


def carrier_named(code: str | None, name: str = "") -> str | None:
    """Returns what the rules call a carrier, or None if a warehouse named none.

    Args:
        code: Amazon's carrier code, in any case; `Other` for a carrier that only has a name.
        name: Its name, where the code is `Other`.
    """
    called = (name if (code or "").casefold() == OTHER.casefold() else code or "").strip()
    return _spellings().get(called.casefold(), called) or None


def has_rules(carrier: str) -> bool:
    """Tells whether any rule says how the numbers of this carrier look."""
    return any(carrier in rule.carriers for rule in RULES)


@functools.cache
def relatives(carrier: str) -> frozenset[str]:
    """Returns the carriers that count as this one, with it."""
    return frozenset({carrier}).union(*(each.carriers for each in FAMILIES if carrier in each.carriers))


@functools.cache
def _spellings() -> Mapping[str, str]:
    known = [carrier for rule in RULES for carrier in (*rule.carriers, *rule.shared)]
    known += [carrier for family in FAMILIES for carrier in family.carriers]
    return MappingProxyType({carrier.casefold(): carrier for carrier in known})
