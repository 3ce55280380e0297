"""What people read of a carrier that is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.carrier import Carrier
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.shipment_confirmation.carriers.naming import carrier_named
from dockseal.shipment_confirmation.carriers.unknown import Unknown, Why, unknown_sentence

BY_COUNTRY = {each.country: each.id for each in MARKETPLACES.values()}
DO = "Name the carrier of the parcel, or teach once what this warehouse means by it."


def unknown(text: str, country: str = "US") -> Unknown:
    """What is said of a text that names no carrier."""
    found = carrier_named(text, marketplace_id=BY_COUNTRY[country])
    assert isinstance(found, Unknown), found
    return found


def labels(text: str, country: str = "US") -> list[str]:
    """What is suggested for a text."""
    return [each.label for each in unknown(text, country).suggestions]


@pytest.mark.parametrize(
    ("text", "country", "first"),
    [
        ("Fedx", "US", "FedEx"),
        ("Fedx Ground", "US", "FedEx"),
        ("Fedx", "JP", "FEDEX_JP"),
        ("USPPS", "US", "USPS"),
        ("Roayl Mail", "GB", "Royal Mail"),
        ("Roayl Mail 24", "GB", "Royal Mail"),
        ("Colisimo", "FR", "Colissimo"),
        ("Post", "FR", "La Poste"),
        ("Post", "JP", "Japan Post"),
        ("UPS Logistics", "US", "UPS"),
        ("UPS FedEx", "US", "UPS"),
    ],
)
def test_the_nearest_carrier_is_suggested_first(text: str, country: str, first: str) -> None:
    assert labels(text, country)[0] == first


def test_carriers_at_home_in_the_marketplace_go_before_the_others() -> None:
    assert labels("Hermes", "FR") == ["Hermes Logistik Gruppe", "Hermes UK"]
    assert labels("Purolater", "CA") == ["PUROLATOR"]
    assert labels("SP", "SG")[0] == "Singapore Post"
    assert labels("SP", "SA")[0] == "SPL"


def test_nothing_is_suggested_for_what_is_near_to_nothing() -> None:
    assert labels("Quixotic Vans") == []
    assert labels("Other") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The warehouse did not name the carrier."),
        ("Other", 'The warehouse did not name the carrier; it sent only "Other".'),
        ("Express", 'The warehouse named the service "Express", but not the carrier.'),
        (
            "Hermes",
            'The carrier\'s name "Hermes" is not certain in this marketplace: it may mean '
            "Hermes Logistik Gruppe or Hermes UK.",
        ),
        (
            "UPS FedEx",
            'The warehouse named more than one carrier: "UPS FedEx"; did it mean UPS or FedEx?',
        ),
        ("Fedx", 'Dockseal knows no carrier "Fedx"; did it mean FedEx?'),
        ("Quixotic Vans", 'Dockseal knows no carrier "Quixotic Vans".'),
    ],
)
def test_the_sentence_names_the_text_what_it_may_be_and_what_to_do(text: str, sentence: str) -> None:
    assert unknown_sentence(unknown(text)) == f"{sentence} {DO}"


def test_three_carriers_are_written_as_a_list() -> None:
    three = tuple(Carrier(code=code) for code in ("UPS", "USPS", "FedEx"))
    assert "did it mean UPS, USPS or FedEx?" in unknown_sentence(Unknown(text="x", suggestions=three))


@pytest.mark.parametrize("text", ["x" * 41, "Van\u202e", "Van 1234567", "ann@example.org", "a\nb"])
def test_a_text_that_is_long_unprintable_or_looks_like_somebodys_is_not_shown(text: str) -> None:
    said = unknown_sentence(Unknown(text=text))
    assert said == f"Dockseal knows no carrier of the name the warehouse sent. {DO}"


@given(st.builds(Unknown, text=st.text(max_size=60), why=st.sampled_from(Why)))
def test_every_unknown_carrier_has_one_printable_line(unknown: Unknown) -> None:
    said = unknown_sentence(unknown)
    assert said.isprintable()
    assert said.endswith(DO)
