"""Translates between the domain's values and what the tables hold.

Amazon's facts are one JSON object in which a field at its default is left out: a field added later leaves
the stamps of older rows as they are. `units` is of a list that has no lines, and no such order is kept.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dockseal.domain.ending import left_by
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import (
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    Hold,
    Order,
    OrderLine,
    OrderState,
)
from dockseal.storage.operations.models import OrderRow

Json = dict[str, Any]

UNKNOWN_SHIP_BY = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts an order without a ship-by instant last; an index could not sort a missing value so everywhere."""


def amazon_json(order: AmazonOrder) -> Json:
    """Returns Amazon's facts as JSON."""
    return _filled(
        {
            "id": order.amazon_order_id,
            "marketplace": order.marketplace_id,
            "status": order.status.value,
            "status_text": order.status_text,
            "fulfilled_by": order.fulfilled_by.value,
            "purchased_at": _text(order.purchased_at),
            "updated_at": _text(order.updated_at),
            "ship_by": _text(order.ship_by),
            "deliver_by": _text(order.deliver_by),
            "programs": sorted(order.programs),
            "lines": [_line_json(line) for line in order.lines],
            "gift": order.has_gift_message,
            "replaces": order.replaces,
            "verification": order.verification,
            "cash_on_delivery": order.cash_on_delivery,
        }
    ) | ({} if order.packages is None else {"packages": [_package_json(one) for one in order.packages]})


def amazon_order(facts: Mapping[str, Any]) -> AmazonOrder:
    """Returns the facts that `amazon_json` wrote."""
    packages = facts.get("packages")
    updated_at = _instant(facts.get("updated_at"))
    assert updated_at is not None  # noqa: S101  every row has it; narrows the type
    return AmazonOrder(
        amazon_order_id=AmazonOrderId(facts["id"]),
        marketplace_id=facts.get("marketplace", ""),
        status=AmazonStatus(facts["status"]),
        status_text=facts.get("status_text", ""),
        fulfilled_by=FulfilledBy(facts["fulfilled_by"]),
        purchased_at=_instant(facts.get("purchased_at")),
        updated_at=updated_at,
        ship_by=_instant(facts.get("ship_by")),
        deliver_by=_instant(facts.get("deliver_by")),
        programs=frozenset(facts.get("programs", ())),
        lines=tuple(_line(line) for line in facts.get("lines", ())),
        packages=None if packages is None else tuple(_package(one) for one in packages),
        has_gift_message=facts.get("gift", False),
        replaces=facts.get("replaces", ""),
        verification=facts.get("verification", ""),
        cash_on_delivery=facts.get("cash_on_delivery", False),
    )


def order_columns(order: Order) -> Json:
    """Returns every column of an order's row, its stamp included."""
    columns: Json = {
        "ref": order.ref,
        "seller": order.seller,
        "amazon_order_id": order.id,
        "state": order.state.value,
        "revision": order.revision,
        "amazon": amazon_json(order.amazon),
        "ship_by": order.amazon.ship_by or UNKNOWN_SHIP_BY,
        "read_at": order.read_at,
        "accepted_at": order.accepted_at,
        "warehouse": order.warehouse or "",
        "hold_code": order.hold.code if order.hold else "",
        "hold_sentence": order.hold.sentence if order.hold else "",
        "sealed_until": order.sealed_until,
        "sealed_version": order.sealed_version,
        "sealed_mark": order.sealed_mark,
        "shipped_at": order.shipped_at,
        "confirmed_at": order.confirmed_at,
        "attention": order.attention,
        "next_try": order.next_try,
        "tries": order.tries,
    }
    # These follow from the others, and are not part of the stamp: rows of older versions lack them.
    return columns | {
        "stamp": stamp(columns),
        "left_by": left_by(order),
        "deliver_by": order.amazon.deliver_by,
    }


def order_from(row: OrderRow) -> Order:
    """Returns the order a row holds."""
    return Order(
        ref=OrderRef(row.ref),
        seller=SellerId(row.seller),
        state=OrderState(row.state),
        revision=row.revision,
        amazon=amazon_order(row.amazon),
        read_at=row.read_at,
        accepted_at=row.accepted_at,
        warehouse=WarehouseId(row.warehouse) if row.warehouse else None,
        hold=Hold(code=row.hold_code, sentence=row.hold_sentence) if row.hold_code else None,
        sealed_until=row.sealed_until,
        sealed_version=row.sealed_version,
        sealed_mark=row.sealed_mark,
        shipped_at=row.shipped_at,
        confirmed_at=row.confirmed_at,
        attention=row.attention,
        next_try=row.next_try,
        tries=row.tries,
    )


def stamp(columns: Json) -> str:
    """Returns a digest of a row's columns: two rows with the same stamp hold the same."""
    text = json.dumps(_filled(columns), sort_keys=True, separators=(",", ":"), default=_text)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _line_json(line: OrderLine) -> Json:
    return _filled(
        {
            "item": line.order_item_id,
            "sku": line.sku,
            "title": line.title,
            "ordered": line.ordered,
            "shipped": line.shipped,
            "wants_cancel": line.buyer_wants_cancel,
            "transparency": line.transparency,
        }
    )


def _line(line: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        order_item_id=line.get("item", ""),
        sku=line.get("sku", ""),
        title=line.get("title", ""),
        ordered=line.get("ordered", 0),
        shipped=line.get("shipped", 0),
        buyer_wants_cancel=line.get("wants_cancel", False),
        transparency=line.get("transparency", False),
    )


def _package_json(package: AmazonPackage) -> Json:
    return _filled(
        {
            "reference": package.reference_id,
            "carrier": package.carrier,
            "tracking_number": package.tracking_number,
            "status": package.status,
            "detail": package.detail,
            "shipped_at": _text(package.shipped_at),
            "contents": [[item, quantity] for item, quantity in package.contents],
        }
    )


def _package(package: Mapping[str, Any]) -> AmazonPackage:
    return AmazonPackage(
        reference_id=package.get("reference", ""),
        carrier=package.get("carrier", ""),
        tracking_number=package.get("tracking_number", ""),
        status=package.get("status", ""),
        detail=package.get("detail", ""),
        shipped_at=_instant(package.get("shipped_at")),
        contents=tuple((item, quantity) for item, quantity in package.get("contents", ())),
    )


def _filled(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, "", 0, [])}


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
