"""Carriers as warehouses name them, in Amazon's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.shipment_confirmation.carriers import OTHER, carrier_of, known_carriers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPS", "UPS"),
        ("UPS Ground", "UPS"),
        ("ups mail innovations", "UPSMI"),
        ("usps", "USPS"),
        ("USPS Priority Mail", "USPS"),
        ("Fed-Ex 2Day", "FedEx"),
        ("DHL", "DHL"),
        ("DHL eCommerce", "DHL eCommerce"),
        ("DPD Local", "DPD Local"),
        ("Royal Mail 24", "Royal Mail"),
    ],
)
def test_what_warehouses_send_becomes_amazons_code(text: str, code: str) -> None:
    assert carrier_of(text).code == code
    assert carrier_of(text).name == ""


@given(st.text(min_size=1).filter(str.strip))
def test_any_text_is_a_known_code_without_a_name_or_other_with_the_warehouses_own(text: str) -> None:
    carrier = carrier_of(text)
    if carrier.code == OTHER:
        assert carrier.name == text.strip()
    else:
        assert carrier.code in known_carriers()
        assert carrier.name == ""


@given(st.sampled_from(known_carriers()), st.sampled_from(["", " Ground", " next day", "  24"]))
def test_every_code_is_known_by_its_own_name_with_any_service_behind_it(code: str, service: str) -> None:
    assert carrier_of(code + service).code == code


def test_a_name_that_only_begins_like_a_carrier_is_another_one() -> None:
    assert carrier_of("Upstate Couriers").code == OTHER
