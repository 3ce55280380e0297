"""Codes of Amazon's Transparency program: one for each unit of an item that takes part.

confirmShipment names the forms: 29 characters from AZ or ZA, a 38-character SGTIN, a serial number of 7 to 20
characters, or the address in the QR code (Orders API v0, `TransparencyCodeList`).
"""

from dockseal.domain.shipment import Content
from dockseal.domain.transparency import is_code


def code_fault(content: Content) -> str:
    """Says what is wrong with the codes of an item that needs one for each unit; empty: nothing."""
    codes = content.transparency_codes
    if len(codes) != content.quantity:
        return (
            f"Line {content.order_item_id} needs a Transparency code for each unit: {content.quantity} are "
            f"in the parcel, and {len(codes)} codes were reported; have the warehouse scan them, and correct "
            "the parcel."
        )
    if len(set(codes)) != len(codes):
        return (
            f"A Transparency code of line {content.order_item_id} was reported twice in one parcel; have the "
            "warehouse scan each unit and correct the parcel."
        )
    wrong = [number for number, code in enumerate(codes, 1) if not is_code(code)]
    if wrong:
        return (
            f"Transparency code {wrong[0]} of line {content.order_item_id} has none of Amazon's forms; have "
            "the warehouse scan it again, and correct the parcel."
        )
    return ""
