"""The control API under `/_simulator/`: look at the world from outside, and disturb it. No personal data."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx

from spapi_simulator.front.answers import JSON, json_response
from spapi_simulator.front.dates import millis
from spapi_simulator.front.faults import Fault
from spapi_simulator.simulator import Simulator
from spapi_simulator.world.records import SHIP_PLUS, Line, OrderRecord

PREFIX = "/_simulator/"


class Control:
    """Answers the control API of a simulator; `complete` says whether its scenario has run out."""

    def __init__(self, sim: Simulator, complete: Callable[[], bool]) -> None:
        self._sim = sim
        self._complete = complete
        self._actions: Mapping[str, Callable[[str], None]] = {
            "cancel": sim.cancel,
            "request_cancel": sim.request_cancel,
            "authorise_payment": sim.authorise_payment,
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; faults of the request come back as `{"error": sentence}`."""
        try:
            with self._sim.lock:
                body = self._act(request)
        except (KeyError, ValueError, TypeError) as fault:
            sentence = str(fault.args[0]) if fault.args else "The request is not valid."
            return json_response(400, {"error": sentence})
        if body is None:
            return json_response(404, {"error": "The control API has no such path."})
        return json_response(200, body)

    def _act(self, request: httpx.Request) -> JSON | None:
        parts = request.url.path.removeprefix(PREFIX).strip("/").split("/")
        return self._look(request, parts) if request.method == "GET" else self._change(request, parts)

    def _look(self, request: httpx.Request, parts: list[str]) -> JSON | None:
        match parts:
            case ["state"]:
                return self._state()
            case ["orders"]:
                orders = [_order(one) for one in self._sim.orders()]
                return {"orders": orders, "complete": self._complete()}
            case ["events"]:
                return self._events(int(request.url.params.get("cursor", "0")))
        return None

    def _change(self, request: httpx.Request, parts: list[str]) -> JSON | None:
        match (request.method, parts):
            case ("POST", ["orders"]):
                return {"order_id": self._place(_body(request))}
            case ("POST", ["orders", order_id, action]) if action in self._actions:
                self._actions[action](order_id)
                return {"order": _order(self._sim.order(order_id))}
            case ("POST", ["faults"]):
                self._sim.faults.add(_fault(_body(request)))
                return {"added": True}
            case ("DELETE", ["faults"]):
                self._sim.faults.clear()
                return {"cleared": True}
        return None

    def _state(self) -> JSON:
        now = self._sim.clock.now()
        orders = self._sim.orders()
        return {
            "now": millis(now),
            "orders": dict(Counter(order.status for order in orders)),
            "packages": sum(len(order.packages) for order in orders),
            "edits": sum(package.edits for order in orders for package in order.packages),
            "calls": {
                name: {str(status): count for status, count in by_status.items()}
                for name, by_status in self._sim.journal.counts.items()
            },
            "throttled": dict(self._sim.throttled),
            "quotas": [
                {"seller_id": seller, "operation": name, "tokens": tokens, "rate": rate, "burst": burst}
                for seller, name, tokens, rate, burst in self._sim.limits.left(now)
            ],
            "queues": {
                name: {"ready": ready, "hidden": hidden}
                for name, (ready, hidden) in self._sim.queue_counts().items()
            },
        }

    def _events(self, cursor: int) -> JSON:
        calls, following = self._sim.journal.since(cursor)
        shown: list[JSON] = [
            {
                "at": millis(one.at),
                "operation": one.operation,
                "seller_id": one.seller_id,
                "status": one.status,
                "request_id": one.request_id,
            }
            for one in calls
            if one.path_template
        ]
        return {"events": shown, "cursor": following}

    def _place(self, body: Mapping[str, object]) -> str:
        sellers = self._sim.sellers()
        wanted = body.get("seller_id")
        seller = next((one for one in sellers if wanted in {None, one.seller_id}), None)
        if seller is None:
            raise ValueError("There is no such seller.")
        lines = body.get("lines") or [{"sku": "SKU-001"}]
        if not isinstance(lines, list):
            raise TypeError("lines must be a list.")
        return self._sim.place_order(
            seller,
            lines=[Line(**line) for line in lines],
            pending=bool(body.get("pending")),
            fulfilled_by=str(body.get("fulfilled_by", "MERCHANT")),
        )


def _order(order: OrderRecord) -> JSON:
    ship = order.fulfilled_by == "MERCHANT" and SHIP_PLUS not in order.programs
    return {
        "id": order.order_id,
        "order_id": order.order_id,
        "seller_id": order.seller_id,
        "status": order.status,
        "fulfilled_by": order.fulfilled_by,
        "created_at": millis(order.created_at),
        "ship_by": millis(order.ship_by),
        "pending_since": millis(order.pending_since) if order.pending_since else None,
        "should_ship": ship and order.status in {"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"},
        "items": [
            {
                "order_item_id": one.order_item_id,
                "ordered": one.quantity_ordered,
                "shipped": one.quantity_shipped,
            }
            for one in order.items
        ],
        "packages": [
            {
                "package_reference_id": one.package_reference_id,
                "carrier_code": one.carrier_code,
                "carrier_name": one.carrier_name,
                "tracking_number": one.tracking_number,
                "ship_date": millis(one.ship_date),
                "created_at": millis(one.created_at),
                "edits": one.edits,
                "items": [{"order_item_id": it.order_item_id, "quantity": it.quantity} for it in one.items],
            }
            for one in order.packages
        ],
    }


def _fault(body: Mapping[str, object]) -> Fault:
    given = dict(body)
    if isinstance(until := given.get("until"), str):
        given["until"] = datetime.fromisoformat(until)
    return Fault(**given)  # type: ignore[arg-type]  # the names were checked above


def _body(request: httpx.Request) -> Mapping[str, object]:
    body = json.loads(request.content or b"{}")
    if not isinstance(body, dict):
        raise TypeError("The body must be a JSON object.")
    return body
