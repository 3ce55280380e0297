from string import ascii_letters, ascii_uppercase, digits, punctuation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.transparency import LONGEST, is_code

_PRINTED = st.text(ascii_letters + digits + punctuation, min_size=20, max_size=20)
GOOD = st.one_of(
    st.builds(
        "{}:{}".format,
        st.sampled_from(["AZ", "ZA"]),
        st.text(ascii_uppercase + digits, min_size=26, max_size=26),
    ),
    st.builds("01{}21{}".format, st.text(digits, min_size=14, max_size=14), _PRINTED),
    st.text(ascii_letters + digits, min_size=7, max_size=20),
    st.builds("https://qr.example/{}".format, st.text(ascii_letters + digits, min_size=1, max_size=40)),
)


@pytest.mark.parametrize(
    "code",
    [
        "AZ:L1Z2H38F4C5Q6R7E5K6Z1C2K3E",
        "0100376204200301214P1OZMT7D8B81EMF4WW4",
        "T12345ABCDE67890",
        "T98765ZYXWV43210UK",
        "SN-0000001",
    ],
)
def test_codes_as_amazon_shows_them_are_codes(code: str) -> None:
    assert is_code(code)


@given(GOOD)
def test_every_form_is_taken(code: str) -> None:
    assert is_code(code)


@given(GOOD, st.sampled_from([" ", "\n", "\t", "\0", "é", "漢"]), st.data())
def test_no_form_holds_a_space_or_a_letter_of_other_alphabets(
    code: str, stray: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(code)))
    assert not is_code(code[:at] + stray + code[at:])


@pytest.mark.parametrize("code", ["", "SN0001", "A" * 21, "AZ:TOO-SHORT", "https://", "x" * 38])
def test_what_has_no_form_is_no_code(code: str) -> None:
    assert not is_code(code)


def test_no_code_is_longer_than_is_kept() -> None:
    address = "https://qr.example/"
    assert is_code(address + "x" * (LONGEST - len(address)))
    assert not is_code(address + "x" * (LONGEST - len(address) + 1))
