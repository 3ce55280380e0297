"""How the demo warehouse packs an order: which parcels, when, by which carrier, under which number.

All of it follows from a seed and the order, so that the same order is packed the same way in every run.
"""

import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

Number = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order as the warehouse got it."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel to be packed, and what will be reported of it."""

    report_id: str
    reference: str
    after: timedelta
    """How long after the order came in it leaves."""
    carrier: str
    service: str
    tracking_number: str
    lines: tuple[Line, ...]
    """Empty: everything of the order."""


def plan(
    reference: str, lines: Sequence[Line], *, country: str, pack: timedelta, seed: random.Random
) -> list[Parcel]:
    """Returns the parcels of one order.

    About 6 % of orders leave in two parcels at different times, some orders of several lines leave line by
    line, and the rest in one parcel, which is half the time reported without its lines.

    Args:
        reference: Under which the order came.
        lines: What is ordered.
        country: Where it goes; decides which carriers are likely.
        pack: How long packing takes about.
        seed: Draws everything.
    """
    units = sum(line.quantity for line in lines)
    draw = seed.random()
    # Only about half of all orders can be split, so those that can are split twice as often.
    if units > 1 and draw < 0.12:
        loads = _halves(lines, seed)
    elif len(lines) > 1 and draw < 0.27:
        loads = [(line,) for line in lines]
    else:
        loads = [() if seed.random() < 0.5 else tuple(lines)]
    parcels, after = [], pack * seed.uniform(0.5, 1.5)
    for count, load in enumerate(loads, start=1):
        carrier, service, number = seed.choice(CARRIERS.get(country, _ELSEWHERE))
        parcels.append(
            Parcel(
                report_id=f"{reference}-p{count}",
                reference=reference,
                after=after,
                carrier=carrier,
                service=service,
                tracking_number=number(seed),
                lines=load,
            )
        )
        after += pack * seed.uniform(0.3, 1.5)
    return parcels


def _halves(lines: Sequence[Line], seed: random.Random) -> list[tuple[Line, ...]]:
    """Splits the units of an order over two parcels, neither of them empty."""
    units = [line.line_id for line in lines for _ in range(line.quantity)]
    seed.shuffle(units)
    cut = seed.randint(1, len(units) - 1)
    return [_load(units[:cut]), _load(units[cut:])]


def _load(units: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(line_id=item, quantity=units.count(item)) for item in sorted(set(units)))


def ups(seed: random.Random) -> str:
    """Draws a UPS number: 1Z, shipper, service, 7 digits, check digit."""
    shipper = "".join(seed.choice(string.digits + "ABCEFRVWXY") for _ in range(6))
    body = shipper + seed.choice(("01", "02", "03", "13")) + _digits(seed, 7)
    return f"1Z{body}{alternating_check(body)}"


def usps(seed: random.Random) -> str:
    """Draws a USPS Intelligent Mail package number: 22 digits, the last a GS1 check digit."""
    body = seed.choice(("94001", "92055", "94055")) + _digits(seed, 16)
    return f"{body}{gs1_check(body)}"


def fedex(seed: random.Random) -> str:
    """Draws a FedEx Express number: 12 digits, the last a check digit (weights 3, 1, 7; modulo 11)."""
    body = seed.choice("789") + _digits(seed, 10)
    return f"{body}{fedex_check(body)}"


def ontrac(seed: random.Random) -> str:
    """Draws an OnTrac number: C, 13 digits, check digit."""
    body = "C" + _digits(seed, 13)
    return f"{body}{alternating_check(body)}"


def dhl_ecommerce(seed: random.Random) -> str:
    """Draws a DHL eCommerce number: GM and 18 digits."""
    return f"GM{_digits(seed, 18)}"


def dhl_parcel(seed: random.Random) -> str:
    """Draws a DHL parcel number: JJD and 18 digits."""
    return f"JJD{_digits(seed, 18)}"


def dpd(seed: random.Random) -> str:
    """Draws a DPD parcel number: 14 digits."""
    return f"0{_digits(seed, 13)}"


def royal_mail(seed: random.Random) -> str:
    """Draws a Royal Mail number (UPU S10): two letters, 8 digits, check digit, GB."""
    body = _digits(seed, 8)
    return f"{seed.choice(('FA', 'PB', 'XQ'))}{body}{s10_check(body)}GB"


def alternating_check(body: str) -> int:
    """Returns the check digit of UPS and OnTrac: every second character counts twice, letters as digits."""
    values = [int(char) if char.isdigit() else (ord(char) - 3) % 10 for char in body]
    return -(sum(values[0::2]) + 2 * sum(values[1::2])) % 10


def gs1_check(body: str) -> int:
    """Returns the check digit of USPS: from the right, every other digit counts three times."""
    return -sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body))) % 10


def fedex_check(body: str) -> int:
    """Returns the check digit of FedEx Express: weights 3, 1, 7, modulo 11."""
    return sum(int(digit) * (3, 1, 7)[at % 3] for at, digit in enumerate(body)) % 11 % 10


def s10_check(body: str) -> int:
    """Returns the check digit of UPU S10: weights 8 6 4 2 3 5 9 7, modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(body, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)


def _digits(seed: random.Random, count: int) -> str:
    return "".join(seed.choice(string.digits) for _ in range(count))


_ELSEWHERE: tuple[tuple[str, str, Number], ...] = (
    ("DHL", "Paket", dhl_parcel),
    ("dpd", "Classic", dpd),
    ("UPS Standard", "", ups),
)
CARRIERS: Mapping[str, tuple[tuple[str, str, Number], ...]] = MappingProxyType(
    {
        "US": (
            ("UPS Ground", "", ups),
            ("ups", "2nd Day Air", ups),
            ("usps", "Ground Advantage", usps),
            ("USPS Priority Mail", "", usps),
            ("FedEx", "Home Delivery", fedex),
            ("DHL eCommerce", "SmartMail Parcel Plus", dhl_ecommerce),
            ("OnTrac", "Ground", ontrac),
        ),
        "GB": (("Royal Mail", "Tracked 48", royal_mail), ("DPD UK", "Next Day", dpd)),
    }
)
"""Carriers by country, named as warehouses name them: (carrier, service, number)."""
