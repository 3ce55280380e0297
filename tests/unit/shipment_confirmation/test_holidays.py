"""Public holidays, by the rules of a country and its parts."""

from datetime import date

import pytest

from dockseal.errors import BadInput
from dockseal.shipment_confirmation.holidays import known_region, public_holidays


def test_a_part_of_a_country_keeps_holidays_of_its_own() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in public_holidays("DE-BY", [2026])
    assert corpus_christi not in public_holidays("DE-BE", [2026])
    assert date(2026, 11, 26) in public_holidays("US", [2026])  # Thanksgiving
    assert public_holidays("GB-SCT", [2026]) - public_holidays("GB-ENG", [2026])


def test_years_are_put_together_and_none_are_kept_where_no_region_is_named() -> None:
    assert {day.year for day in public_holidays("DE", [2025, 2026])} == {2025, 2026}
    assert public_holidays("", [2026]) == frozenset()
    assert public_holidays("ZZ", [2026]) == frozenset()


@pytest.mark.parametrize("region", ["", "US", "DE-BY", "GB-SCT", "CA-ON", "DE-Augsburg"])
def test_known_regions_pass_in_whatever_case(region: str) -> None:
    assert known_region(region) == known_region(region.upper()) == known_region(region.lower()) == region


def test_a_city_keeps_holidays_of_its_own() -> None:
    assert public_holidays(known_region("DE-AUGSBURG"), [2026]) - public_holidays("DE-BY", [2026])


@pytest.mark.parametrize(
    ("region", "says"),
    [
        ("ZZ", "'ZZ' are not known"),
        ("GERMANY", "two letters"),
        ("DE-BX", "did you mean .*BY"),
        ("SG-01", "write the country alone"),
    ],
)
def test_a_region_nobody_knows_is_refused_with_what_is_near(region: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        known_region(region)
