"""Carriers as warehouses name them, in Amazon's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.carrier import OTHER, Carrier
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.shipment_confirmation.carriers.naming import carrier_named
from dockseal.shipment_confirmation.carriers.services import LONGEST
from dockseal.shipment_confirmation.carriers.table import ROWS, book_for
from dockseal.shipment_confirmation.carriers.unknown import Unknown, Why
from dockseal.shipment_confirmation.carriers.words import normalised

BY_COUNTRY = {each.country: each.id for each in MARKETPLACES.values()}
US = BY_COUNTRY["US"]
NAMES = sorted((country, name) for country, place in BY_COUNTRY.items() for name in book_for(place).names)
CODES = {row.code for row in ROWS}


def named(text: str, country: str = "US") -> Carrier | Unknown:
    """What a text says in the marketplace of a country."""
    return carrier_named(text, marketplace_id=BY_COUNTRY[country])


def told(text: str, country: str = "US") -> tuple[str, str]:
    """The code and the service of a text that names a carrier."""
    found = named(text, country)
    assert isinstance(found, Carrier), found
    return found.code, found.service


@pytest.mark.parametrize(
    ("text", "country", "code", "service"),
    [
        ("UPS", "US", "UPS", ""),
        ("UPS Ground", "US", "UPS", "Ground"),
        ("ups-ground", "US", "UPS", "Ground"),
        ("upsground", "US", "UPS", "Ground"),
        ("UPS®", "US", "UPS", ""),
        ("UPS(R) Ground", "US", "UPS", "Ground"),
        ("U.P.S.", "US", "UPS", ""),
        ("UPS Inc.", "US", "UPS", ""),
        ("UPS Courier", "US", "UPS", ""),
        ("UPS\0Ground", "US", "UPS", "Ground"),
        ("www.ups.com", "US", "UPS", ""),
        ("1Z via UPS", "US", "UPS", ""),
        ("Ground via UPS", "US", "UPS", "Ground"),
        ("UPS via Stamps.com", "US", "UPS", ""),
        ("UPS 1Z999AA10123456784", "US", "UPS", ""),
        ("UPS 2nd Day Air A.M.", "US", "UPS", "2nd Day Air AM"),
        ("UPS 2DAY", "US", "UPS", "2Day"),
        ("UPS Something New", "US", "UPS", "Something New"),
        ("UPS Mail Innovations", "US", "UPSMI", ""),
        ("usps", "US", "USPS", ""),
        ("USPS Priority Mail", "US", "USPS", "Priority Mail"),
        ("USPS_First_Class", "US", "USPS", "First Class"),
        ("Priority Mail Express", "US", "USPS", "Priority Mail Express"),
        ("stamps_com", "US", "USPS", ""),
        ("stamps_com USPS", "US", "USPS", ""),
        ("stamps_com UPS", "US", "UPS", ""),
        ("Amazon Buy Shipping: FedEx Ground", "US", "FedEx", "Ground"),
        ("Fed-Ex 2Day", "US", "FedEx", "2Day"),
        ("fedex_ground", "US", "FedEx", "Ground"),
        ("FedEx Home Delivery", "US", "FedEx", "Home Delivery"),
        ("FedEx Ground Economy", "US", "FedEx SmartPost", ""),
        ("FedEx", "JP", "FEDEX_JP", ""),
        ("DHL", "DE", "DHL", ""),
        ("DHL Paket GmbH", "DE", "DHL", ""),
        ("DHL Express Worldwide", "DE", "DHL Express", "Worldwide"),
        ("DHL eCommerce SmartMail Parcel Plus", "US", "DHL eCommerce", "SmartMail Parcel Plus"),
        ("DHL eCommerce UK", "GB", "DHL Parcel UK", ""),
        ("DHL Parcel", "GB", "DHL Parcel UK", ""),
        ("DPD UK Next Day", "GB", "DPD", "Next Day"),
        ("DPD Local", "GB", "DPD Local", ""),
        ("Interlink Express", "GB", "DPD Local", ""),
        ("Royal Mail 24", "GB", "Royal Mail", "24"),
        ("Royal Mail Tracked 48", "GB", "Royal Mail", "Tracked 48"),
        ("Tracked 48", "GB", "Royal Mail", "Tracked 48"),
        ("Evri", "GB", "Hermes UK", ""),
        ("Hermes", "GB", "Hermes UK", ""),
        ("Hermes", "DE", "Hermes Logistik Gruppe", ""),
        ("Hermes Germany", "FR", "Hermes Logistik Gruppe", ""),
        ("PF", "GB", "Parcelforce", ""),
        ("Amazon Logistics", "US", "AMZL", ""),
        ("Amazon Logistics", "GB", "AMZL_UK", ""),
        ("PostNL", "NL", "PostNL", ""),
        ("PostNL", "GB", "Post NL", ""),
        ("GO! Express", "DE", "GO!", "Express"),
        ("Correos", "ES", "Correos", ""),
        ("Correos Exprés", "ES", "Correos Express", ""),
        ("CORREOS EXPRES", "ES", "Correos Express", ""),
        ("Colis Privé", "FR", "Colis Prive", ""),
        ("Poste", "FR", "La Poste", ""),
        ("Poste", "IT", "Poste Italiane", ""),
        ("Poste Italiane S.p.A.", "IT", "Poste Italiane", ""),
        ("Kühne + Nagel", "DE", "Kuehne+Nagel", ""),
        ("Yamato", "JP", "YAMATO", ""),
        ("Yamato", "US", "YamatoTransport", ""),
        ("ヤマト運輸 宅急便", "JP", "YAMATO", "宅急便"),
        ("佐川急便", "JP", "SAGAWA", ""),
        ("佐川急便株式会社", "JP", "SAGAWA", ""),
        ("クロネコヤマト宅急便", "JP", "YAMATO", "宅急便"),
        ("DPD Polska Sp. z o.o.", "PL", "DPD", ""),
        ("DHL SmartMail Ground", "US", "DHL eCommerce", "Ground"),
        ("Sagawa Express", "US", "SagawaExpress", ""),
        ("ゆうパック", "JP", "Japan Post", "ゆうパック"),
        ("Australia Post Express Post", "AU", "Australia Post", "Express Post"),
        ("Speed Post", "IN", "India Post", "Speed Post"),
        ("Other: UPS Ground", "US", "UPS", "Ground"),
        ("Delivered by UPS", "US", "UPS", ""),
    ],
)
def test_what_warehouses_send_becomes_amazons_code_and_the_service(
    text: str, country: str, code: str, service: str
) -> None:
    assert told(text, country) == (code, service)
    found = named(text, country)
    assert isinstance(found, Carrier)
    assert found.name == ""


@pytest.mark.parametrize(
    ("text", "country", "name"),
    [
        ("An Post", "IE", "An Post"),
        ("YURTİÇİ KARGO", "TR", "Yurtiçi Kargo"),
        ("yurtici", "TR", "Yurtiçi Kargo"),
        ("UNI UNI", "US", "UniUni"),
        ("J&T Express", "SG", "J&T Express"),
        ("سمسا", "SA", "SMSA Express"),
        ("Fukuyama Transporting", "JP", "福山通運"),
    ],
)
def test_a_carrier_without_a_code_goes_as_other_under_the_name_buyers_know(
    text: str, country: str, name: str
) -> None:
    found = named(text, country)
    assert isinstance(found, Carrier)
    assert (found.code, found.name) == (OTHER, name)


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("", "US", Why.NOT_NAMED),
        (" ?! ", "US", Why.NOT_NAMED),
        ("Other", "US", Why.NOT_NAMED),
        ("n/a", "US", Why.NOT_NAMED),
        ("Sonstige", "DE", Why.NOT_NAMED),
        ("autre transporteur", "FR", Why.NOT_NAMED),
        ("Courier", "GB", Why.NOT_NAMED),
        ("Express", "US", Why.SERVICE_ALONE),
        ("Standard Shipping", "US", Why.SERVICE_ALONE),
        ("next_day", "GB", Why.SERVICE_ALONE),
        ("Post", "DE", Why.AMBIGUOUS),
        ("Hermes", "FR", Why.AMBIGUOUS),
        ("Hermes Standard", "US", Why.AMBIGUOUS),
        ("SP", "SG", Why.AMBIGUOUS),
        ("PF", "US", Why.AMBIGUOUS),
        ("Amazon", "US", Why.AMBIGUOUS),
        ("Correos", "MX", Why.AMBIGUOUS),
        ("StarTrack", "AU", Why.AMBIGUOUS),
        ("UPS FedEx", "US", Why.SEVERAL),
        ("UPS/USPS Something", "US", Why.SEVERAL),
        ("Upstate Couriers", "US", Why.NOT_KNOWN),
        ("UPS Logistics", "US", Why.NOT_KNOWN),
        ("Saia Something", "US", Why.NOT_KNOWN),
        ("Post Haste", "AU", Why.NOT_KNOWN),
        ("Quick", "US", Why.NOT_KNOWN),
        ("1234567", "US", Why.NOT_KNOWN),
    ],
)
def test_what_names_no_carrier_for_certain_is_not_guessed(text: str, country: str, why: Why) -> None:
    found = named(text, country)
    assert isinstance(found, Unknown)
    assert (found.why, found.text) == (why, text.strip())


def test_another_carrier_is_asked_for_by_its_own_name() -> None:
    assert named("Other: Foo Couriers") == Unknown(text="Foo Couriers")


def test_what_a_person_taught_wins_over_the_table_and_a_service_may_follow_it() -> None:
    foo = Carrier(code=OTHER, name="Foo Couriers")
    taught = {"foo couriers": foo, "ups": Carrier(code="FedEx"), normalised("Courier!"): foo}

    def meant(text: str) -> Carrier | Unknown:
        return carrier_named(text, marketplace_id=US, taught=taught)

    assert meant("Other: FOO_Couriers") == foo
    assert meant("Foo Couriers Next Day") == Carrier(code=OTHER, name="Foo Couriers", service="Next Day")
    assert isinstance(meant("Foo Couriers of Elsewhere"), Unknown)
    assert meant("U.P.S.") == Carrier(code="FedEx")
    assert meant("courier") == foo
    assert isinstance(named("courier"), Unknown)


def test_a_marketplace_that_is_not_known_reads_the_names_of_the_world() -> None:
    assert carrier_named("UPS", marketplace_id="A0") == Carrier(code="UPS")
    assert isinstance(carrier_named("Hermes", marketplace_id="A0"), Unknown)


@given(
    st.sampled_from(NAMES), st.sampled_from(["", " 24", " tracked", " next day", "_priority", " (standard)"])
)
def test_every_name_means_its_carrier_alone_and_with_any_service_behind_it(
    name: tuple[str, str], service: str
) -> None:
    country, text = name
    book = book_for(BY_COUNTRY[country])
    longest = max(
        (each for each in book.names if (text + normalised(service).replace(" ", "")).startswith(each)),
        key=len,
    )
    if longest == text or not service:
        row = book.names[text].row
        found = named(text + service, country)
        assert isinstance(found, Carrier), found
        assert (found.code, found.name) == (row.code, row.name)


def test_every_code_and_name_means_itself_in_its_own_marketplaces() -> None:
    for row in ROWS:
        for country in row.countries or BY_COUNTRY:
            theirs = book_for(BY_COUNTRY[country]).names.get(normalised(row.label).replace(" ", ""))
            assert theirs is not None, (row.label, country)
            if row.countries:
                assert theirs.row is row, (row.label, country)
            else:  # only a row of that country alone may stand in for one of the world
                assert theirs.row is row or theirs.row.only_there, (row.label, country)
            once = named(row.label, country)
            assert isinstance(once, Carrier)
            assert (once.code, once.name) == (theirs.row.code, theirs.row.name)
            assert named(once.label, country) == once


SEPARATORS = st.sampled_from([" ", "  ", "_", "-", ". ", " / ", "\t", ", "])


@given(
    st.sampled_from(
        ["UPS Ground", "Royal Mail Tracked 48", "Correos Express", "DHL eCommerce", "GLS Parcel"]
    ),
    SEPARATORS,
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    st.sampled_from(["", " ", "®", "!"]),
)
def test_case_spaces_and_signs_never_change_the_answer(
    text: str, between: str, case: object, end: str
) -> None:
    assert callable(case)
    assert named(case(text).replace(" ", between) + end, "GB") == named(text, "GB")


@given(st.sampled_from(NAMES), st.data())
def test_a_name_with_other_signs_between_its_letters_is_the_same_name(
    name: tuple[str, str], data: st.DataObject
) -> None:
    country, text = name
    at = data.draw(st.integers(0, len(text)))
    found = named(
        f"{text[:at]}{data.draw(st.sampled_from(['_', '-', ' ', '.']))}{text[at:]}".upper(), country
    )
    row = book_for(BY_COUNTRY[country]).names[text].row
    assert isinstance(found, Carrier), found
    assert (found.code, found.name) == (row.code, row.name)


@given(st.text(max_size=120), st.sampled_from(sorted(BY_COUNTRY)))
def test_any_text_is_a_carrier_amazon_takes_or_unknown_and_always_the_same(text: str, country: str) -> None:
    found = named(text, country)
    assert found == named(text, country)
    if isinstance(found, Carrier):
        assert found.code in CODES
        assert len(found.service) <= LONGEST
    else:
        assert found.text == text.strip() or found.text in text
        assert len(found.suggestions) <= 3


@given(st.text())
def test_a_name_is_normalised_once_and_for_all(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("code", "name"), [("", ""), (OTHER, ""), ("UPS", "United Parcel Service"), (OTHER, "x" * (LONGEST + 1))]
)
def test_a_carrier_amazon_would_not_take_is_none(code: str, name: str) -> None:
    with pytest.raises(ValueError, match="carrier"):
        Carrier(code=code, name=name)


def test_a_long_service_is_cut_after_a_word() -> None:
    _, service = told("UPS " + "Priority " * 9)
    assert service == " ".join(["Priority"] * 5)
