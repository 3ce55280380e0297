"""Tracking numbers as carriers issue them: random ones with the check digit each carrier publishes.

Written from the carriers' rules alone, on purpose in another way than the product: a check digit is tried
until the published sum comes out, or calculated along the worked example of the source. Nothing of the
product is imported. The numbers are random; none is of a shipment.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A carrier that issues numbers of one kind."""

    carrier: str
    """Amazon's code, or a name where Amazon has none."""
    kind: str
    head: Callable[[random.Random], str]
    """Everything before the check digit."""
    tail: str = ""
    """What follows it."""
    holds: Holds
    """Whether a number is one of this kind by the published rule."""
    checks: str = DIGITS

    def number(self, chance: random.Random) -> str:
        """A number of this kind."""
        while True:
            head = self.head(chance)
            for check in self.checks:
                if self.holds(f"{head}{check}{self.tail}"):
                    return f"{head}{check}{self.tail}"

    def with_one_wrong_digit(self, chance: random.Random) -> str:
        """A number one of whose digits was mistyped, so that the published rule sees it."""
        while True:
            number = mistyped(self.number(chance), chance)
            if not self.holds(number):
                return number


def mistyped(number: str, chance: random.Random) -> str:
    """The number with another digit in place of one of its digits."""
    place = chance.choice([at for at, each in enumerate(number) if each in DIGITS])
    other = chance.choice([digit for digit in DIGITS if digit != number[place]])
    return number[:place] + other + number[place + 1 :]


def digits(count: int, first: str = "") -> Callable[[random.Random], str]:
    """So many random digits after fixed ones."""
    return lambda chance: first + "".join(chance.choices(DIGITS, k=count))


def _all_digits(number: str, length: int, first: str = "") -> bool:
    return len(number) == length and set(number) <= set(DIGITS) and number.startswith(first)


def _gs1_sum(number: str) -> int:
    # GS1: from the right, the check digit counts once, its neighbour three times, and so on.
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number[::-1]))


def gs1_of(length: int, *firsts: str) -> Holds:
    return lambda number: (
        any(_all_digits(number, length, first) for first in firsts or ("",)) and _gs1_sum(number) % 10 == 0
    )


def gls(number: str) -> bool:
    # GLS Uni-Box 3.2.1: 3 1 3 1 … from the left over eleven digits, plus one, up to the next ten.
    if not _all_digits(number, 12):
        return False
    odd, even = sum(map(int, number[0:11:2])), sum(map(int, number[1:11:2]))
    return (odd * 3 + even + 1 + int(number[11])) % 10 == 0


def ups_1z(number: str) -> bool:
    # abcdefghij of UPS: A is 2, B is 3, … H is 9, I is 0 and so on around; every second one doubled.
    if len(number) != 18 or number[:2] != "1Z" or number[17] not in DIGITS:
        return False
    values = [int(each) if each in DIGITS else (LETTERS.index(each) + 2) % 10 for each in number[2:17]]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return (total + int(number[17])) % 10 == 0


def ups_waybill(number: str) -> bool:
    if len(number) != 11 or number[0] not in "AHJKV" or not _all_digits(number[1:], 10):
        return False
    values = list(map(int, number[1:10]))
    return (sum(values[0::2]) + 2 * sum(values[1::2]) + int(number[10])) % 10 == 0


def ontrac(number: str) -> bool:
    # The letter counts as a digit, C as 4 and D as 5; every second one is doubled.
    if len(number) != 15 or number[0] not in "CD" or not _all_digits(number[1:], 14):
        return False
    values = [{"C": 4, "D": 5}[number[0]], *map(int, number[1:14])]
    return (sum(values[0::2]) + 2 * sum(values[1::2]) + int(number[14])) % 10 == 0


def fedex_12(number: str) -> bool:
    # FedEx Express: 3 1 7 3 1 7 … from the left; what is left after 11, and 0 for ten.
    if not _all_digits(number, 12):
        return False
    weights = [3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]
    left = sum(int(digit) * weight for digit, weight in zip(number[:11], weights, strict=True)) % 11
    return int(number[11]) == (0 if left == 10 else left)


def fedex_34(number: str) -> bool:
    return _all_digits(number, 34, "100") and number[20:22] == "00" and fedex_12(number[22:])


def fedex_96(number: str) -> bool:
    return _all_digits(number, 22, "96") and _gs1_sum(number[7:]) % 10 == 0


def seven_of(length: int) -> Holds:
    def holds(number: str) -> bool:
        if not _all_digits(number, length):
            return False
        left = 0
        for digit in number[:-1]:  # written division by seven
            left = (left * 10 + int(digit)) % 7
        return int(number[-1]) == left

    return holds


def identcode(number: str) -> bool:
    # Deutsche Post: 4 9 4 9 … from the left, up to the next ten.
    if not _all_digits(number, 12):
        return False
    fours, nines = sum(map(int, number[0:11:2])), sum(map(int, number[1:11:2]))
    return (fours * 4 + nines * 9 + int(number[11])) % 10 == 0


