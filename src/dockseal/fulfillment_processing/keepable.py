"""What of a message may be kept for a person: what is shaped as it should be, and nothing else."""

import re
from dataclasses import replace

from dockseal.domain.identifiers import AMAZON_ORDER_ID, ReleaseRef
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.transparency import is_code
from dockseal.domain.warehouse_message import StopReply, Taken, WarehouseMessage
from dockseal.fulfillment_processing.reports import LONGEST, shown

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MOST_LINES = 1000
_MOST = 1_000_000
_WORDS = 200
_CUT = "(cut off)"


def keepable(message: WarehouseMessage) -> WarehouseMessage:
    """Returns a message without the texts that are not of the shape of what they stand for.

    A name or an address in place of a reference is not kept; who matches the message types the right one.
    """
    release = message.release if _REFERENCE.fullmatch(message.release) else ReleaseRef("")
    if isinstance(message, ShipmentReport):
        return _report(message, release)
    if isinstance(message, Taken):
        receipt = line_of(message.reference_at_warehouse, LONGEST["report_id"])
        return replace(message, release=release, reference_at_warehouse=receipt)
    words = line_of(message.words, _WORDS)
    if isinstance(message, StopReply):
        return replace(message, release=release, words=words)
    return replace(message, release=release, words=words)


def line_of(text: str, longest: int) -> str:
    """Returns a text on one line, as long as the tables keep it."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:longest]


def _report(report: ShipmentReport, release: ReleaseRef) -> ShipmentReport:
    return replace(
        report,
        report_id=line_of(report.report_id, LONGEST["report_id"]),
        release=release,
        carrier=line_of(report.carrier, LONGEST["carrier"]),
        service=line_of(report.service, LONGEST["service"]),
        tracking_number=_number(report.tracking_number),
        order_id=report.order_id if AMAZON_ORDER_ID.fullmatch(report.order_id) else "",
        corrects=line_of(report.corrects, LONGEST["report_id"]),
        corrects_number=_number(report.corrects_number),
        contents=tuple(
            Content(
                order_item_id=shown(each.order_item_id),
                quantity=_count(each.quantity),
                transparency_codes=_codes(each.transparency_codes),
            )
            for each in report.contents[:_MOST_LINES]
        ),
        by_sku=tuple(
            SkuContent(
                sku=line_of(each.sku, LONGEST["sku"]),
                quantity=_count(each.quantity),
                transparency_codes=_codes(each.transparency_codes),
            )
            for each in report.by_sku[:_MOST_LINES]
        ),
    )


def _number(text: str) -> str:
    """Returns what stands for a number; one that is cut off can be taken for none."""
    longest = LONGEST["tracking_number"]
    return line_of(text, longest) if len(text) <= longest else line_of(text, longest - len(_CUT)) + _CUT


def _codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in codes[:_MOST_LINES] if is_code(code))


def _count(quantity: int) -> int:
    return max(-_MOST, min(_MOST, quantity))
