"""The profile of a partner: what X12 leaves open, written down in a TOML file and checked when it is read."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dockseal.errors import SettingsFault
from dockseal.warehouses.edi.syntax import Address, Delimiters, Envelope

_PLACE = re.compile(r"(?:N9|MAN)\*[A-Z0-9]{2,3}")
_PRINTED = re.compile(r"[ -~]*")

Qualifier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")]
Meaning = Literal["shipped", "later", "cancelled", "substituted"]
"""What a status of a line says: its quantities are in the parcel, come later, never come, or are others."""

STATUSES: dict[str, Meaning] = {
    **dict.fromkeys(("CC", "CL", "CM", "CE", "CP", "BP", "PR", "SH"), "shipped"),
    **dict.fromkeys(("BO", "BK"), "later"),
    **dict.fromkeys(("IC", "CK"), "cancelled"),
    **dict.fromkeys(("CS", "IS"), "substituted"),
}
"""W1201 as most partners use it (data element 368)."""
CARRIERS = {
    **dict.fromkeys(("UPSN", "UPSS", "UPSC"), "UPS"),
    **dict.fromkeys(("FDE", "FDEG", "FDEN", "FDXG", "FDXE"), "FedEx"),
    "USPS": "USPS",
    "DHLC": "DHL",
    "PRLA": "Purolator",
}
"""Carriers by their SCAC; what is not here goes by the routing text, or by the SCAC itself."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class End(_Part):
    """One end of the exchange: we, or the partner."""

    qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
    """ISA05 or ISA07."""
    id: Annotated[str, Field(min_length=1, max_length=15)]
    """ISA06 or ISA08."""
    group: Annotated[str, Field(max_length=15)] = ""
    """GS02 or GS03; empty: the same as `id`."""

    @field_validator("id", "group")
    @classmethod
    def _printed(cls, text: str) -> str:
        if not _PRINTED.fullmatch(text) or text != text.strip():
            raise ValueError("use plain letters and digits without blanks around them")
        return text

    def address(self) -> Address:
        """Returns it as the envelope takes it."""
        return Address(qualifier=self.qualifier, id=self.id, group=self.group or self.id)


class Syntax(_Part):
    """How files are written."""

    element: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    component: Annotated[str, Field(min_length=1, max_length=1)] = ">"
    repetition: Annotated[str, Field(min_length=1, max_length=1)] = "^"
    segment: Annotated[str, Field(min_length=1, max_length=1)] = "~"
    line_ends: Literal["none", "lf", "crlf"] = "lf"
    charset: Literal["basic", "extended", "latin1", "utf8"] = "extended"
    """basic: capitals only; extended: ASCII; latin1, utf8: that, by agreement."""
    transliterate: bool = False
    """Whether letters with accents may go without them where the charset has none."""

    @model_validator(mode="after")
    def _distinct(self) -> "Syntax":
        parts = [self.element, self.component, self.repetition, self.segment]
        if len(set(parts)) < 4 or any(part.isalnum() or part == " " or not part.isascii() for part in parts):
            raise ValueError("the delimiters are four different characters, no letters, digits or blanks")
        return self


class Party(_Part):
    """Somebody who is named in each order (N1)."""

    name: Annotated[str, Field(max_length=60)] = ""
    qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$")]
    id: Annotated[str, Field(min_length=2, max_length=80)]


class Orders(_Part):
    """How a 940 looks."""

    new: Code = "N"
    """W0501 of an order."""
    cancel: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,3}$")] = "F"
    """W0501 of a cancellation; empty: the partner takes none."""
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "EA"
    """W0102, and what W1205 has to be."""
    item_qualifier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] = "SK"
    """W0104: what our SKU is to the partner."""
    line_qualifier: Qualifier = "LI"
    """N901 of Amazon's order item id."""
    reference_qualifier: Qualifier = "CO"
    """N901 of our whole reference, where it is longer than W0502 can be."""
    ship_by: Qualifier = "10"
    """G6201 of the latest day to ship."""
    deliver_by: Annotated[str, Field(pattern=r"^([A-Z0-9]{2})?$")] = "02"
    """G6201 of the latest day to deliver; empty: it is left out."""
    name_length: Annotated[int, Field(ge=10, le=60)] = 60
    """Characters of N102 and N2: 60, and 35 at many partners."""
    address_length: Annotated[int, Field(ge=10, le=55)] = 55
    """Characters of N301 and N302."""
    gift_message: Literal["NTE", "N9", "refuse"] = "NTE"
    """Where it goes: to NTE, to MSG behind an N9, or nowhere, so that such an order is refused."""
    gift_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = "OTH"
    """NTE01 or N901 of a gift message."""
    delivery_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{3}$")] = "DEL"
    """NTE01 of delivery instructions."""
    titles: bool = True
    """Whether titles are sent (G69) where they fit; the SKU says what is to be packed."""
    payment: Annotated[str, Field(pattern=r"^([A-Z0-9]{2})?$")] = ""
    """W6601, such as PP; empty: there is no W66."""
    mode: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,2}$")] = "M"
    """W6602, where there is a W66."""
    most: Annotated[int, Field(ge=1, le=500)] = 100
    """Orders in one interchange."""


