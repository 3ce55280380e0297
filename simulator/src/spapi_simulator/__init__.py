"""A stateful, deterministic simulator of Amazon's Selling Partner API that refuses what Amazon refuses."""

from spapi_simulator.accounts import Application, Seller
from spapi_simulator.behaviours import Behaviours
from spapi_simulator.clock import Clock, ManualClock, ScaledClock
from spapi_simulator.door import Call
from spapi_simulator.faults import Fault
from spapi_simulator.people import Recipient
from spapi_simulator.records import Item, Line, OrderRecord, PackageItem, PackageRecord
from spapi_simulator.roles import Role
from spapi_simulator.simulator import Simulator

__all__ = [
    "Application",
    "Behaviours",
    "Call",
    "Clock",
    "Fault",
    "Item",
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
]
