"""Reads what ShipStation asks and tells by its order-source protocol; only what is used is taken out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dockseal.domain.clock import parse_utc
from dockseal.errors import BadInput
from dockseal.warehouses.shipstation.notices import (
    MOST_ITEMS,
    Notice,
    NoticeItem,
    carrier_name,
    quantity_of,
)

MOST_NOTIFICATIONS = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders are asked for: those modified from one instant to another, both included."""

    start: datetime
    end: datetime | None
    """None: until now."""
    after: int
    """The shelf number that the page before ended with; 0: from the beginning."""


def body_of(content: bytes) -> Json:
    """Returns the JSON object that a body is.

    Raises:
        BadInput: it is none.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadInput("the body is no JSON object; send what the order-source protocol describes")
    return body


def text_in(body: Json, *names: str) -> str:
    """Returns a text that stands in an object, or in objects inside of it; empty if none does."""
    found: Any = body
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return str(found).strip() if isinstance(found, str | int | float) else ""


def wanted_of(body: Json) -> Wanted:
    """Reads which orders are asked for.

    Raises:
        BadInput: an instant or the cursor cannot be read.
    """
    start, end = (text_in(body, "criteria", name) for name in ("from_date_time", "to_date_time"))
    cursor = text_in(body, "cursor")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadInput("cursor is none of ours; leave it out to begin anew")
    return Wanted(
        start=_instant("criteria.from_date_time", start) if start else _LONG_AGO,
        end=_instant("criteria.to_date_time", end) if end else None,
        after=int(cursor or 0),
    )


def notifications_of(body: Json) -> list[Json]:
    """Returns the notifications of a request.

    Raises:
        BadInput: there are none, or too many.
    """
    found = body.get("notifications")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInput("notifications is no list of objects; send one for each parcel")
    if len(found) > MOST_NOTIFICATIONS:
        raise BadInput(
            f"there are more than {MOST_NOTIFICATIONS} notifications; send them in several requests"
        )
    return found


def notice_from_json(notification: Json) -> Notice:
    """Reads one notification.

    Raises:
        BadInput: something of it cannot be read.
    """
    shipped_at = text_in(notification, "ship_date")
    items = notification.get("items") or []
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise BadInput(f"items is no list of at most {MOST_ITEMS}; report the parcel in parts")
    return Notice(
        references=tuple(filter(None, [text_in(notification, "order_id")])),
        number=text_in(notification, "order_number"),
        carrier=carrier_name(text_in(notification, "carrier_code")),
        service=text_in(notification, "carrier_service_code"),
        tracking_number=text_in(notification, "tracking_number"),
        shipped_at=_instant("ship_date", shipped_at) if shipped_at else None,
        items=tuple(
            NoticeItem(
                line_id=text_in(each, "line_item_id"),
                sku=text_in(each, "sku"),
                quantity=quantity_of(text_in(each, "quantity")),
            )
            for each in items
        ),
    )


def _instant(name: str, text: str) -> datetime:
    """Reads an ISO 8601 instant; one that names no zone is meant in UTC."""
    try:
        return parse_utc(text)
    except ValueError:
        raise BadInput(f"{name} is no instant; write it such as 2026-11-02T08:00:00.000Z") from None
