import pytest

from dockseal.domain.countries import iso_country


@pytest.mark.parametrize(
    ("written", "iso"),
    [("UK", "GB"), ("uk ", "GB"), ("EL", "GR"), ("de", "DE"), ("", ""), ("Narnia", "NARNIA")],
)
def test_a_country_is_written_as_iso_has_it(written: str, iso: str) -> None:
    assert iso_country(written) == iso
