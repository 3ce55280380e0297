"""Where Amazon answers: hosts per region, and the marketplaces (SP-API, "Endpoints", "Marketplace IDs")."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.domain.seller import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The URLs that calls go to.

    Attributes:
        lwa: Login with Amazon's token URL.
        api: Base URL of the Selling Partner API for each region.
        sqs: Base URL that stands in for Amazon SQS; empty: the host in the queue's own URL.
        seller_central: Base URL that stands in for Seller Central; empty: the host of the marketplace.
    """

    lwa: str
    api: Mapping[Region, str]
    sqs: str = ""
    seller_central: str = ""


AMAZON = Endpoints(
    lwa="https://api.amazon.com/auth/o2/token",
    api=MappingProxyType(
        {
            Region.NA: "https://sellingpartnerapi-na.amazon.com",
            Region.EU: "https://sellingpartnerapi-eu.amazon.com",
            Region.FE: "https://sellingpartnerapi-fe.amazon.com",
        }
    ),
)
"""Amazon's own hosts."""


def at(url: str) -> Endpoints:
    """Returns endpoints that all lie at one base URL, such as a simulator's."""
    base = url.rstrip("/")
    return Endpoints(
        lwa=f"{base}/auth/o2/token",
        api=MappingProxyType(dict.fromkeys(Region, base)),
        sqs=base,
        seller_central=base,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """A country's shop."""

    country: str
    """ISO 3166-1 alpha-2."""
    region: Region
    zone: str
    """IANA time zone in which its days end."""


def _of(region: Region, **shops: tuple[str, str]) -> dict[str, Marketplace]:
    return {
        id_: Marketplace(country=country, region=region, zone=zone) for id_, (country, zone) in shops.items()
    }


MARKETPLACES: Mapping[str, Marketplace] = MappingProxyType(
    _of(
        Region.NA,
        ATVPDKIKX0DER=("US", "America/Los_Angeles"),
        A2EUQ1WTGCTBG2=("CA", "America/Toronto"),
        A1AM78C64UM0Y8=("MX", "America/Mexico_City"),
        A2Q3Y263D00KWC=("BR", "America/Sao_Paulo"),
    )
    | _of(
        Region.EU,
        A1F83G8C2ARO7P=("GB", "Europe/London"),
        A1PA6795UKMFR9=("DE", "Europe/Berlin"),
        A13V1IB3VIYZZH=("FR", "Europe/Paris"),
        APJ6JRA9NG5V4=("IT", "Europe/Rome"),
        A1RKKUPIHCS9HS=("ES", "Europe/Madrid"),
        A1805IZSGTT6HS=("NL", "Europe/Amsterdam"),
        A2NODRKZP88ZB9=("SE", "Europe/Stockholm"),
        A1C3SOZRARQ6R3=("PL", "Europe/Warsaw"),
        AMEN7PMS3EDWL=("BE", "Europe/Brussels"),
        A28R8C7NBKEWEA=("IE", "Europe/Dublin"),
        A33AVAJ2PDY3EV=("TR", "Europe/Istanbul"),
        A2VIGQ35RCS4UG=("AE", "Asia/Dubai"),
        A17E79C6D8DWNP=("SA", "Asia/Riyadh"),
        ARBP9OOSHTCHU=("EG", "Africa/Cairo"),
        A21TJRUUN4KGV=("IN", "Asia/Kolkata"),
        AE08WJ6YKNBMC=("ZA", "Africa/Johannesburg"),
    )
    | _of(
        Region.FE,
        A1VC38T7YXB528=("JP", "Asia/Tokyo"),
        A39IBJ37TRP1C6=("AU", "Australia/Sydney"),
        A19VAU5U5O7RUS=("SG", "Asia/Singapore"),
    )
)
"""Marketplace id to its country, region and time zone."""
