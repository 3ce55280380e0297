"""Where Amazon answers: hosts per region (SP-API, "Endpoints")."""

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
