"""How carriers calculate check digits: pure, each on the characters of a number that its check digit covers.

Every function takes those characters with the check digit last and tells whether it is right. None raises:
what it cannot read is not right. Each says which single wrong digits it cannot see, however it is written.
"""

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"[0-9]+")
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (1, 3, 7)


def gs1(text: str) -> bool:
    """Modulus 10, weights 3 and 1 from the right: SSCC, USPS, FedEx Ground, DHL Paket, Canada Post.

    Sees every single wrong digit. Source: GS1 General Specifications 7.9; USPS Publication 199.
    """
    return _fills_ten(text, (3, 1))


def gls(text: str) -> bool:
    """As `gs1`, with one added to the sum: GLS.

    Sees every single wrong digit. Source: GLS Uni-Box, technical documentation of 2012, 3.2.1.
    """
    return _fills_ten(text, (3, 1), start=1)


def usps_without_its_91(text: str) -> bool:
    """As `gs1`, over the application identifier 91 that is not written: old USPS labels of 20 digits.

    Sees every single wrong digit. Source: USPS Publication 97, as tracking_number_data has it.
    """
    return gs1("91" + text)


def smartpost_without_its_92(text: str) -> bool:
    """As `gs1`, over the application identifier 92 that is not written: FedEx SmartPost of 20 digits.

    Sees every single wrong digit. Source: FedEx SmartPost IMpb FAQ, as tracking_number_data has it.
    """
    return gs1("92" + text)


def identcode(text: str) -> bool:
    """Modulus 10, weights 4 and 9 from the left: identcode of Deutsche Post and DHL.

    Cannot see a digit that is wrong by 5 at a weight of 4. Source: Algorithm::CheckDigits M10_005.
    """
    if not _DIGITS.fullmatch(text):
        return False
    total = sum(int(digit) * (4, 9)[place % 2] for place, digit in enumerate(text[:-1]))
    return -total % 10 == int(text[-1])


def ups(text: str) -> bool:
    """Modulus 10, weights 1 and 2 from the left, a letter as its place in ASCII less 3: UPS, OnTrac.

    Cannot see a digit that is wrong by 5 at a weight of 2. Source: tracking_number_data, UPS and OnTrac;
    Algorithm::CheckDigits M10_011.
    """
    if not text[-1:].isdecimal():
        return False
    total = sum(_ups_value(each) * (1, 2)[place % 2] for place, each in enumerate(text[:-1]))
    return -total % 10 == int(text[-1])


def fedex(text: str) -> bool:
    """Modulus 11, then 10, weights 1, 3, 7 from the right: FedEx Express.

    The remainders 0 and 10 both give 0, so it cannot see a wrong digit that leads from one to the other,
    about one in sixty. Source: tracking_number_data, FedEx Express (12) and (34).
    """
    if not _DIGITS.fullmatch(text):
        return False
    return _from_the_right(text[:-1], _FEDEX_WEIGHTS) % 11 % 10 == int(text[-1])


def mod7(text: str) -> bool:
    """What is left of the number before the last digit, divided by 7: DHL Express and carriers in Japan.

    Cannot see a digit that is wrong by 7. Source: tracking_number_data, DHL Express; the "7DR" of Japanese
    carriers, nanoappli.com/blog/archives/369.
    """
    return bool(_DIGITS.fullmatch(text)) and len(text) > 1 and int(text[:-1]) % 7 == int(text[-1])


def s10(text: str) -> bool:
    """Modulus 11 over eight digits, with 0 for 10 and 5 for 11: the items of postal services (UPU S10).

    The remainders 0 and 6 both give 5, so it cannot see a wrong digit that leads from one to the other.
    Source: UPU standard S10.
    """
    if not re.fullmatch(r"[0-9]{9}", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:8], _S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(text[8])


def mod37_36(text: str) -> bool:
    """ISO/IEC 7064 MOD 37,36, the check character a digit or a letter: DPD.

    Sees every single wrong character. Source: ISO/IEC 7064; DPD Parcel Label Specification 2.4.1.
    """
    if len(text) < 2 or any(each not in _ALPHANUMERIC for each in text):
        return False
    carried = 36
    for each in text[:-1]:
        carried = ((carried + _ALPHANUMERIC.index(each)) % 36 or 36) * 2 % 37
    return (carried + _ALPHANUMERIC.index(text[-1])) % 36 == 1


def luhn(text: str) -> bool:
    """Modulus 10, every second digit doubled and its digits added: Purolator.

    Sees every single wrong digit. Source: ISO/IEC 7812-1 annex B; tracking_number_data, Purolator.
    """
    if not _DIGITS.fullmatch(text):
        return False
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in text[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in text[::-2])) % 10 == 0


def _fills_ten(text: str, weights: tuple[int, ...], start: int = 0) -> bool:
    if not _DIGITS.fullmatch(text) or len(text) < 2:
        return False
    return -(start + _from_the_right(text[:-1], weights)) % 10 == int(text[-1])


def _from_the_right(digits: Iterable[str], weights: tuple[int, ...]) -> int:
    backwards = reversed(list(digits))
    return sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(backwards))


def _ups_value(each: str) -> int:
    return int(each) if each.isdecimal() else (ord(each) - 3) % 10
