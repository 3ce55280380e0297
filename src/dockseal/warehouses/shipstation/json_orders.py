"""Writes orders as ShipStation's order-source protocol has them.

Source: ShipEngine's Orders API specification (connect.shipengine.com, `sales_orders_export`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dockseal.domain.clock import instant_text
from dockseal.domain.order import OrderLine
from dockseal.warehouses.shipstation.address import Address, shortened
from dockseal.warehouses.shipstation.exported import PREMIUM, Exported, Standing
from dockseal.warehouses.shipstation.limits import LONGEST

STATUSES = {
    Standing.AWAITING: "AwaitingShipment",
    Standing.ON_HOLD: "OnHold",
    Standing.CANCELLED: "Cancelled",
    Standing.SHIPPED: "Completed",
}
ADDRESS_LINES = 3


def orders_json(orders: Iterable[Exported], *, cursor: str) -> dict[str, Any]:
    """Returns one page of orders, personal data included: to be sent, never to be kept."""
    return {"sales_orders": [_order(each) for each in orders], **({"cursor": cursor} if cursor else {})}


def _order(order: Exported) -> dict[str, Any]:
    to = order.address
    notes = [
        {"type": kind, "text": text}
        for kind, text in (
            ("NotesFromBuyer", to.instructions if to else ""),
            ("GiftMessage", to.gift_message if to else ""),
        )
        if text
    ]
    return {
        "order_id": order.reference,
        "order_number": order.number,
        "status": STATUSES[order.standing],
        "paid_date": instant_text(order.ordered_at),
        "requested_fulfillments": [_fulfillment(order)],
        "payment": {"payment_status": "Paid"},
        "notes": notes,
        "created_date_time": instant_text(order.ordered_at),
        "modified_date_time": instant_text(order.modified_at),
    }


def _fulfillment(order: Exported) -> dict[str, Any]:
    fields = {f"custom_field_{number}": text for number, text in enumerate(order.custom_fields, 1) if text}
    return {
        "requested_fulfillment_id": order.reference,
        **({"ship_to": _ship_to(order.address)} if order.address else {}),
        "items": [_item(line) for line in order.lines],
        "extensions": fields,
        "shipping_preferences": _preferences(order),
    }


def _preferences(order: Exported) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "ship_by_date": _instant(order.ship_by),
        "deliver_by_date": _instant(order.deliver_by),
        "gift": order.gift,
        "is_premium_program": order.premium,
        "premium_program_name": PREMIUM if order.premium else None,
        "requested_warehouse": order.requested_warehouse or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _ship_to(to: Address) -> dict[str, str]:
    texts = {
        "name": to.name,
        "company": to.company,
        "phone": to.phone,
        **{f"address_line_{number}": line for number, line in enumerate(to.lines, 1)},
        "city": to.city,
        "state_province": to.state,
        "postal_code": to.postal_code,
        "country_code": to.country,
    }
    return {name: text for name, text in texts.items() if text}


def _item(line: OrderLine) -> dict[str, Any]:
    name = shortened(line.title or line.sku, LONGEST["item name"])
    return {
        "line_item_id": line.order_item_id,
        "description": name,
        "product": {"product_id": line.sku, "name": name, "identifiers": {"sku": line.sku}},
        "quantity": line.ordered,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
