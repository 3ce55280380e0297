"""Amazon's marketplaces and the hosts of its regions (SP-API, "Marketplace IDs" and "Endpoints")."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """One marketplace; `utc_offset` is the standard-time offset in hours used for ship-by times."""

    marketplace_id: str
    region: str
    country: str
    currency: str
    name: str
    utc_offset: float


def _table(*rows: tuple[str, str, str, str, str, float]) -> dict[str, Marketplace]:
    return {
        row[0]: Marketplace(
            marketplace_id=row[0],
            region=row[1],
            country=row[2],
            currency=row[3],
            name=row[4],
            utc_offset=row[5],
        )
        for row in rows
    }


MARKETPLACES = _table(
    ("ATVPDKIKX0DER", "NA", "US", "USD", "Amazon.com", -8),
    ("A2EUQ1WTGCTBG2", "NA", "CA", "CAD", "Amazon.ca", -8),
    ("A1AM78C64UM0Y8", "NA", "MX", "MXN", "Amazon.com.mx", -6),
    ("A2Q3Y263D00KWC", "NA", "BR", "BRL", "Amazon.com.br", -3),
    ("A1F83G8C2ARO7P", "EU", "GB", "GBP", "Amazon.co.uk", 0),
    ("A1PA6795UKMFR9", "EU", "DE", "EUR", "Amazon.de", 1),
    ("A13V1IB3VIYZZH", "EU", "FR", "EUR", "Amazon.fr", 1),
    ("APJ6JRA9NG5V4", "EU", "IT", "EUR", "Amazon.it", 1),
    ("A1RKKUPIHCS9HS", "EU", "ES", "EUR", "Amazon.es", 1),
    ("A1805IZSGTT6HS", "EU", "NL", "EUR", "Amazon.nl", 1),
    ("A2NODRKZP88ZB9", "EU", "SE", "SEK", "Amazon.se", 1),
    ("A1C3SOZRARQ6R3", "EU", "PL", "PLN", "Amazon.pl", 1),
    ("AMEN7PMS3EDWL", "EU", "BE", "EUR", "Amazon.com.be", 1),
    ("A28R8C7NBKEWEA", "EU", "IE", "EUR", "Amazon.ie", 0),
    ("A33AVAJ2PDY3EV", "EU", "TR", "TRY", "Amazon.com.tr", 3),
    ("A2VIGQ35RCS4UG", "EU", "AE", "AED", "Amazon.ae", 4),
    ("A17E79C6D8DWNP", "EU", "SA", "SAR", "Amazon.sa", 3),
    ("ARBP9OOSHTCHU", "EU", "EG", "EGP", "Amazon.eg", 2),
    ("A21TJRUUN4KGV", "EU", "IN", "INR", "Amazon.in", 5.5),
    ("AE08WJ6YKNBMC", "EU", "ZA", "ZAR", "Amazon.co.za", 2),
    ("A1VC38T7YXB528", "FE", "JP", "JPY", "Amazon.co.jp", 9),
    ("A39IBJ37TRP1C6", "FE", "AU", "AUD", "Amazon.com.au", 10),
    ("A19VAU5U5O7RUS", "FE", "SG", "SGD", "Amazon.sg", 8),
)

LWA_HOST = "api.amazon.com"
DOCUMENTS_HOST = "spapi-documents.s3.amazonaws.com"
REGION_OF_HOST = {
    f"{prefix}sellingpartnerapi-{region.lower()}.amazon.com": region
    for region in ("NA", "EU", "FE")
    for prefix in ("", "sandbox.")
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


SELLER_CENTRAL = MappingProxyType({
    "US": "sellercentral.amazon.com", "CA": "sellercentral.amazon.ca", "MX": "sellercentral.amazon.com.mx",
    "BR": "sellercentral.amazon.com.br", "GB": "sellercentral-europe.amazon.com",
    "ES": "sellercentral-europe.amazon.com", "FR": "sellercentral-europe.amazon.com",
    "DE": "sellercentral-europe.amazon.com", "IT": "sellercentral-europe.amazon.com",
    "NL": "sellercentral.amazon.nl", "SE": "sellercentral.amazon.se", "PL": "sellercentral.amazon.pl",
    "TR": "sellercentral.amazon.com.tr", "AE": "sellercentral.amazon.ae", "IN": "sellercentral.amazon.in",
    "SG": "sellercentral.amazon.sg", "AU": "sellercentral.amazon.com.au", "JP": "sellercentral.amazon.co.jp",
    "BE": "sellercentral.amazon.com.be", "SA": "sellercentral.amazon.sa", "EG": "sellercentral.amazon.eg",
    "ZA": "sellercentral.amazon.co.za", "IE": "sellercentral.amazon.ie",
})  # fmt: skip
"""Where a seller of a country consents; the last five are not confirmed by any document of Amazon's."""
_SELLER_CENTRAL_HOSTS = frozenset(SELLER_CENTRAL.values())


def is_sqs_host(host: str) -> bool:
    """Say whether a host is a regional SQS endpoint of AWS."""
    return host.startswith("sqs.") and host.endswith(".amazonaws.com")


def is_seller_central(host: str) -> bool:
    """Say whether a host is one of Seller Central's."""
    return host in _SELLER_CENTRAL_HOSTS


def is_known_host(host: str) -> bool:
    """Say whether a host is one the simulator answers for."""
    return (
        host in REGION_OF_HOST
        or host in LOOPBACK
        or host in {LWA_HOST, DOCUMENTS_HOST}
        or is_sqs_host(host)
        or is_seller_central(host)
    )
