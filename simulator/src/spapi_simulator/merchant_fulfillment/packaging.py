"""Boxes and weights: what is measured, in the units the model knows, and the boxes that have a name."""

from dataclasses import dataclass
from decimal import Decimal

from spapi_simulator.front.answers import JSON, refuse_input
from spapi_simulator.front.bodies import optional_text
from spapi_simulator.merchant_fulfillment.wording import choice_of, decimal_of, member, refuse_value

_WHERE = "shipmentRequestDetails.packageDimensions"
_CM_PER_INCH = Decimal("2.54")
_GRAMS_PER_OUNCE = Decimal("28.349523125")
_SIDES = ("Length", "Width", "Height")
_LONGEST_SIDE, _HEAVIEST = "10000", "1000000"
UNITS_OF_WEIGHT = ("oz", "g")

_TOKENS = {
    "FedEx": (
        "Box_10kg:16.5x12.9x10.8 Box_25kg:21.6x16.6x13.2 Box_Extra_Large_1:11.9x11x10.8 "
        "Box_Extra_Large_2:15.8x14.1x6 Box_Large_1:17.5x12.4x3 Box_Large_2:11.3x8.8x7.8 "
        "Box_Medium_1:13.3x11.5x2.4 Box_Medium_2:11.3x8.8x4.4 Box_Small_1:12.4x10.9x1.5 "
        "Box_Small_2:11.3x8.8x2.7 Envelope:12.5x9.5x0.8 Padded_Pak:11.8x14.8x2 Pak_1:15.5x12x0.8 "
        "Pak_2:12.8x10.3x0.8 Tube:38x6x6 XL_Pak:17.5x20.8x2"
    ),
    "UPS": (
        "Box_10kg:16.5x13.3x10.8 Box_25kg:19.4x17.4x14 Express_Box:18x12.5x3.8 Express_Box_Large:18x13x3 "
        "Express_Box_Medium:15x11x3 Express_Box_Small:13x11x2 Express_Envelope:12.5x9.5x2 "
        "Express_Hard_Pak:14.8x11.5x2 Express_Legal_Envelope:15x9.5x2 Express_Pak:16x12.8x2 "
        "Express_Tube:38x6x6 Laboratory_Pak:17.2x12.8x2 Pad_Pak:14.8x11x2 Pallet:120x80x200"
    ),
    "USPS": (
        "Card:6x4.3x0.1 Flat:15x12x0.8 FlatRateCardboardEnvelope:12.5x9.5x4 FlatRateEnvelope:12.5x9.5x4 "
        "FlatRateGiftCardEnvelope:10x7x4 FlatRateLegalEnvelope:15x9.5x4 FlatRatePaddedEnvelope:12.5x9.5x4 "
        "FlatRateWindowEnvelope:10x5x4 LargeFlatRateBoardGameBox:24.1x11.9x3.1 LargeFlatRateBox:12.3x12.3x6 "
        "Letter:11.5x6.1x0.3 MediumFlatRateBox1:11.3x8.8x6 MediumFlatRateBox2:14x12x3.5 "
        "RegionalRateBoxA1:10.1x7.1x5 RegionalRateBoxA2:13.1x11.1x2.5 RegionalRateBoxB1:12.3x10.5x5.5 "
        "RegionalRateBoxB2:16.3x14.5x3 RegionalRateBoxC:15x12x12 SmallFlatRateBox:8.7x5.4x1.8 "
        "SmallFlatRateEnvelope:10x6x4"
    ),
}
"""Inside measures in inches, near enough to what the carriers print on their boxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A package's measures in centimetres, longest side first."""

    sides: tuple[Decimal, Decimal, Decimal]

    @property
    def longest(self) -> Decimal:
        """The longest side in centimetres."""
        return self.sides[0]

    @property
    def girth(self) -> Decimal:
        """The longest side and the distance around it, as carriers limit them together."""
        return self.sides[0] + 2 * (self.sides[1] + self.sides[2])

    @property
    def volume(self) -> Decimal:
        """The cubic centimetres it takes up."""
        return self.sides[0] * self.sides[1] * self.sides[2]


def _box(measures: list[Decimal], unit: str) -> Box:
    factor = _CM_PER_INCH if unit == "inches" else Decimal(1)
    long, middle, short = sorted((side * factor for side in measures), reverse=True)
    return Box(sides=(long, middle, short))


def _named() -> dict[str, Box]:
    boxes = {}
    for carrier, rows in _TOKENS.items():
        for row in rows.split():
            token, _, measures = row.partition(":")
            boxes[f"{carrier}_{token}"] = _box([Decimal(side) for side in measures.split("x")], "inches")
    return boxes


PREDEFINED = _named()


def read_box(body: JSON) -> Box:
    """Return the box of a request: all three sides with their unit, or the name of one.

    Raises:
        Refusal: 400 for a side that is missing or no length, or a name that nobody knows.
    """
    if token := optional_text(body, "PredefinedPackageDimensions"):
        if token not in PREDEFINED:
            where = member(_WHERE, "PredefinedPackageDimensions")
            raise refuse_value(token, where, "satisfy enum value set of PredefinedPackageDimensions")
        return PREDEFINED[token]
    unit = choice_of(body, "Unit", _WHERE, ("inches", "centimeters"))
    return _box([decimal_of(body, side, _WHERE, least="0.01", most=_LONGEST_SIDE) for side in _SIDES], unit)


def read_grams(body: JSON, where: str = "shipmentRequestDetails.weight") -> Decimal:
    """Return a weight in grams."""
    unit = choice_of(body, "Unit", where, UNITS_OF_WEIGHT)
    value = decimal_of(body, "Value", where, least="0", most=_HEAVIEST)
    if not value:
        raise refuse_input("The weight of a package must be more than zero.")
    return value * _GRAMS_PER_OUNCE if unit == "oz" else value