class Advices(_Part):
    """How a 945 is read."""

    tracking: tuple[str, ...] = ("MAN*CP", "N9*2I", "N9*CN")
    """Where tracking numbers stand, the best place first."""
    untracked: bool = False
    """Whether boxes may have no number: the warehouse uses services that have none."""
    packages: Literal["LX", "MAN", "order"] = "LX"
    """What a parcel is: an LX loop, what follows a MAN, or all of the advice."""
    skus: tuple[str, ...] = ("SK", "VN")
    """Qualifiers in W12 that name our SKU."""
    shipped: Qualifier = "11"
    """G6201 of the day that the goods left; where there is none, it is W0603."""
    totals: bool = True
    """Whether W0301 has to be the sum of the lines, where there is a W03."""
    statuses: dict[str, Meaning] = Field(default_factory=dict)
    carriers: dict[str, str] = Field(default_factory=dict)

    @field_validator("tracking")
    @classmethod
    def _places(cls, places: tuple[str, ...]) -> tuple[str, ...]:
        if not places or not all(_PLACE.fullmatch(place) for place in places):
            raise ValueError("write each place as a segment and its qualifier, such as N9*2I or MAN*CP")
        return places

    def meaning(self, status: str) -> Meaning | None:
        """Returns what a status of a line says; None for an unknown one."""
        return self.statuses.get(status) or STATUSES.get(status)

    def carrier(self, scac: str) -> str:
        """Returns the carrier of a SCAC; empty for an unknown one."""
        return self.carriers.get(scac) or CARRIERS.get(scac, "")


class Folders(_Part):
    """Where the partner looks for files and puts its own."""

    out: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "out"
    in_: Annotated[str, Field(alias="in", pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "in"


class Profile(_Part):
    """All of it."""

    version: Literal["4010", "5010"]
    usage: Literal["production", "test"]
    timezone: str
    """Of the warehouse: the dates in all documents are days there."""
    us: End
    partner: End
    ack_hours: Annotated[int, Field(ge=0, le=240)] = 24
    """Hours after which an order without a 997 is told of; 0: the partner sends none."""
    syntax: Syntax = Syntax()
    orders: Orders = Orders()
    advices: Advices = Advices()
    parties: dict[Qualifier, Party] = Field(default_factory=dict)
    folders: Folders = Folders()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such time zone; write it such as America/Los_Angeles") from None
        return name

    @model_validator(mode="after")
    def _no_delimiters(self) -> "Profile":
        named = [text for party in self.parties.values() for text in (party.name, party.id)]
        for text in (self.us.id, self.us.group, self.partner.id, self.partner.group, *named):
            if any(character in self.delimiters.in_use() or not character.isascii() for character in text):
                raise ValueError(
                    "an id or name under us, partner or parties holds a delimiter, or is not ASCII"
                )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The warehouse's zone."""
        return ZoneInfo(self.timezone)

    @property
    def delimiters(self) -> Delimiters:
        """What parts values in our files."""
        return Delimiters(
            element=self.syntax.element,
            component=self.syntax.component,
            repetition="" if self.version == "4010" else self.syntax.repetition,
            segment=self.syntax.segment,
            line_end={"none": "", "lf": "\n", "crlf": "\r\n"}[self.syntax.line_ends],
        )

    @property
    def envelope(self) -> Envelope:
        """What goes around our documents."""
        return Envelope(
            sender=self.us.address(),
            receiver=self.partner.address(),
            version=f"00{self.version}",
            usage="P" if self.usage == "production" else "T",
            delimiters=self.delimiters,
            encoding={"latin1": "latin-1", "utf8": "utf-8"}.get(self.syntax.charset, "ascii"),
        )


def profile_of(path: str, warehouse: str) -> Profile:
    """Reads a profile.

    Raises:
        SettingsFault: it is missing, no TOML, or a key of it cannot work; each fault names its key.
    """
    if not path:
        raise SettingsFault(
            (f"warehouse {warehouse} has no profile; add the option profile=… with the path of a TOML file",)
        )
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        what = f"cannot be read ({type(fault).__name__}): see that it is there, and ours to read"
    except tomllib.TOMLDecodeError as fault:
        what = f"is no TOML ({fault})"
    else:
        try:
            return Profile.model_validate(values)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise SettingsFault(
            tuple(
                f"profile {path} of warehouse {warehouse}, key {'.'.join(map(str, each['loc']))}: "
                f"{each['msg']}; docs/edi.md lists the keys"
                for each in faults
            )
        )
    raise SettingsFault((f"profile {path} of warehouse {warehouse} {what}",))
