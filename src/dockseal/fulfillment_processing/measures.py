"""The measures of a packed parcel, as people write them."""

import re
from decimal import Decimal
from types import MappingProxyType

from dockseal.domain.label import Box
from dockseal.errors import BadInput

_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_SIZE = re.compile(rf"\s*{_NUMBER}\s*[x×]\s*{_NUMBER}\s*[x×]\s*{_NUMBER}\s*(cm|in)\s*", re.IGNORECASE)
_WEIGHT = re.compile(rf"\s*{_NUMBER}\s*(kg|g|lb|oz)\s*", re.IGNORECASE)
_UNITS = MappingProxyType({"cm": "centimeters", "in": "inches"})
_WEIGHTS = MappingProxyType(
    {
        "kg": (Decimal(1000), "g"),
        "g": (Decimal(1), "g"),
        "lb": (Decimal(16), "oz"),
        "oz": (Decimal(1), "oz"),
    }
)


def box_from(size: str, weight: str) -> Box:
    """Reads a parcel's measures, such as `30x20x12 cm` and `1.2 kg`, or `12x8x5 in` and `2 lb`.

    Raises:
        BadInput: one cannot be read, or is nothing.
    """
    measured, weighed = _SIZE.fullmatch(size), _WEIGHT.fullmatch(weight)
    if measured is None:
        raise BadInput("write the size of the parcel as length x width x height, such as 30x20x12 cm")
    if weighed is None:
        raise BadInput("write the weight of the parcel such as 450 g, 1.2 kg, 9 oz or 2 lb")
    sides = [_number(text) for text in measured.groups()[:3]]
    factor, unit = _WEIGHTS[weighed[2].lower()]
    grams = _number(weighed[1]) * factor
    if not all(sides) or not grams:
        raise BadInput("every side and the weight of a parcel are more than nothing")
    length, width, height = sorted(sides, reverse=True)
    return Box(
        length=length,
        width=width,
        height=height,
        unit=_UNITS[measured[4].lower()],
        weight=grams,
        weight_unit=unit,
    )


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
