"""Where a parcel comes from and where it goes (Address of the model)."""

import re
from dataclasses import dataclass

from spapi_simulator.front.answers import JSON
from spapi_simulator.merchant_fulfillment.wording import member, refuse_value, text_of
from spapi_simulator.world.people import Recipient

_COUNTRY = re.compile(r"[A-Z]{2}")
_STATE_REQUIRED = frozenset({"US", "CA", "GB", "CN"})
_PO_BOX = re.compile(r"\bP\.?\s?O\.?\s?Box\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. Its repr shows nothing, since it may be a buyer's."""

    name: str
    line_1: str
    line_2: str = ""
    line_3: str = ""
    county: str = ""
    city: str
    state: str = ""
    postal_code: str
    country: str
    email: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "Address(…)"

    @property
    def is_po_box(self) -> bool:
        """Whether it is a post-office box, where couriers do not deliver."""
        return any(_PO_BOX.search(line) for line in (self.line_1, self.line_2, self.line_3))

    def lines(self) -> tuple[str, ...]:
        """Return it as a label prints it, line by line."""
        place = " ".join(part for part in (self.city, self.state, self.postal_code) if part)
        given = (self.name, self.line_1, self.line_2, self.line_3, self.county, place, self.country)
        return tuple(line for line in given if line)

    def shape(self) -> JSON:
        """Return it as an answer shows it, cut to the lengths that the model allows."""
        full: JSON = {
            "Name": self.name[:30],
            "AddressLine1": self.line_1[:180],
            "AddressLine2": self.line_2[:60],
            "AddressLine3": self.line_3[:60],
            "DistrictOrCounty": self.county,
            "Email": self.email,
            "City": self.city[:30],
            "StateOrProvinceCode": self.state[:30],
            "PostalCode": self.postal_code[:30],
            "CountryCode": self.country,
            "Phone": self.phone[:30],
        }
        optional = {"AddressLine2", "AddressLine3", "DistrictOrCounty", "StateOrProvinceCode"}
        return {name: value for name, value in full.items() if value or name not in optional}


def read(body: JSON, where: str) -> Address:
    """Return the address of a request.

    Raises:
        Refusal: 400 that names the member which is missing, too long, or no country code.
    """
    country = text_of(body, "CountryCode", where, longest=2)
    if not _COUNTRY.fullmatch(country):
        raise refuse_value(
            country, member(where, "CountryCode"), "satisfy regular expression pattern: [A-Z]{2}"
        )
    return Address(
        name=text_of(body, "Name", where, longest=30),
        line_1=text_of(body, "AddressLine1", where, longest=180),
        line_2=text_of(body, "AddressLine2", where, longest=60, required=False),
        line_3=text_of(body, "AddressLine3", where, longest=60, required=False),
        county=text_of(body, "DistrictOrCounty", where, required=False),
        city=text_of(body, "City", where, longest=30),
        state=text_of(body, "StateOrProvinceCode", where, longest=30, required=country in _STATE_REQUIRED),
        postal_code=text_of(body, "PostalCode", where, longest=30),
        country=country,
        email=text_of(body, "Email", where),
        phone=text_of(body, "Phone", where, longest=30),
    )


def of(recipient: Recipient) -> Address:
    """Return where an order goes; Amazon fills this in, no caller does."""
    return Address(
        name=recipient.name,
        line_1=recipient.address_line_1,
        line_2=recipient.address_line_2,
        line_3=recipient.address_line_3,
        county=recipient.county or recipient.district,
        city=recipient.city,
        state=recipient.state,
        postal_code=recipient.postal_code,
        country=recipient.country_code,
        email=recipient.buyer_email,
        phone=recipient.phone,
    )


NOBODY = Address(name="", line_1="", city="", postal_code="", country="")
"""What stands in place of a buyer's address where it may not be shown."""
