"""Codes of Amazon's Transparency program: one on each unit of an item that takes part in it."""

import re

LONGEST = 200
"""Characters of a code; only the address in a QR code comes near it."""
_FORMS = re.compile(
    r"(?:AZ|ZA)[0-9A-Za-z:]{27}"  # 29 characters, printed with a colon after the first two
    r"|01[0-9]{14}21[!-~]{20}"  # an SGTIN: application identifiers 01 (GTIN) and 21 (serial), 38 characters
    r"|[0-9A-Za-z._/-]{7,20}"  # a serial number of the brand's own
    r"|https?://[!-~]+"  # what a QR code says
)


def is_code(text: str) -> bool:
    """Tells whether a text has one of the forms that Amazon names.

    Source: `TransparencyCode` of the Merchant Fulfillment model (29 characters from AZ or ZA, a 38-character
    SGTIN, a serial number of 7 to 20 characters, or the URL of a QR code); Seller Central help G202008510
    shows the first two.
    """
    return len(text) <= LONGEST and _FORMS.fullmatch(text) is not None
