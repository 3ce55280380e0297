"""The Transparency codes in a report: checked, and kept where a later report is silent about them. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.transparency import is_code
from dockseal.errors import BadInput


def check_codes(report: ShipmentReport) -> None:
    """Checks the codes of a report: their form, that each is there once, and no more of them than units.

    Whether there must be some is for whoever tells Amazon to say.

    Raises:
        BadInput: one of them cannot be right; never shows what was sent.
    """
    seen: set[str] = set()
    named: tuple[Content | SkuContent, ...] = (*report.contents, *report.by_sku)
    for each in named:
        codes = each.transparency_codes
        if len(codes) > each.quantity:
            raise BadInput(
                f"{len(codes)} Transparency codes are given for {each.quantity} units; give one for each unit"
            )
        for code in codes:
            if not is_code(code):
                raise BadInput(
                    "a Transparency code has none of Amazon's forms (29 characters from AZ or ZA, an SGTIN "
                    "of 38, a serial number of 7 to 20, or the address in the QR code); scan it again"
                )
            if code in seen:
                raise BadInput("a Transparency code is given twice; scan each unit")
            seen.add(code)


def tidied_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Returns codes without the spaces that a scanner put around them."""
    return tuple(code.strip() for code in codes)


def with_known_codes(contents: Iterable[Content], known: Iterable[Content]) -> tuple[Content, ...]:
    """Returns contents with the codes that are known of a line, where none are given and as much is in it."""
    before = {(each.order_item_id, each.quantity): each.transparency_codes for each in known}
    return tuple(
        each
        if each.transparency_codes
        else replace(each, transparency_codes=before.get((each.order_item_id, each.quantity), ()))
        for each in contents
    )
