"""Plainly invented buyers: no name, street, postal code or telephone number here belongs to anyone.

Telephone numbers come from ranges that regulators keep for fiction; postal codes from unassigned ranges.
"""

from dataclasses import dataclass

from spapi_simulator.world.seeded import Seeded

_SURNAMES = (
    "Quillfeather", "Marrowby", "Pennyfold", "Thistlewick", "Oddlestone", "Brambleton", "Wickersnap",
    "Larkspindle", "Fennimoor", "Gribbleworth", "Tumbledown", "Sorrelbank", "Plumtackle", "Nettlesham",
)  # fmt: skip
_STREETS = (
    "Sample Row",
    "Example Lane",
    "Placeholder Way",
    "Specimen Street",
    "Fixture Court",
    "Mockingham Road",
)
_CITIES = ("Sampleton", "Exampleford", "Placeholder Falls", "Testbury", "Mockhaven")
_STATES = {"US": ("WA", "OH", "TX"), "CA": ("ON", "BC"), "AU": ("NSW", "VIC"), "BR": ("SP",), "IN": ("KA",)}
_POSTAL = {
    "US": "000{:02d}",
    "GB": "ZZ99 9Z{letter}",
    "CA": "Z0Z 0Z{digit}",
    "JP": "000-00{:02d}",
    "PL": "00-0{:02d}",
    "AU": "00{:02d}",
    "ZA": "99{:02d}",
    "BE": "00{:02d}",
    "NL": "99{:02d} ZZ",
    "IN": "0000{:02d}",
    "SG": "0000{:02d}",
    "BR": "00000-0{:02d}",
}
_PHONES = {
    "GB": "+44 7700 900{:03d}", "DE": "+49 30 23125 {:03d}", "FR": "+33 1 99 00 0{digit} {:02d}",
    "AU": "+61 491 570 156", "US": "+1 206-555-01{:02d}", "CA": "+1 604-555-01{:02d}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where an order goes and who bought it: the personal data of one order. Its repr shows nothing.

    Attributes:
        address_type: `Residential`, `Commercial`, or `PickupPoint` for one of Amazon's access points.
        street_name, street_number, complement, neighborhood: The parts of a street address in Brazil.
        drop_off, instructions: What the buyer asks of whoever delivers.
    """

    name: str
    address_line_1: str
    city: str
    postal_code: str
    country_code: str
    address_line_2: str = ""
    address_line_3: str = ""
    company: str = ""
    county: str = ""
    district: str = ""
    state: str = ""
    phone: str = ""
    address_type: str = "Residential"
    buyer_name: str = ""
    buyer_email: str = ""
    municipality: str = ""
    street_name: str = ""
    street_number: str = ""
    complement: str = ""
    neighborhood: str = ""
    drop_off: str = ""
    instructions: str = ""

    def __repr__(self) -> str:
        return "Recipient(…)"


def invent(seeded: Seeded, country: str) -> Recipient:
    """Return the next invented recipient of a country (ISO 3166 alpha-2)."""
    pick = seeded.digest("person")
    number = pick[0] % 100
    name = f"Testperson {_SURNAMES[pick[1] % len(_SURNAMES)]}"
    states = _STATES.get(country, ("",))
    street = _STREETS[pick[3] % len(_STREETS)]
    brazil = country == "BR"
    return Recipient(
        name=name,
        address_line_1=f"{pick[2] + 1} {street}",
        address_line_2=f"Unit {pick[4]}" if pick[4] % 4 == 0 else "",
        city=_CITIES[pick[5] % len(_CITIES)],
        state=states[pick[6] % len(states)],
        postal_code=_fill(_POSTAL.get(country, "000{:02d}"), number),
        country_code=country,
        phone=_fill(_PHONES.get(country, "+1 555-01{:02d}"), number),
        address_type="Commercial" if pick[7] % 8 == 0 else "Residential",
        buyer_name=name if pick[8] % 5 else f"Testperson {_SURNAMES[pick[9] % len(_SURNAMES)]}",
        buyer_email=f"{seeded.hex('relay', 14)}@marketplace.example",
        street_name=street if brazil else "",
        street_number=str(pick[2] + 1) if brazil else "",
        neighborhood="Bairro Exemplo" if brazil else "",
        drop_off="Front door" if pick[10] % 8 == 0 else "",
        instructions="Please ring twice" if pick[11] % 16 == 0 else "",
    )


def _fill(pattern: str, number: int) -> str:
    return pattern.format(number, letter=chr(65 + number % 26), digit=number % 10)
