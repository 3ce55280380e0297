"""Check digits: which single wrong digits they see, and which they cannot see however they are written."""

import random
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dockseal.shipment_confirmation.tracking_numbers import check_digits
from unit.shipment_confirmation.tracking_numbers.issuing import DIGITS, LETTERS, mistyped

SEES_ALL = (
    check_digits.gs1,
    check_digits.gls,
    check_digits.luhn,
    check_digits.mod37_36,
    check_digits.usps_without_its_91,
    check_digits.smartpost_without_its_92,
)
EVERY = (*SEES_ALL, check_digits.identcode, check_digits.ups, check_digits.fedex, check_digits.mod7)
DIGIT_STRINGS = st.text(DIGITS, min_size=8, max_size=34)


def completed(check: Callable[[str], bool], body: str) -> str:
    """The body with the first character that the check takes."""
    return next(body + each for each in DIGITS + LETTERS if check(body + each))


def changed(number: str, data: st.DataObject) -> tuple[str, int]:
    """The number with another digit at a place, and the place."""
    places = [at for at, each in enumerate(number) if each in DIGITS]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in DIGITS if digit != number[place]]))
    return number[:place] + other + number[place + 1 :], place


@pytest.mark.parametrize("check", EVERY)
@given(body=DIGIT_STRINGS)
def test_a_body_has_one_right_check_digit(check: Callable[[str], bool], body: str) -> None:
    assert [check(body + each) for each in DIGITS + LETTERS].count(True) == 1


@pytest.mark.parametrize("check", SEES_ALL)
@given(body=DIGIT_STRINGS, data=st.data())
def test_every_single_wrong_digit_is_seen(
    check: Callable[[str], bool], body: str, data: st.DataObject
) -> None:
    assert not check(changed(completed(check, body), data)[0])


@given(body=DIGIT_STRINGS, data=st.data())
def test_modulus_seven_is_blind_for_a_digit_wrong_by_seven_and_for_nothing_else(
    body: str, data: st.DataObject
) -> None:
    number = completed(check_digits.mod7, body)
    wrong, place = changed(number, data)
    blind = place < len(number) - 1 and abs(int(wrong[place]) - int(number[place])) == 7
    assert check_digits.mod7(wrong) == blind


@given(body=DIGIT_STRINGS, data=st.data())
def test_an_identcode_is_blind_for_a_digit_wrong_by_five_at_a_weight_of_four(
    body: str, data: st.DataObject
) -> None:
    number = completed(check_digits.identcode, body)
    wrong, place = changed(number, data)
    blind = place < len(body) and place % 2 == 0 and abs(int(wrong[place]) - int(number[place])) == 5
    assert check_digits.identcode(wrong) == blind


@given(body=st.text(DIGITS + LETTERS, min_size=8, max_size=15), data=st.data())
def test_ups_is_blind_for_a_digit_wrong_by_five_where_it_counts_twice(body: str, data: st.DataObject) -> None:
    number = completed(check_digits.ups, body)
    wrong, place = changed(number, data)
    blind = place < len(body) and place % 2 == 1 and abs(int(wrong[place]) - int(number[place])) == 5
    assert check_digits.ups(wrong) == blind


@given(body=st.text(DIGITS, min_size=11, max_size=13), data=st.data())
def test_fedex_is_blind_where_remainders_of_ten_and_of_none_meet(body: str, data: st.DataObject) -> None:
    number = completed(check_digits.fedex, body)
    wrong, _ = changed(number, data)
    assert not check_digits.fedex(wrong) or number[-1] == wrong[-1] == "0"


@given(body=st.text(DIGITS, min_size=8, max_size=8), data=st.data())
def test_s10_is_blind_where_two_remainders_give_five(body: str, data: st.DataObject) -> None:
    number = completed(check_digits.s10, body)
    wrong, _ = changed(number, data)
    assert not check_digits.s10(wrong) or number[-1] == wrong[-1] == "5"


@pytest.mark.parametrize("check", [*EVERY, check_digits.s10])
@given(text=st.text(max_size=20))
def test_no_text_makes_a_check_fail_and_a_sign_is_never_right(
    check: Callable[[str], bool], text: str
) -> None:
    right = check(text)
    assume(any(each not in DIGITS + LETTERS for each in text))
    if check is not check_digits.ups:  # it looks at numbers alone, whose shape its rules have seen to
        assert not right


def test_the_worked_examples_of_the_sources() -> None:
    assert check_digits.s10("473124829")  # UPU S10, as Wikipedia works it out
    assert check_digits.mod7("123456789013")  # nanoappli.com
    assert check_digits.ups("5915806855587736")  # Algorithm::CheckDigits M10_011
    assert check_digits.gs1("4260304620007")  # a GLN of GS1, as ecosio.com works it out


def test_about_one_wrong_digit_in_sixty_is_hidden_from_fedex_and_from_posts() -> None:
    chance = random.Random(8)
    for check, length in ((check_digits.fedex, 11), (check_digits.s10, 8)):
        numbers = [completed(check, "".join(chance.choices(DIGITS, k=length))) for _ in range(4000)]
        hidden = sum(check(mistyped(number, chance)) for number in numbers)
        assert 20 < hidden < 120, hidden
