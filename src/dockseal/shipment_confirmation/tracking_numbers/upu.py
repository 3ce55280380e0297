"""Items of postal services under UPU standard S10: two letters, nine digits and the country that issued them.

An item keeps its number on the whole way, so that of one post is a parcel of every other as well: the post of
the country it goes to, and the consolidators that hand mail over to posts, name themselves as its carrier.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from dockseal.shipment_confirmation.tracking_numbers import check_digits
from dockseal.shipment_confirmation.tracking_numbers.rule import Rule

ISSUERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AE": ("Emirates Post",),
        "AT": ("AT Post",),
        "AU": ("Australia Post",),
        "BE": ("BPOST",),
        "BR": ("Correios",),
        "CA": ("Canada Post",),
        "CH": ("Swiss post",),
        "CN": ("China Post",),
        "CZ": ("Česká pošta",),
        "DE": ("Deutsche Post", "DHL"),
        "DK": ("PostNord",),
        "EE": ("Omniva",),
        "ES": ("Correos",),
        "FI": ("Posti",),
        "FR": ("La Poste", "Colissimo"),
        "GB": ("Royal Mail", "Parcelforce"),
        "GR": ("ELTA",),
        "HK": ("Hongkong Post",),
        "HU": ("Magyar Posta",),
        "IE": ("An Post",),
        "IL": ("Israel Post",),
        "IN": ("India Post",),
        "IT": ("Poste Italiane", "SDA"),
        "JP": ("Japan Post", "JP_EXPRESS"),
        "KR": ("Korea Post",),
        "LT": ("Lietuvos paštas",),
        "LU": ("POST Luxembourg",),
        "LV": ("Latvijas Pasts",),
        "MX": ("Correos de México",),
        "MY": ("Pos Malaysia",),
        "NL": ("PostNL", "Post NL"),
        "NO": ("Posten",),
        "NZ": ("New Zealand Post",),
        "PL": ("Polish Post",),
        "PT": ("CTT", "CTT EXPRESS"),
        "RO": ("Poșta Română",),
        "SA": ("SPL",),
        "SE": ("PostNord",),
        "SG": ("Singapore Post",),
        "SI": ("Pošta Slovenije",),
        "SK": ("Slovenská pošta",),
        "TH": ("Thailand Post",),
        "TR": ("PTT Kargo",),
        "TW": ("Chunghwa Post",),
        "US": ("USPS",),
        "ZA": ("South African Post Office",),
    }
)
"""Who issues the numbers that end with a country's code, by Amazon's code or by name.

Source: the UPU's list of designated operators, as tracking_number_data's s10 has it.
"""
_HAND_OVER = (
    "Chronopost", "Asendia", "DHL eCommerce", "DHL Global Mail", "Landmark Global", "UPSMI",
    "UPS Mail Innovations", "OSM",
)  # fmt: skip
"""Who hands mail over to posts under numbers of theirs."""
POSTS = tuple(dict.fromkeys(carrier for issuers in ISSUERS.values() for carrier in issuers))

S10: tuple[Rule, ...] = tuple(
    Rule(
        name=f"UPU S10 {country}",
        carriers=issuers,
        shared=tuple(post for post in (*POSTS, *_HAND_OVER) if post not in issuers),
        pattern=re.compile(rf"[A-Z]{{2}}(?P<checked>[0-9]{{9}}){country}"),
        shape=f"2 letters, 9 digits and {country}",
        check=check_digits.s10,
        exclusive=True,
        source="UPU standard S10; github.com/jkeen/tracking_number_data, s10",
    )
    for country, issuers in ISSUERS.items()
)
