"""What warehouses really send as a tracking number."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.shipment_confirmation.tracking_numbers.normalising import (
    SENTENCES,
    Fault,
    Number,
    Refusal,
    normalised,
)
from unit.shipment_confirmation.tracking_numbers.issuing import ISSUERS, Issuer
from unit.shipment_confirmation.tracking_numbers.published import RIGHT, SHAPED

UPS, OTHER_UPS = "1Z5R89390357567127", "1Z879E930346834440"
USPS = "9400111201080805483016"
PUBLISHED = sorted({number for each in (*RIGHT.values(), *SHAPED.values()) for number in each})
SCANNED = {number for name in ("DPD 28", "FedEx barcode 34") for number in RIGHT[name]}
"""Barcodes that hold more than the number."""


@pytest.mark.parametrize(
    "text",
    [
        UPS,
        UPS.lower(),
        f"  {UPS}\t\r\n",
        "1Z 5R8 939 03 5756 7127",
        "1Z-5R8.939_03–5756—7127",
        "1Z\u00a05R8939\u200b0357\u2060567127\ufeff",
        "１Ｚ５Ｒ８９３９０３５７５６７１２７",
        "1Z5R893903575671２٧",
        f"Tracking: {UPS}",
        f"tracking number {UPS}",
        f"Tracking No. {UPS}",
        f"#{UPS}",
        f"TRK#: {UPS}",
        f"UPS {UPS}",
        f"UPS: {UPS}",
        f"{UPS} (UPS)",
        f"UPS / {UPS}",
        f"Tracking\n{UPS}",
        f'="{UPS}"',
        f"'{UPS}",
        f"*{UPS}*",
        f"({UPS})",
        f"{UPS},",
        f"{UPS} / {UPS}",
        f"{UPS}\n{UPS.lower()}",
    ],
)
def test_what_stands_around_and_between_goes(text: str) -> None:
    assert normalised(text) == Number(text=UPS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Sendungsnummer: 00340433836442636597", "00340433836442636597"),
        ("(00)340433836442636597", "00340433836442636597"),
        ("N° de suivi 6A12345678901", "6A12345678901"),
        ("AWB 3318810025", "3318810025"),
        ("Numero di spedizione - 3318810025", "3318810025"),
        ("No 3318810025", "3318810025"),
        ("FedEx 9865 7878 8855", "986578788855"),
        ("4055-4842-4886", "405548424886"),
        ("32-001 925 4000-221 BB4 EFC", "320019254000221BB4EFC"),
        ("TBA 502887274000", "TBA502887274000"),
        ("JJD 0099999999", "JJD0099999999"),
        ("3S ABCD 1234567", "3SABCD1234567"),
        ("01015026003653 c", "01015026003653C"),
        ("RB 123 456 785 GB", "RB123456785GB"),
        ("NO 123 456 785 DE", "NO123456785DE"),
        ("1LS7119013618127-1", "1LS7119013618127-1"),
        ("1ls 7119013618127-1", "1LS7119013618127-1"),
        ("477179081230.0", "477179081230"),
        ("477179081230,00", "477179081230"),
    ],
)
def test_every_letter_and_digit_of_a_number_stays(text: str, number: str) -> None:
    assert normalised(text) == Number(text=number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"420 22153 {USPS}", USPS),
        ("420 22153 9400 1112 0108 0805 4830 16", USPS),
        (f"42022153{USPS}", USPS),
        (f"420221531234{USPS}", USPS),
        ("4201002334249200190132607600833457", "9200190132607600833457"),
        ("42022153" + USPS[:-1] + "7", USPS[:-1] + "7"),
        ("1001921334250001000300779017972697", "779017972697"),
        ("9622001900000000000000776632517510", "776632517510"),
        ("1001921334250001000300779017972698", "1001921334250001000300779017972698"),
        ("008182709980000020033350276C", "09980000020033"),
        ("00 81827 0998 0000 0200 33 350 276 C", "09980000020033"),
        ("008182709980000020033350276A", "008182709980000020033350276A"),
    ],
)
def test_a_scanned_barcode_loses_what_routes_the_parcel(text: str, number: str) -> None:
    """At FedEx and DPD only where its check digit vouches for it: else a person is to see all of it."""
    assert normalised(text) == Number(text=number)


REFUSED: Mapping[Refusal, tuple[str, ...]] = {
    Refusal.EMPTY: ("", "   ", "\u200b\ufeff", "\n"),
    Refusal.UNTRACKED: (
        "N/A", "n.a.", "none", "None", "untracked", "no tracking", "-", "--", "null", "NaN", "ohne",
    ),
    Refusal.PLACEHOLDER: (
        "0", "0000000000", "TBD", "tba", "xxxxx", "X X X", "123456789", "1234567890", "12345678901234",
        "pending", "test", "1Z9999999999999999", "111-111",
    ),
    Refusal.SEVERAL: (
        f"{UPS} / {OTHER_UPS}", f"{UPS}/{OTHER_UPS}", f"{UPS}, {OTHER_UPS}", f"{UPS} and {OTHER_UPS}",
        f"{UPS} {OTHER_UPS}", f"{UPS}\n{OTHER_UPS}", f"https://www.ups.com/track?tracknum={UPS} {OTHER_UPS}",
    ),
    Refusal.ORDER_ID: ("113-1234567-1234567", " 113-1234567-1234567 "),
    Refusal.SPREADSHEET: ("9.40011E+21", "3,40434E+19", "1e+12"),
    Refusal.UNREADABLE: (
        "Robin Sample", "robin@example.com", f"{UPS} box 2", f"box 2 {UPS}", f"{UPS}, 2 boxes", "12",
        f"{UPS}-1", f"1-{UPS}", "1Z5R8939035756712%", "left at the door", "1Z5Я89390357567127",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "1Z 5R8 939 03 5756 7127 - signature",
        "1Z 5R8 939 03 5756 7127 Sample",
        f"{UPS}_signature",
        f"{UPS}.sample",
        "9400 1112 0108 0805 4830 16 Sample",
    ],
)
def test_words_behind_a_number_become_no_part_of_it(text: str) -> None:
    assert normalised(text) == Fault(refusal=Refusal.UNREADABLE)


@pytest.mark.parametrize(
    "text",
    [
        "Sample 12345678901234",
        "Robin Sample 00340433836442636597",
        "12345 Sampletown",
        "SAMPLE 12",
        "12345678901234 Ada",
        "Robi 12345678901234",
    ],
)
def test_a_word_that_stands_beside_a_number_becomes_no_part_of_it(text: str) -> None:
    assert normalised(text) == Fault(refusal=Refusal.UNREADABLE)


@pytest.mark.parametrize("text", ["JVGL 0123456789", "ABCD 1234567890", "TBA 123456789012", "LX 12345678"])
def test_letters_of_a_number_may_stand_apart(text: str) -> None:
    assert normalised(text) == Number(text=text.replace(" ", ""))


@pytest.mark.parametrize("carrier", ["PostNL", "Post NL:", "Colissimo", "InPost #", "Canada Post", "CTT -"])
def test_a_carrier_before_a_number_is_no_part_of_it(carrier: str) -> None:
    assert normalised(f"{carrier} 3SABCD1234567") == Number(text="3SABCD1234567")
    assert normalised(f"{carrier} tracking no. 7003921234567890") == Number(text="7003921234567890")


@pytest.mark.parametrize("behind", ["-NL-1012AB", "-nl-1012 AB", "-BE-1000", ""])
def test_country_and_post_code_behind_a_number_of_postnl_are_no_part_of_it(behind: str) -> None:
    assert normalised(f"PostNL: 3SABCD1234567{behind}") == Number(text="3SABCD1234567")


@pytest.mark.parametrize("mark", ["]C1", "]d2", "]A0"])
def test_what_a_scanner_says_of_the_kind_of_barcode_is_no_part_of_it(mark: str) -> None:
    assert normalised(f"{mark}00340433836442636597") == Number(text="00340433836442636597")
    assert normalised(f"{mark}{UPS}") == Number(text=UPS)


@pytest.mark.parametrize("refusal", Refusal)
def test_what_is_no_number_is_refused(refusal: Refusal) -> None:
    fault = Fault(refusal=refusal)
    assert {text: normalised(text) for text in REFUSED[refusal]} == dict.fromkeys(REFUSED[refusal], fault)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_to_do(refusal: Refusal) -> None:
    sentence = Fault(refusal=refusal).sentence
    assert sentence == SENTENCES[refusal]
    assert "report" in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("number", [each for each in PUBLISHED if each not in SCANNED])
def test_a_number_as_published_stays_as_it_is(number: str) -> None:
    assert normalised(number) == Number(text=number)
    assert normalised(f" {number.lower()} ") == Number(text=number)


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda each: f"{each.carrier} {each.kind}")
def test_a_number_in_groups_is_the_number(issuer: Issuer) -> None:
    chance = random.Random(5)
    for _ in range(50):
        number = issuer.number(chance)
        size, sign = chance.randint(2, 7), chance.choice(" -.\u00a0")
        grouped = sign.join(number[at : at + size] for at in range(0, len(number), size))
        kept = number[22:] if issuer.kind == "34" else number
        assert normalised(grouped) == Number(text=kept), grouped


@given(st.text(max_size=80))
def test_any_text_is_a_number_of_capitals_and_digits_or_a_fault(text: str) -> None:
    found = normalised(text)
    if isinstance(found, Number):
        bare = found.text.removesuffix("-1")
        assert bare.isascii()
        assert bare.isalnum()
        assert bare == bare.upper()
        assert any(each.isdecimal() for each in bare)


@given(st.text(max_size=80))
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    found = normalised(text)
    if isinstance(found, Number):
        assert normalised(found.text) == found


def test_a_very_long_text_is_refused_at_once() -> None:
    assert normalised("1Z" * 100_000) == Fault(refusal=Refusal.UNREADABLE)
