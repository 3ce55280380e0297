"""Where a seller consents: a page of Seller Central (SP-API, "Website authorization workflow")."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, urlencode

from dockseal.amazon.endpoints import Endpoints
from dockseal.domain.application import Application
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.seller import Region

_PATH = "/apps/authorize/consent"
_OF_REGION: Mapping[Region, str] = MappingProxyType(
    {
        Region.NA: "sellercentral.amazon.com",
        Region.EU: "sellercentral-europe.amazon.com",
        Region.FE: "sellercentral.amazon.co.jp",
    }
)
_OF_COUNTRY: Mapping[str, str] = MappingProxyType(
    {
        "CA": "sellercentral.amazon.ca",
        "MX": "sellercentral.amazon.com.mx",
        "BR": "sellercentral.amazon.com.br",
        "NL": "sellercentral.amazon.nl",
        "SE": "sellercentral.amazon.se",
        "PL": "sellercentral.amazon.pl",
        "BE": "sellercentral.amazon.com.be",
        "IE": "sellercentral.amazon.ie",
        "TR": "sellercentral.amazon.com.tr",
        "AE": "sellercentral.amazon.ae",
        "SA": "sellercentral.amazon.sa",
        "EG": "sellercentral.amazon.eg",
        "IN": "sellercentral.amazon.in",
        "ZA": "sellercentral.amazon.co.za",
        "AU": "sellercentral.amazon.com.au",
        "SG": "sellercentral.amazon.sg",
    }
)
"""Countries whose sellers do not use their region's own Seller Central."""


def consent_url(
    endpoints: Endpoints, application: Application, region: Region, marketplaces: Sequence[str], *, state: str
) -> str:
    """Returns the address of the page that asks a seller for its consent.

    Args:
        endpoints: May name what stands in for Seller Central.
        application: What asks.
        region: Where the seller sells.
        marketplaces: Its marketplaces; the first decides where it signs in. None: the region does.
        state: Comes back with the seller, so that we know them again.
    """
    query = {
        "application_id": application.application_id,
        "redirect_uri": application.redirect_uri,
        "state": state,
    }
    if application.draft:
        query["version"] = "beta"
    base = endpoints.seller_central or f"https://{seller_central(region, marketplaces)}"
    return f"{base}{_PATH}?{urlencode(query, quote_via=quote)}"


def seller_central(region: Region, marketplaces: Sequence[str]) -> str:
    """Returns the host a seller signs in at."""
    known = MARKETPLACES.get(marketplaces[0]) if marketplaces else None
    own = _OF_COUNTRY.get(known.country) if known else None
    return own or _OF_REGION[region]
