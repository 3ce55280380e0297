"""Invented buyers: each unlike any other, so that one that turns up outside tells where it was opened."""

import secrets

from dockseal.domain.fields import Field
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.order import AmazonOrder
from dockseal.domain.recipient import Recipient

_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
_FIRST = ("Sample", "Example", "Invented", "Fictional", "Madeup", "Imaginary", "Nobody", "Placeholder")
_LAST = ("Person", "Buyer", "Resident", "Customer", "Neighbour", "Visitor", "Tenant", "Recipient")
_STREETS = ("Sample Street", "Example Road", "Invented Lane", "Fictional Avenue", "Imaginary Way")
_CITIES = ("Sampleton", "Exampleville", "Inventedham", "Fictionborough", "Imaginaryfield")


def invented(amazon: AmazonOrder, fields: frozenset[Field]) -> Recipient:
    """Returns a buyer nobody is, with a word of six letters that no other one has.

    Args:
        amazon: The order it is for; its marketplace gives the country.
        fields: Which fields the buyer has; others are left out.
    """
    word = "".join(secrets.choice(_LETTERS) for _ in range(6))
    market = MARKETPLACES.get(amazon.marketplace_id)
    whole = Recipient(
        {
            Field.NAME: f"{secrets.choice(_FIRST)} {secrets.choice(_LAST)} {word}",
            Field.COMPANY: f"Sample Company {word}",
            Field.ADDRESS_LINE_1: f"{secrets.randbelow(900) + 1} {secrets.choice(_STREETS)} {word}",
            Field.ADDRESS_LINE_2: f"Unit {secrets.randbelow(90) + 1}",
            Field.ADDRESS_LINE_3: "Invented Building",
            Field.DISTRICT: "Sample District",
            Field.DELIVERY_INSTRUCTIONS: "Sample instructions",
            Field.CITY: secrets.choice(_CITIES),
            Field.REGION: "Testregion",
            Field.POSTAL_CODE: f"QZ{secrets.randbelow(90) + 10} 0ZZ",
            Field.COUNTRY: market.country if market else "US",
            Field.PHONE: f"+1 555 01{secrets.randbelow(100):02}",
        }
    )
    return whole.only(fields)
