"""What the lines of a warehouse's file say. A sentence names line and column, never what stands there."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput
from dockseal.warehouses.folder.options import FolderOptions
from dockseal.warehouses.folder.parcels import REFERENCE, parcels
from dockseal.warehouses.folder.table import Row, Table

_OWN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}")
_TAKEN = frozenset({"taken", "accepted", "ok", "received"})
_REFUSED = frozenset({"refused", "rejected", "error"})
_STOPPED = frozenset({"stopped", "cancelled", "canceled", "yes"})
_TOO_LATE = frozenset({"too late", "too_late", "shipped", "no"})
REASONS = {
    "out of stock": "it is out of stock",
    "unknown sku": "the warehouse does not know the SKU",
    "bad address": "the address cannot be delivered to",
    "no service": "no service of the warehouse goes there",
    "restricted": "the goods may not be shipped there",
    "damaged": "the goods are damaged",
    "duplicate": "the warehouse has the order already",
    "bad file": "the warehouse could not read the line",
}
"""The reasons that are kept. Words of a file could name the buyer, and nothing is at hand to see that by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a file says."""

    messages: tuple[WarehouseMessage, ...]
    faults: tuple[tuple[int, str], ...]
    """What is wrong with a line, with its number."""


def said(table: Table, options: FolderOptions, clock: Clock, *, is_ack: bool = False) -> Said:
    """Returns what the lines of a file say: which columns it has tells what it is.

    Args:
        table: The file.
        options: The warehouse's choices.
        clock: Tells the time, for parcels without a day.
        is_ack: Whether the name says that it acknowledges orders.

    Raises:
        BadInput: the columns belong to no kind of file.
    """
    if "tracking_number" in table.columns:
        messages, faults = parcels(table.rows, options, clock.now())
        return Said(messages=messages, faults=tuple(sorted((*table.faults, *faults))))
    if "answer" in table.columns:
        return _each(table, _stop_reply)
    if "status" in table.columns or (is_ack and "reference" in table.columns):
        return _each(table, _acknowledgement)
    raise BadInput(
        "its columns belong to no kind of file that is read: tracking has tracking_number, an "
        "acknowledgement status, an answer to a stop answer"
    )


def _each(table: Table, read: Callable[[Row], WarehouseMessage]) -> Said:
    messages, faults = [], list(table.faults)
    for row in table.rows:
        try:
            messages.append(read(row))
        except BadInput as fault:
            faults.append((row.line, str(fault)))
    return Said(messages=tuple(_once(messages)), faults=tuple(sorted(faults)))


def _once(messages: Iterable[WarehouseMessage]) -> Iterable[WarehouseMessage]:
    return dict.fromkeys(messages)


def _acknowledgement(row: Row) -> WarehouseMessage:
    status = row.cell("status").casefold()
    if status in _REFUSED:
        return LateRefusal(release=_reference(row), words=_words(row))
    if status and status not in _TAKEN:
        raise BadInput("its status is neither taken nor refused: write one of the two")
    own = row.cell("warehouse_order_id")
    return Taken(release=_reference(row), reference_at_warehouse=own if _OWN_ID.fullmatch(own) else "")


def _stop_reply(row: Row) -> WarehouseMessage:
    answer = row.cell("answer").casefold()
    if answer not in _STOPPED | _TOO_LATE:
        raise BadInput("its answer is neither stopped nor too late: write one of the two")
    words = _words(row) if row.cell("reason") else ""
    return StopReply(release=_reference(row), stopped=answer in _STOPPED, words=words)


def _reference(row: Row) -> ReleaseRef:
    reference = row.cell("reference").lower()
    if not REFERENCE.fullmatch(reference):
        raise BadInput("its reference is missing or none of ours: send it as it came")
    return ReleaseRef(reference)


def _words(row: Row) -> str:
    reason = " ".join(row.cell("reason").casefold().replace("_", " ").split())
    if not reason:
        return "it gave no reason"
    return REASONS.get(reason, "its reason was left out: it is none of those in docs/folder.md")
