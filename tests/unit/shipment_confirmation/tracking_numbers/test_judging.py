"""Whether a number can be one of the carrier named with it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.shipment_confirmation.tracking_numbers.candidates import candidates
from dockseal.shipment_confirmation.tracking_numbers.judging import STOPS, WARNS, Verdict, judge
from dockseal.shipment_confirmation.tracking_numbers.rule import Confidence
from dockseal.shipment_confirmation.tracking_numbers.rulebook import RULES, relatives
from unit.shipment_confirmation.tracking_numbers.issuing import DIGITS, ISSUERS, LETTERS, Issuer

UPS = "1Z5R89390357567127"
UPS_MISTYPED = "1Z5R89390357567128"
USPS = "9400111201080805483016"
NUMBERS = st.text(DIGITS + LETTERS, min_size=1, max_size=40)
CARRIERS = sorted({carrier for rule in RULES for carrier in (*rule.carriers, *rule.shared)})


@pytest.mark.parametrize(
    ("number", "carrier", "verdict", "likely"),
    [
        (UPS, "UPS", Verdict.FITS, "UPS"),
        (UPS, "ups", Verdict.FITS, "UPS"),
        (UPS_MISTYPED, "UPS", Verdict.MISTYPED, ""),
        (UPS, "FedEx", Verdict.CONTRADICTED, "UPS"),
        (UPS_MISTYPED, "FedEx", Verdict.SUSPICIOUS, ""),
        (UPS[:-1], "UPS", Verdict.SUSPICIOUS, ""),
        (USPS, "USPS", Verdict.FITS, "USPS"),
        (USPS, "Royal Mail", Verdict.CONTRADICTED, "USPS"),
        ("986578788855", "FedEx", Verdict.FITS, "FedEx"),
        ("986578788856", "FedEx", Verdict.MISTYPED, ""),
        ("RB123456785GB", "Royal Mail", Verdict.FITS, "Royal Mail"),
        ("RB123456786GB", "Royal Mail", Verdict.MISTYPED, ""),
        ("RB123456785GB", "UPS", Verdict.CONTRADICTED, "Royal Mail"),
        ("TBA502887274000", "UPS", Verdict.SUSPICIOUS, ""),
        ("00340433836442636597", "DHL", Verdict.FITS, "DHL"),
        ("00340433836442636598", "DHL", Verdict.MISTYPED, ""),
        ("1234", "BRT", Verdict.UNJUDGED, "BRT"),
        ("whatever", "First Flight", Verdict.UNJUDGED, "First Flight"),
        (UPS, "First Flight", Verdict.UNJUDGED, "First Flight"),
    ],
)
def test_a_number_beside_its_carrier(number: str, carrier: str, verdict: Verdict, likely: str) -> None:
    judgement = judge(number, carrier)
    assert (judgement.verdict, judgement.carrier) == (verdict, likely)


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        (USPS, "UPSMI"),
        (USPS, "UPS"),  # SurePost and Mail Innovations
        (USPS, "FedEx SmartPost"),
        (USPS, "DHL eCommerce"),
        (USPS, "DHL Global Mail"),
        (USPS, "Newgistics"),
        ("986578788855", "FedEx SmartPost"),
        ("09980000020033F", "DPD Local"),
        ("00340433836442636597", "Deutsche Post"),
        ("3318810025", "DHL"),
        ("RB123456785DE", "DHL"),
        ("RB123456785GB", "Parcelforce"),
        ("RB123456785FR", "Colissimo"),
        ("RB123456785FR", "Chronopost"),
        ("RB123456785CN", "USPS"),  # an item keeps its number in the country it goes to
        ("RB123456785GB", "Canada Post"),
        ("444413758703", "YamatoTransport"),
    ],
)
def test_carriers_that_share_numbers_do_not_contradict_each_other(number: str, carrier: str) -> None:
    assert judge(number, carrier).verdict is Verdict.FITS


def test_the_mere_shape_of_a_relatives_number_excuses_no_wrong_digit() -> None:
    """A number of BRT has 12 digits and no check digit, and BRT belongs to DPD; Chronopost takes any S10."""
    assert judge("RB123456786FR", "La Poste").verdict is Verdict.MISTYPED
    assert judge("RB123456786FR", "Colissimo").verdict is Verdict.MISTYPED


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("94OO111201080805483016", "USPS"),
        ("940011120108O805483OI6", "USPS"),
        ("O0340433836442636597", "DHL"),
        ("RBI23456785GB", "Royal Mail"),
    ],
)
def test_letters_that_stand_for_digits_are_told_from_them(number: str, carrier: str) -> None:
    judged = judge(number, carrier)
    assert judged.verdict is Verdict.MISTYPED
    assert "letter O or I" in judged.sentence
    assert number in judged.sentence


def test_a_check_digit_that_others_use_as_well_contradicts_nobody() -> None:
    """12 digits fit FedEx by chance in one of ten: that proves nothing against another carrier."""
    assert judge("986578788855", "BRT").verdict is Verdict.FITS
    assert judge("986578788855", "InPost").verdict is Verdict.UNJUDGED


def test_a_mistyped_number_that_is_another_carriers_beyond_doubt_is_named_so() -> None:
    judgement = judge("9611020987654312345672", "USPS")
    assert (judgement.verdict, judgement.carrier) == (Verdict.CONTRADICTED, "FedEx")


@pytest.mark.parametrize(
    ("number", "verdict", "carrier"),
    [
        (UPS, Verdict.DETECTED, "UPS"),
        (UPS_MISTYPED, Verdict.MISTYPED, "UPS"),
        (USPS, Verdict.DETECTED, "USPS"),
        ("RB123456785ES", Verdict.DETECTED, "Correos"),
        ("TBA502887274000", Verdict.DETECTED, "AMZL"),
        ("09980000020033F", Verdict.DETECTED, "DPD"),
        ("C11031500001879", Verdict.DETECTED, "OnTrac"),
        ("444413758703", Verdict.AMBIGUOUS, ""),
        ("620000000000000000000001", Verdict.AMBIGUOUS, ""),
        ("QQ", Verdict.AMBIGUOUS, ""),
    ],
)
def test_a_number_without_a_carrier(number: str, verdict: Verdict, carrier: str) -> None:
    judgement = judge(number, None)
    assert (judgement.verdict, judgement.carrier) == (verdict, carrier)
    assert judge(number, "") == judge(number, "Other") == judgement


def test_an_ambiguous_number_comes_with_those_it_could_be_of() -> None:
    judgement = judge("444413758703", None)
    names = {carrier for each in judgement.candidates for carrier in each.carriers}
    assert {"YAMATO", "SAGAWA", "Japan Post"} <= names
    assert "one of YAMATO, SAGAWA, Japan Post" in judgement.sentence


def test_other_is_judged_by_its_name_where_that_is_known() -> None:
    assert judge("RB123456785NL", "Other", "PostNL").verdict is Verdict.FITS
    assert judge("RB123456786NL", "Other", "postnl").verdict is Verdict.MISTYPED
    assert judge("12", "Other", "Upstate Couriers").verdict is Verdict.UNJUDGED
    assert judge(UPS, "Other", "Upstate Couriers").verdict is Verdict.UNJUDGED


@given(NUMBERS, st.sampled_from([*CARRIERS, "First Flight", "Other", "", "no carrier of anybody's"]))
def test_whatever_stops_or_warns_says_why_and_what_to_do_and_shows_the_number_as_given(
    number: str, carrier: str
) -> None:
    judgement = judge(number, carrier)
    assert judgement.stops == (judgement.verdict in STOPS)
    if judgement.verdict in STOPS | WARNS:
        assert number in judgement.sentence
        assert "report" in judgement.sentence
        assert judgement.sentence.endswith(".")
    else:
        assert judgement.sentence == ""


@given(NUMBERS)
def test_candidates_come_the_likeliest_first_and_are_the_same_each_time(number: str) -> None:
    found = candidates(number)
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert candidates(number) == found


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda each: f"{each.carrier} {each.kind}")
def test_the_issuer_of_a_number_is_among_its_candidates_and_nobody_else_is_detected(issuer: Issuer) -> None:
    chance = random.Random(3)
    for _ in range(100):
        number = issuer.number(chance)
        names = {carrier for each in candidates(number) for carrier in each.carriers}
        handed_over = {carrier for rule in RULES if rule.used_by(issuer.carrier) for carrier in rule.carriers}
        assert issuer.carrier in names or names & handed_over
        judgement = judge(number, None)
        if judgement.verdict is Verdict.DETECTED:
            assert judgement.carrier in relatives(issuer.carrier) | handed_over, (number, judgement)


def test_every_exclusive_number_with_its_check_digit_names_its_carrier() -> None:
    chance = random.Random(4)
    seen = set()
    for issuer in ISSUERS * 5:
        number = issuer.number(chance)
        found = candidates(number)[0]
        if found.confidence is Confidence.EXCLUSIVE_CHECK:
            seen.add(found.rule)
            assert judge(number, None).verdict is Verdict.DETECTED
            assert judge(number, "InPost").verdict is Verdict.CONTRADICTED
    assert {"UPS 1Z", "USPS IMpb", "FedEx barcode 34", "OnTrac", "DPD 15 with a letter", "UPU S10 GB"} <= seen
