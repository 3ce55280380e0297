"""What a seller must tell customs before a label can be bought (getAdditionalSellerInputs)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spapi_simulator.front.answers import JSON, refuse_input
from spapi_simulator.front.bodies import part, parts, text

SHIPMENT_LEVEL, ITEM_LEVEL = "SHIPMENT_LEVEL", "ITEM_LEVEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to be told, always text here.

    Attributes:
        pattern: What the text looks like; `explained` says it in words.
        choices: The only texts allowed, where there is a set of them.
    """

    name: str
    shown: str
    target: str
    pattern: str
    explained: str
    required: bool = True
    choices: tuple[str, ...] = ()

    def shape(self) -> JSON:
        """Return it as AdditionalInputs; nothing is stored from earlier shipments."""
        definition: JSON = {
            "IsRequired": self.required,
            "DataType": "String",
            "Constraints": [{"ValidationRegEx": self.pattern, "ValidationString": self.explained}],
            "InputDisplayText": self.shown,
            "InputTarget": self.target,
            "StoredValue": {"DataType": "String"},
        }
        if self.choices:
            definition["RestrictedSetValues"] = list(self.choices)
        return {"AdditionalInputFieldName": self.name, "SellerInputDefinition": definition}


FIELDS = (
    Field(
        name="NON_DELIVERY_OPTION",
        shown="What to do with the package when it cannot be delivered",
        target=SHIPMENT_LEVEL,
        pattern="^(RETURN|ABANDON)$",
        explained="One of RETURN and ABANDON",
        choices=("RETURN", "ABANDON"),
    ),
    Field(
        name="COUNTRY_OF_ORIGIN",
        shown="Country in which the item was made",
        target=ITEM_LEVEL,
        pattern="^[A-Z]{2}$",
        explained="A two-letter country code",
    ),
    Field(
        name="HARMONIZED_CODE",
        shown="Harmonized system code of the item",
        target=ITEM_LEVEL,
        pattern="^[0-9]{6,10}$",
        explained="6 to 10 digits",
        required=False,
    ),
)


def fields_of(target: str) -> tuple[Field, ...]:
    """Return what is asked for of a shipment, or of each item."""
    return tuple(field for field in FIELDS if field.target == target)


def read(given: object) -> dict[str, str]:
    """Return a list of answers (AdditionalSellerInputsList) by the names of their fields.

    Raises:
        Refusal: 400 for anything that is no such list.
    """
    listed = parts({"AdditionalSellerInputs": given}, "AdditionalSellerInputs", least=0)
    return {
        text(one, "AdditionalInputFieldName"): text(part(one, "AdditionalSellerInput"), "ValueAsString")
        for one in listed
    }


def check(answers: Mapping[str, str], target: str) -> None:
    """Refuse answers that lack one, or hold one that does not fit.

    Raises:
        Refusal: 400 that names the field.
    """
    for field in fields_of(target):
        value = answers.get(field.name)
        if value is None and field.required:
            raise refuse_input(message=f"The additional seller input {field.name} is required.")
        if value is not None and not re.fullmatch(field.pattern, value):
            raise refuse_input(
                message=f"The additional seller input {field.name} is not valid: {field.explained}."
            )
