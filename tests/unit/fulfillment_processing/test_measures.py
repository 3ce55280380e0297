"""The measures of a parcel, as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.errors import BadInput
from dockseal.fulfillment_processing.measures import box_from


@pytest.mark.parametrize(
    ("size", "sides", "unit"),
    [
        ("30x20x12 cm", ("30", "20", "12"), "centimeters"),
        ("12 × 30 × 20cm", ("30", "20", "12"), "centimeters"),
        ("10,5x8x5.25 IN", ("10.5", "8", "5.25"), "inches"),
    ],
)
def test_a_size_is_read_with_its_longest_side_first(size: str, sides: tuple[str, ...], unit: str) -> None:
    box = box_from(size, "1g")
    assert (box.length, box.width, box.height) == tuple(Decimal(side) for side in sides)
    assert box.unit == unit


@pytest.mark.parametrize(
    ("weight", "amount", "unit"),
    [("450 g", "450", "g"), ("1.2kg", "1200", "g"), ("9oz", "9", "oz"), ("2 lb", "32", "oz")],
)
def test_a_weight_is_read_in_amazons_units(weight: str, amount: str, unit: str) -> None:
    box = box_from("1x1x1cm", weight)
    assert (box.weight, box.weight_unit) == (Decimal(amount), unit)


@pytest.mark.parametrize("size", ["", "30x20", "30x20x12", "30x20x0cm", "-3x20x12cm", "30x20x12m"])
def test_another_size_is_refused_with_an_example(size: str) -> None:
    with pytest.raises(BadInput, match=r"such as 30x20x12 cm|more than nothing"):
        box_from(size, "1g")


@given(weight=st.text(max_size=12))
def test_whatever_stands_for_a_weight_is_read_or_refused(weight: str) -> None:
    try:
        box = box_from("1x1x1cm", weight)
    except BadInput:
        return
    assert box.weight > 0
