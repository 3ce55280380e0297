"""The files that go to the warehouse, as CSV by RFC 4180: a line for each order line, or for each stop."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from dockseal.domain.clock import instant_text
from dockseal.domain.recipient import Field
from dockseal.warehouses.folder.cells import guarded
from dockseal.warehouses.port import HandOver, StopRequest

_LAST = (Field.DELIVERY_INSTRUCTIONS, Field.GIFT_MESSAGE)
_LEFT_OUT = frozenset({Field.BUYER_NAME, Field.BUYER_EMAIL, *_LAST})
RECIPIENT = tuple(field.value for field in (*(each for each in Field if each not in _LEFT_OUT), *_LAST))
"""The columns with personal data; empty where the buyer left something out, or the warehouse gets none."""
COLUMNS = (
    "reference",
    "amazon_order_id",
    "marketplace_id",
    "ship_by",
    "deliver_by",
    "programs",
    "line_id",
    "sku",
    "title",
    "quantity",
    *RECIPIENT,
)
"""The columns of a file of orders, in this order."""
STOP_COLUMNS = ("reference", "amazon_order_id", "asked_at")
"""The columns of a file of stops, in this order."""


def orders_csv(hand_overs: Iterable[HandOver]) -> str:
    """Returns a file of orders, personal data included: to be sent, never to be kept."""
    return _csv(COLUMNS, (row for each in hand_overs for row in _rows(each)))


def stop_csv(request: StopRequest, asked_at: datetime) -> str:
    """Returns a file that asks not to ship one order; it holds no personal data."""
    return _csv(STOP_COLUMNS, [(request.reference, request.amazon_order_id, instant_text(asked_at))])


def _rows(hand_over: HandOver) -> Iterable[Sequence[str]]:
    personal = hand_over.recipient.disclose()
    for line in hand_over.lines:
        yield (
            hand_over.reference,
            hand_over.amazon_order_id,
            hand_over.marketplace_id,
            _instant(hand_over.ship_by),
            _instant(hand_over.deliver_by),
            " ".join(sorted(hand_over.programs)),
            line.order_item_id,
            line.sku,
            line.title,
            str(line.ordered),
            *(personal.get(name, "") for name in RECIPIENT),
        )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def _instant(value: datetime | None) -> str:
    return "" if value is None else instant_text(value)
