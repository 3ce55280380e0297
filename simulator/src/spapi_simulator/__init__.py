"""A stateful, deterministic simulator of Amazon's Selling Partner API that refuses what Amazon refuses."""

from spapi_simulator.front.faults import Fault
from spapi_simulator.front.journal import Call, Journal
from spapi_simulator.simulator import Simulator
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.clock import Clock, ManualClock, ScaledClock
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import Item, Line, OrderRecord, PackageItem, PackageRecord, Terms
from spapi_simulator.world.roles import Role

__all__ = [
    "Application",
    "Behaviours",
    "Call",
    "Clock",
    "Fault",
    "Item",
    "Journal",
    "Line",
    "ManualClock",
    "OrderRecord",
    "PackageItem",
    "PackageRecord",
    "Recipient",
    "Role",
    "ScaledClock",
    "Seller",
    "Simulator",
    "Terms",
]
