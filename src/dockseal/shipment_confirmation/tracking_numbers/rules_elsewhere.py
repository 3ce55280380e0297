"""Tracking numbers of carriers in Asia and Oceania, those of postal services under UPU S10 left aside."""

import re

from dockseal.shipment_confirmation.tracking_numbers import check_digits
from dockseal.shipment_confirmation.tracking_numbers.rule import Rule

_JAPAN = "TakamoriYamashiro/shipping-jp-js; nanoappli.com/blog/archives/369"
_GUIDE = "trackpackage.live, tracking number formats"

ELSEWHERE: tuple[Rule, ...] = (
    Rule(
        name="Yamato 12",
        carriers=("YAMATO", "YamatoTransport"),
        pattern=re.compile(r"[0-9]{12}"),
        shape="12 digits",
        check=check_digits.mod7,
        source=_JAPAN,
    ),
    Rule(
        name="Sagawa 12",
        carriers=("SAGAWA", "SagawaExpress"),
        pattern=re.compile(r"[0-9]{12}"),
        shape="12 digits",
        check=check_digits.mod7,
        source=_JAPAN,
    ),
    Rule(
        name="Japan Post 12",
        carriers=("Japan Post", "JP_EXPRESS"),
        pattern=re.compile(r"[0-9]{12}"),
        shape="12 digits",
        check=check_digits.mod7,
        source=f"{_JAPAN}; nayutaya/packtrack",
    ),
    Rule(
        name="Australia Post inland",
        carriers=("Australia Post",),
        pattern=re.compile(
            r"[0-9]{11,13}|[378][0-9]{15}|[A-Z]{2,4}[0-9]{8,12}|33[0-9]?[A-Z]{2,3}[0-9]{9,20}"
        ),
        shape="11 to 13 digits, 16 that begin with 3, 7 or 8, or letters and digits as on eParcel labels",
        source="woocommerce/woocommerce, Fulfillments/Providers/AustraliaPostShippingProvider",
    ),
    Rule(
        name="Aramex",
        carriers=("Aramex",),
        pattern=re.compile(r"[0-9]{10,12}"),
        shape="10 to 12 digits",
        source=_GUIDE,
    ),
    Rule(
        name="DTDC",
        carriers=("DTDC",),
        pattern=re.compile(r"[A-Z][0-9]{8}|[0-9]{12}"),
        shape="a letter and 8 digits, or 12 digits",
        source="courier patterns of the PackageX vision SDK",
    ),
    Rule(
        name="Blue Dart",
        carriers=("BlueDart",),
        pattern=re.compile(r"[0-9]{11}"),
        shape="11 digits",
        source=_GUIDE,
    ),
)
