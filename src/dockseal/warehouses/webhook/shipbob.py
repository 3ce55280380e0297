"""ShipBob's callbacks: Standard Webhooks around payloads of its own, told apart by `x-webhook-topic`.

The payload is `{event_time, order_id, reference_id, status, tracking: {carrier, carrier_service, tracking_id,
tracking_url}}`; our release reference is its `reference_id`. What was seen of ShipBob's developer API is of
2026-07. It sends again for a day, and not in order.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.clock import parse_utc
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, StopReply
from dockseal.errors import BadInput

TOPIC = "x-webhook-topic"
REFUSAL = "ShipBob cancelled it"
_SHIPPED = frozenset({"order.shipped", "order.shipment.tracking.updated"})
_TROUBLE = {
    "order.shipment.exception": "reports a problem with",
    "order.shipment.on_hold": "has put on hold",
}
_CANCELLED = frozenset({"order.cancelled", "order.shipment.cancelled"})
_IGNORED = frozenset({"order.shipment.delivered", "order.delivered"})
_ID = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that a person should look at; it moves no order."""

    release: ReleaseRef
    words: str
    """What the warehouse did to the order, as a verb for a sentence."""


Told = ShipmentReport | LateRefusal | StopReply | Remark


def topics() -> frozenset[str]:
    """Returns the topics that mean something here; others are answered, and counted as unknown."""
    return _SHIPPED | _CANCELLED | _IGNORED | frozenset(_TROUBLE)


def reference_of(payload: Mapping[str, object]) -> ReleaseRef:
    """Returns our reference in a payload.

    Raises:
        BadInput: there is none.
    """
    return ReleaseRef(_text(payload, "reference_id"))


def told(
    topic: str,
    payload: Mapping[str, object],
    *,
    warehouse: WarehouseId,
    known: Collection[str],
    stopping: bool,
) -> Told | None:
    """Returns what one callback tells; None where that is nothing, or nothing new.

    Args:
        topic: As the header names it; one of `topics`.
        payload: The body.
        warehouse: Whose callback it is.
        known: Report ids of the parcels that are known of this order.
        stopping: Whether the order is not to be shipped any more.

    Raises:
        BadInput: a part that is needed is missing or unreadable.
    """
    release = reference_of(payload)
    if topic in _CANCELLED:
        return (
            StopReply(release=release, stopped=True)
            if stopping
            else LateRefusal(release=release, words=REFUSAL)
        )
    if topic in _TROUBLE:
        return Remark(release=release, words=_TROUBLE[topic])
    return _parcel(topic, payload, release, warehouse=warehouse, known=known) if topic in _SHIPPED else None


def _parcel(
    topic: str,
    payload: Mapping[str, object],
    release: ReleaseRef,
    *,
    warehouse: WarehouseId,
    known: Collection[str],
) -> ShipmentReport | None:
    """Returns a parcel; its report id is made of what ShipBob calls it, so that it is the same each time."""
    tracking = payload.get("tracking")
    if not isinstance(tracking, Mapping) or not tracking.get("tracking_id"):
        return None
    number, shipment = _text(tracking, "tracking_id"), _text(payload, "order_id")
    ours = f"shipbob/{shipment}/"
    if f"{ours}{number}" in known:
        return None
    earlier = [each for each in known if each.startswith(ours)]
    return ShipmentReport(
        report_id=f"{ours}{number}",
        warehouse=warehouse,
        release=release,
        carrier=_text(tracking, "carrier"),
        service=_text(tracking, "carrier_service") if tracking.get("carrier_service") else "",
        tracking_number=number,
        shipped_at=_instant(payload),
        corrects=earlier[0] if len(earlier) == 1 and topic != "order.shipped" else "",
    )


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or len(text) > 100 or not text.isprintable():
        raise BadInput(f"{name} is missing or no short text; send it as ShipBob documents it")
    return text


def _instant(payload: Mapping[str, object]) -> datetime:
    try:
        return parse_utc(_text(payload, "event_time"))
    except ValueError:
        raise BadInput("event_time is no instant, such as 2026-11-02T15:04:05Z") from None
