"""What can be done to an order through the control API, each by its last part of the path."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from spapi_simulator.front.answers import JSON
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.reading import read
from spapi_simulator.world.people import Recipient

OrderDoing = Callable[[str, JSON], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """The body of a doing that needs no choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units to take off an item."""

    order_item_id: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a package is, in v2026-01-01 spelling."""

    package_reference_id: str = "1"
    status: Literal["PENDING", "SHIPPED", "IN_TRANSIT", "DELIVERED", "UNDELIVERABLE", "CANCELLED"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EasyShipWhereabouts:
    """Where an Easy Ship order is, in v0 spelling."""

    status: Literal[
        "PendingSchedule", "PendingPickUp", "PendingDropOff", "LabelCanceled", "PickedUp", "DroppedOff",
        "AtOriginFC", "AtDestinationFC", "Delivered", "RejectedByBuyer", "Undeliverable",
        "ReturningToSeller", "ReturnedToSeller", "Lost", "OutForDelivery", "Damaged",
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """For how long lists leave an order out; None is for ever."""

    seconds: float | None = None


def order_doings(sim: Simulator) -> Mapping[str, OrderDoing]:
    """Return what can be done to an order; each takes its id and a body."""

    def plain(act: Callable[[str], None]) -> OrderDoing:
        def do(order_id: str, body: JSON) -> None:
            read(Nothing, body, "This")
            act(order_id)

        return do

    def cancel_item(order_id: str, body: JSON) -> None:
        units = read(Units, body, "A cancellation")
        sim.cancel_item(order_id, units.order_item_id, units.quantity)

    def move_package(order_id: str, body: JSON) -> None:
        to = read(Whereabouts, body, "A move")
        if sim.order(order_id).package(to.package_reference_id) is None:
            raise ValueError("The order has no such package.")
        sim.move_package(order_id, to.package_reference_id, to.status, to.detail)

    def move_easy_ship(order_id: str, body: JSON) -> None:
        sim.move_easy_ship(order_id, read(EasyShipWhereabouts, body, "A move").status)

    def change_address(order_id: str, body: JSON) -> None:
        sim.change_address(order_id, read(Recipient, body, "An address"))

    def hide(order_id: str, body: JSON) -> None:
        sim.hide_from_lists(order_id, seconds=read(Hiding, body, "Hiding").seconds)

    return {
        "authorise_payment": plain(sim.authorise_payment),
        "cancel": plain(sim.cancel),
        "cancel_item": cancel_item,
        "change_address": change_address,
        "change_delivery_tip": plain(sim.change_delivery_tip),
        "confirm_invoice": plain(sim.confirm_invoice),
        "hide_from_lists": hide,
        "move_easy_ship": move_easy_ship,
        "move_package": move_package,
        "request_cancel": plain(sim.request_cancel),
        "ship": plain(sim.ship),
    }
