"""The names of the pieces of personal data: names only, so that any room may know them."""

from enum import StrEnum


class Field(StrEnum):
    """Every piece of personal data Dockseal can hold; anything else of Amazon's is not kept at all."""

    NAME = "name"
    COMPANY = "company"
    ADDRESS_LINE_1 = "address_line_1"
    ADDRESS_LINE_2 = "address_line_2"
    ADDRESS_LINE_3 = "address_line_3"
    CITY = "city"
    DISTRICT = "district"
    REGION = "region"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    PHONE = "phone"
    DELIVERY_INSTRUCTIONS = "delivery_instructions"
    BUYER_NAME = "buyer_name"
    BUYER_EMAIL = "buyer_email"
    GIFT_MESSAGE = "gift_message"
