"""The rows of an order report as orders and their recipients (GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING).

A report is poorer than a reading. It shows no buyer's wish to cancel, no gift message, no program but Prime,
no company, district or delivery instructions. And its text may be damaged: what the charset lacks has become
a question mark. So an order is taken from it only where what a parcel needs is certain, and every other one
is left to be read by itself; what else a reading knows more is news to an order that came from a report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from dockseal.amazon.piece import Piece
from dockseal.domain.countries import iso_country
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId, amazon_order_id
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.errors import AnswerUnreadable

_ID = "order-id"
_ADDRESS: Mapping[Field, str] = MappingProxyType(
    {
        Field.NAME: "recipient-name",
        Field.ADDRESS_LINE_1: "ship-address-1",
        Field.ADDRESS_LINE_2: "ship-address-2",
        Field.ADDRESS_LINE_3: "ship-address-3",
        Field.CITY: "ship-city",
        Field.REGION: "ship-state",
        Field.POSTAL_CODE: "ship-postal-code",
        Field.COUNTRY: "ship-country",
        Field.PHONE: "buyer-phone-number",
    }
)
_EMAIL = "buyer-email"
_NEEDED = frozenset({Field.NAME, Field.ADDRESS_LINE_1, Field.CITY, Field.COUNTRY})
_COLUMNS = frozenset(
    {_ID, "order-item-id", "purchase-date", "promise-date", "sku", "is-business-order"}
    | {"quantity-purchased", "quantity-shipped", "quantity-to-ship"}
    | {_ADDRESS[each] for each in _NEEDED}
)
"""Without these no row can be read."""
_OF_THE_ORDER = (*_ADDRESS.values(), "purchase-date", "promise-date", "is-business-order", "is-prime")
"""What every row of an order says alike."""
_DIGITS = 6
_DAMAGE = ("?", "\ufffd")
_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """What an order report shows."""

    orders: tuple[tuple[AmazonOrder, Recipient], ...] = field(repr=False)
    left: int = 0
    """Orders, and rows without one, that are left to be read by themselves."""


def order_report(lines: Sequence[str], marketplace_id: str) -> OrderReport:
    """Reads an order report.

    Args:
        lines: Its lines, the head first; what could not be decoded is U+FFFD.
        marketplace_id: The marketplace it was asked for.

    Raises:
        AnswerUnreadable: its head lacks a column.
    """
    names = _head(lines[0] if lines else "")
    rows: dict[str, list[Piece]] = {}
    broken: set[str] = set()
    before, after_nameless = "", False
    for line in lines[1:]:
        if not line:
            continue
        row = Piece(whose="a row of an order report", values=dict(zip(names, line.split("\t"), strict=False)))
        order_id = _id_of(row)
        if not order_id:
            # The rows of an order stand together: this one may be a line of the order before or after it.
            broken |= {before}
        elif after_nameless or "\ufffd" in line or line.count("\t") != len(names) - 1:
            broken |= {order_id}
        rows.setdefault(order_id, []).append(row)
        before, after_nameless = order_id, not order_id
    found = [_order(each, rows[each], marketplace_id) for each in rows if each not in broken | {""}]
    orders = tuple(each for each in found if each is not None)
    return OrderReport(orders=orders, left=len(rows) - len(orders))


def _head(line: str) -> list[str]:
    names = [name.strip().lower() for name in line.split("\t")]
    missing = sorted(_COLUMNS - set(names))
    if missing:
        raise AnswerUnreadable(
            f"Amazon's order report has no column {', '.join(missing)}: its orders are read by themselves"
        )
    return names


def _id_of(row: Piece) -> str:
    try:
        return amazon_order_id(row.text(_ID))
    except ValueError:
        return ""


def _order(order_id: str, rows: Sequence[Piece], marketplace_id: str) -> tuple[AmazonOrder, Recipient] | None:
    """Returns an order of which these are the lines; None if it is to be read by itself."""
    first = rows[0]
    values = {field: first.text(column) for field, column in _ADDRESS.items()}
    same = all(row.text(column) == first.text(column) for row in rows for column in _OF_THE_ORDER)
    if not same or not _certain(values) or first.flag("is-business-order"):
        return None
    try:
        lines = tuple(_line(row) for row in rows)
        purchased_at = first.needed_instant("purchase-date")
        ship_by = first.instant("promise-date")
    except AnswerUnreadable:
        return None
    if any(line.shipped for line in lines) or len({line.order_item_id for line in lines}) < len(lines):
        return None
    order = AmazonOrder(
        amazon_order_id=AmazonOrderId(order_id),
        marketplace_id=marketplace_id,
        status=AmazonStatus.UNSHIPPED,
        status_text="Unshipped",
        fulfilled_by=FulfilledBy.MERCHANT,
        purchased_at=purchased_at,
        # A report is no reading: any reading is newer, even of an order that never changed since.
        updated_at=purchased_at - _A_MOMENT,
        ship_by=ship_by,
        programs=frozenset({"PRIME"}) if first.flag("is-prime") else frozenset(),
        lines=lines,
    )
    country = iso_country(values[Field.COUNTRY])
    return order, Recipient(values | {Field.COUNTRY: country, Field.BUYER_EMAIL: _email(rows)})


def _email(rows: Sequence[Piece]) -> str:
    """Returns the buyer's address at Amazon's relay; no parcel needs it, so a damaged one stops none."""
    told = {row.text(_EMAIL) for row in rows}
    text = told.pop()
    return "" if told or any(mark in text for mark in _DAMAGE) else text


def _certain(address: Mapping[Field, str]) -> bool:
    """Tells whether a parcel can be addressed so, and no letter of it was lost on the way."""
    whole = all(address[each] for each in _NEEDED)
    return whole and not any(mark in text for text in address.values() for mark in _DAMAGE)


def _line(row: Piece) -> OrderLine:
    sku = row.needed_text("sku")
    if any(mark in sku for mark in _DAMAGE):
        raise row.fault("sku", "a text without damage")
    ordered, shipped, to_ship = (
        _count(row, f"quantity-{each}") for each in ("purchased", "shipped", "to-ship")
    )
    if not 0 < to_ship == ordered - shipped:
        raise row.fault("quantity-to-ship", "what is not shipped yet")
    return OrderLine(
        order_item_id=row.needed_text("order-item-id"),
        sku=sku,
        title=row.text("product-name"),
        ordered=ordered,
        shipped=shipped,
    )


def _count(row: Piece, name: str) -> int:
    text = row.text(name)
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        raise row.fault(name, "a whole number")
    return int(text)