def s10_of(country: str) -> Holds:
    def holds(number: str) -> bool:
        if len(number) != 13 or number[11:] != country or not _all_digits(number[2:11], 9):
            return False
        a, b, c, d, e, f, g, h, check = map(int, number[2:11])
        rest = 11 - (8 * a + 6 * b + 4 * c + 2 * d + 3 * e + 5 * f + 9 * g + 7 * h) % 11
        return check == (0 if rest == 10 else 5 if rest == 11 else rest)

    return holds


def dpd_15(number: str) -> bool:
    # DPD Parcel Label Specification, as its worked example goes.
    if len(number) != 15 or not _all_digits(number[:14], 14):
        return False
    carried = 36
    for digit in number[:14]:
        carried += int(digit)
        carried = carried - 36 if carried > 36 else carried
        carried *= 2
        carried = carried - 37 if carried > 36 else carried
    check = 37 - carried
    return number[14] == (DIGITS + LETTERS)[0 if check == 36 else check]


def _1z(chance: random.Random) -> str:
    shipper = "".join(chance.choices(DIGITS + LETTERS, k=6))
    return f"1Z{shipper}{chance.choice(['01', '02', '03', '12', '68', 'YW'])}" + digits(7)(chance)


def _s10(chance: random.Random) -> str:
    return chance.choice("CEHLRV") + chance.choice(LETTERS) + digits(8)(chance)


def _lettered(letters: str, count: int) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(letters) + digits(count)(chance)


def _posts() -> tuple[Issuer, ...]:
    posts = {
        "Royal Mail": "GB", "Deutsche Post": "DE", "La Poste": "FR", "Correos": "ES", "Poste Italiane": "IT",
        "Australia Post": "AU", "BPOST": "BE", "USPS": "US", "Canada Post": "CA", "PostNL": "NL",
        "India Post": "IN", "An Post": "IE",
    }  # fmt: skip
    return tuple(
        Issuer(carrier=carrier, kind="S10", head=_s10, tail=country, holds=s10_of(country))
        for carrier, country in posts.items()
    )


ISSUERS: tuple[Issuer, ...] = (
    Issuer(carrier="UPS", kind="1Z", head=_1z, holds=ups_1z),
    Issuer(carrier="UPS", kind="waybill", head=_lettered("AHJKV", 9), holds=ups_waybill),
    Issuer(carrier="USPS", kind="22", head=digits(19, "94"), holds=gs1_of(22, "91", "92", "93", "94", "95")),
    Issuer(carrier="USPS", kind="26", head=digits(23, "92"), holds=gs1_of(26, "91", "92", "93", "94", "95")),
    Issuer(carrier="USPS", kind="20", head=digits(17, "03"), holds=gs1_of(20)),
    Issuer(carrier="UPSMI", kind="22", head=digits(19, "92"), holds=gs1_of(22, "91", "92", "93", "94", "95")),
    Issuer(carrier="FedEx", kind="12", head=digits(11), holds=fedex_12),
    Issuer(carrier="FedEx", kind="15", head=digits(14), holds=gs1_of(15)),
    Issuer(carrier="FedEx", kind="22", head=digits(19, "96"), holds=fedex_96),
    Issuer(
        carrier="FedEx",
        kind="34",
        head=lambda chance: digits(17, "100")(chance) + "00" + digits(11)(chance),
        holds=fedex_34,
    ),
    Issuer(
        carrier="FedEx SmartPost",
        kind="22",
        head=digits(17, "9261"),
        holds=gs1_of(22, "92", "91", "93", "94", "95"),
    ),
    Issuer(carrier="OnTrac", kind="C or D", head=_lettered("CD", 13), holds=ontrac),
    Issuer(carrier="Canada Post", kind="16", head=digits(15), holds=gs1_of(16)),
    Issuer(carrier="DHL Express", kind="10", head=digits(9), holds=seven_of(10)),
    Issuer(carrier="DHL", kind="12", head=digits(11), holds=identcode),
    Issuer(carrier="DHL", kind="20", head=digits(15, "0034"), holds=gs1_of(20)),
    Issuer(carrier="Hermes Logistik Gruppe", kind="14", head=digits(13), holds=gs1_of(14)),
    Issuer(carrier="GLS", kind="12", head=digits(11), holds=gls),
    Issuer(carrier="DPD", kind="15", head=digits(14), holds=dpd_15, checks=DIGITS + LETTERS),
    Issuer(carrier="DPD Local", kind="15", head=digits(14), holds=dpd_15, checks=DIGITS + LETTERS),
    Issuer(carrier="YAMATO", kind="12", head=digits(11), holds=seven_of(12)),
    Issuer(carrier="SAGAWA", kind="12", head=digits(11), holds=seven_of(12)),
    *_posts(),
)
