"""What the control API shows of a world: never a name, an address, a token or a body."""

from collections import Counter
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.front.faults import Fault
from spapi_simulator.front.journal import Call
from spapi_simulator.simulator import Simulator
from spapi_simulator.world.clock import ScaledClock
from spapi_simulator.world.records import SHIP_PLUS, OrderRecord


def clock_view(sim: Simulator) -> JSON:
    """Return what time it is, and how fast it passes: 0 for a clock that is moved by hand."""
    speed = sim.clock.speed if isinstance(sim.clock, ScaledClock) else 0
    return {"now": millis(sim.clock.now()), "speed": speed}


def state_view(sim: Simulator) -> JSON:
    """Return the world in numbers."""
    now = sim.clock.now()
    statuses: Counter[str] = Counter()
    packages = edits = 0
    for order in sim.orders():
        statuses[order.status] += 1
        packages += len(order.packages)
        edits += sum(package.edits for package in order.packages)
    return {
        "now": millis(now),
        "orders": dict(statuses),
        "packages": packages,
        "edits": edits,
        "calls": {
            name: {str(status): count for status, count in by_status.items()}
            for name, by_status in sim.journal.counts.items()
        },
        "throttled": dict(sim.throttled),
        "quotas": [
            {"seller_id": seller, "operation": name, "tokens": tokens, "rate": rate, "burst": burst}
            for seller, name, tokens, rate, burst in sim.limits.left(now)
        ],
        "queues": {
            name: {"ready": ready, "hidden": hidden} for name, (ready, hidden) in sim.queue_counts().items()
        },
        "faults": faults_view(sim),
        "clock": clock_view(sim),
    }


def faults_view(sim: Simulator) -> list[JSON]:
    """Return every fault that a call may still meet, with how many met it."""
    now = sim.clock.now()
    return [
        _fault(fault, met, now)
        for fault, met in sim.faults
        if (fault.until is None or now < fault.until) and (fault.times is None or met < fault.times)
    ]


def order_view(order: OrderRecord) -> JSON:
    """Return an order without personal data."""
    ship = order.fulfilled_by == "MERCHANT" and SHIP_PLUS not in order.programs
    return {
        "id": order.order_id,
        "order_id": order.order_id,
        "seller_id": order.seller_id,
        "marketplace_id": order.marketplace.marketplace_id,
        "status": order.status,
        "fulfilled_by": order.fulfilled_by,
        "programs": list(order.programs),
        "created_at": millis(order.created_at),
        "ship_by": millis(order.ship_by),
        "pending_since": millis(order.pending_since) if order.pending_since else None,
        "should_ship": ship and order.status in {"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"},
        "items": [
            {
                "order_item_id": one.order_item_id,
                "ordered": one.quantity_ordered,
                "shipped": one.quantity_shipped,
                "cancel_requested": one.cancel_requested,
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
                "status": one.status,
                "items": [{"order_item_id": it.order_item_id, "quantity": it.quantity} for it in one.items],
            }
            for one in order.packages
        ],
    }


def call_view(call: Call, region: str) -> JSON:
    """Return a call of the journal."""
    return {
        "at": millis(call.at),
        "operation": call.operation,
        "method": call.method,
        "seller_id": call.seller_id,
        "region": region,
        "subject": call.subject,
        "status": call.status,
        "code": call.code,
        "restricted": call.restricted,
        "fault": call.fault,
        "request_id": call.request_id,
    }


def _fault(fault: Fault, met: int, now: datetime) -> JSON:
    return {
        "operation": fault.operation,
        "status": fault.status,
        "body": fault.body,
        "times": fault.times,
        "since": millis(fault.since) if fault.since else None,
        "until": millis(fault.until) if fault.until else None,
        "every": fault.every,
        "effect": fault.effect,
        "seconds": fault.seconds,
        "seller_id": fault.seller_id,
        "region": fault.region,
        "dataset": fault.dataset,
        "code": fault.code,
        "active": fault.since is None or now >= fault.since,
        "met": met,
    }
