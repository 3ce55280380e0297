"""Parts a 945 into parcels and their lines. How it is parted differs by partner: the profile says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from dockseal.warehouses.edi.profile import Meaning, Profile
from dockseal.warehouses.edi.reading import Fault
from dockseal.warehouses.edi.syntax import Segment

_QUANTITY = re.compile(r"([0-9]{1,9})(?:\.0*)?")
_PAIRS = {"N9": ((1, 2),), "MAN": ((1, 2), (4, 5))}
"""Where a qualifier and its value stand."""


class SetFaulty(Exception):
    """A document cannot be read; never leaves this folder."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault


@dataclass(slots=True, kw_only=True)
class Line:
    """One W12."""

    meaning: Meaning
    ordered: int
    shipped: int
    sku: str
    position: int
    item: str = ""
    """Amazon's order item id, where the partner sends it back."""

    @property
    def key(self) -> str:
        """What tells its item from others."""
        return self.item or self.sku


@dataclass(slots=True, kw_only=True)
class Parcel:
    """What stands between two borders of parcels."""

    places: dict[str, list[str]] = field(default_factory=dict)
    """Values of the N9 and MAN segments, by segment and qualifier."""
    lines: list[Line] = field(default_factory=list)

    def note(self, each: Segment) -> None:
        """Keeps what an N9 or MAN says."""
        for qualifier, value in _PAIRS[each.tag]:
            if each[qualifier] and each[value].strip():
                self.places.setdefault(f"{each.tag}*{each[qualifier]}", []).append(each[value].strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A 945 in its parts."""

    header: Parcel
    """What stands before the first LX."""
    parcels: tuple[Parcel, ...]
    """Those that hold lines."""


def parted(segments: Iterable[Segment], profile: Profile) -> Parted:
    """Returns the parts of a 945.

    Raises:
        SetFaulty: a line cannot be read.
    """
    header = current = Parcel()
    parcels: list[Parcel] = []
    borders = {"LX": ("LX",), "MAN": ("MAN",), "order": ()}[profile.advices.packages]
    inside = False
    for position, each in enumerate(segments, 1):
        if each.tag == "LX" and not inside:
            inside = True
            parcels.append(current := Parcel())
        elif inside and each.tag in borders and current.lines:
            parcels.append(current := Parcel())
        if each.tag == "N9" and each[1] == profile.orders.line_qualifier and current.lines:
            current.lines[-1].item = each[2].strip()
        elif each.tag in _PAIRS:
            current.note(each)
        elif each.tag == "W12":
            if not inside:  # some partners leave the LX out
                inside = True
                parcels.append(current := Parcel())
            current.lines.append(_line(each, position, profile=profile))
    return Parted(header=header, parcels=tuple(parcel for parcel in parcels if parcel.lines))


def _line(each: Segment, position: int, *, profile: Profile) -> Line:
    meaning = profile.advices.meaning(each[1])
    if meaning is None:
        raise _faulty(
            "a line has a status that the profile does not know; add it to advices.statuses",
            position,
            element=1,
            code="7",
        )
    shipped = _quantity(each, 3, position=position)
    if shipped and each[5] != profile.orders.unit:
        raise _faulty(
            f"a line counts in another unit than {profile.orders.unit}, so its quantity means something else",
            position,
            element=5,
            code="7",
        )
    if shipped and meaning == "cancelled":
        raise _faulty("a line is cancelled and shipped at once", position, element=1, code="7")
    # W1207 and W1217 by the standard; some partners are off by one.
    sku = next((each[at + 1].strip() for at in (7, 17, 6, 8) if each[at] in profile.advices.skus), "")
    return Line(
        meaning=meaning,
        ordered=_quantity(each, 2, position=position, default=shipped),
        shipped=shipped,
        sku=sku,
        position=position,
    )


def _quantity(each: Segment, element: int, *, position: int, default: int | None = None) -> int:
    text = each[element]
    if not text and default is not None:
        return default
    found = _QUANTITY.fullmatch(text) if text.isascii() else None
    if found is None:
        code = "6" if text else "1"
        raise _faulty("a quantity is no whole number", position, element=element, code=code)
    return int(found[1])


def _faulty(words: str, position: int, *, element: int, code: str) -> SetFaulty:
    return SetFaulty(Fault(words=words, tag="W12", position=position, element=element, element_code=code))
