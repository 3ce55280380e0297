"""A day's warehouse that can be asked to stop orders, and what happens to orders that it has."""

from dataclasses import dataclass, field
from datetime import timedelta

from day import Day
from dockseal.cli.opened import person
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.stop import Stop
from dockseal.domain.warehouse_message import StopReply
from dockseal.errors import WarehouseUnavailable
from dockseal.warehouses.port import StopAnswer, StopRequest
from dockseal.warehouses.webhook import Webhook
from spapi_simulator import Line

MUG = Line(sku="MUG-1")
NO, YES, LATER = StopAnswer.TOO_LATE, StopAnswer.STOPPED, StopAnswer.ASKED


@dataclass
class Telephone:
    """The far side of the test warehouse that is asked to stop orders."""

    day: Day
    answer: StopAnswer | None = LATER
    """None: nobody picks up."""
    dies: bool = False
    """Whether the line, and Dockseal with it, breaks down after the question."""
    asked: list[ReleaseRef] = field(default_factory=list)

    def connect(self) -> None:
        """Has the day's webhook warehouse answer it; once more after a restart."""
        telephone = self

        class WithTelephone(Webhook):
            def stop(self, request: StopRequest) -> StopAnswer:
                return telephone.question(request)

        self.day.app.adapters._found["webhook"] = WithTelephone

    def question(self, request: StopRequest) -> StopAnswer:
        self.asked.append(request.reference)
        if self.dies:
            raise KeyboardInterrupt
        if self.answer is None:
            raise WarehouseUnavailable("warehouse reno does not pick up")
        return self.answer

    def reply(self, *, stopped: bool) -> None:
        """The warehouse says later what became of the last question."""
        message = StopReply(release=self.asked[-1], stopped=stopped)
        self.day.app.stops.replied(WarehouseId("reno"), message)


class Mute(Webhook):
    """The day's webhook warehouse, if it could not be asked to stop anything."""

    stop = None  # type: ignore[assignment]  # as in an adapter without it


def released(day: Day, *lines: Line) -> str:
    order_id = day.amazon.place_order(day.account, lines=list(lines) or [MUG])
    day.run(minutes=3)
    assert day.order(order_id).state is OrderState.RELEASED
    day.clock.advance(timedelta(minutes=1))
    return order_id


def wishes(day: Day, order_id: str, *, again: bool = True, items: int = 99) -> None:
    """The buyer asks to cancel the first items of an order, or takes that back."""
    if again:
        day.amazon.request_cancel(order_id)
    for number, item in enumerate(day.amazon.order(order_id).items):
        item.cancel_requested = again and number < items
    day.amazon.change_delivery_tip(order_id)


def moves(day: Day, order_id: str) -> None:
    day.amazon.change_address(order_id, address_line_1="99 Invented Lane")
    day.amazon.change_delivery_tip(order_id)


def fewer(day: Day, order_id: str) -> None:
    item = day.amazon.order(order_id).items[0]
    day.amazon.cancel_item(order_id, item.order_item_id, 1)


def asks(day: Day, order_id: str) -> None:
    day.app.stops.want(day.order(order_id).ref, person())


def stop_of(day: Day, order_id: str) -> Stop:
    return day.app.storage.stops.of_order(day.order(order_id).ref)[-1]


def references(day: Day, order_id: str) -> list[str]:
    return [each["reference"] for each in day.warehouse.taken if each["amazon_order_id"] == order_id]


def hold(order: Order) -> str:
    return order.hold.code if order.hold else ""
