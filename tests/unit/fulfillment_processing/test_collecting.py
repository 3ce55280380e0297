"""Warehouses that are looked at: what lies there is taken in once, whatever cuts it off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import MoveRefused, WarehouseUnavailable
from dockseal.fulfillment_processing.collecting import RACES, Collection
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.warehouses.port import Delivery, HandOver, Receipt

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
NewOrder = Callable[..., Order]
S = OrderState


@dataclass
class Shore:
    """A warehouse that lays deliveries down, and breaks where it is told to."""

    lying: list[Delivery] = field(default_factory=list)
    put_away: list[str] = field(default_factory=list)
    breaks_before_done: int = 0
    down: bool = False

    def submit(self, hand_over: HandOver) -> Receipt:
        return Receipt()

    def collect(self) -> Iterable[Delivery]:
        if self.down:
            raise WarehouseUnavailable("the folder of warehouse reno cannot be used: see that it is there")
        yield from list(self.lying)

    def done(self, delivery: Delivery) -> None:
        if self.breaks_before_done:
            self.breaks_before_done -= 1
            raise SystemExit
        self.put_away.append(delivery.name)
        self.lying = [each for each in self.lying if each.name != delivery.name]


@pytest.fixture
def shore() -> Shore:
    return Shore()


@pytest.fixture
def collection(world: Any, shore: Shore) -> Collection:
    return Collection(
        storage=world.storage,
        inbox=Inbox(tracking=Tracking(storage=world.storage, trail=world.trail, clock=world.clock)),
        adapters=lambda _: shore,
        collected=lambda found: frozenset(each.id for each in found if each.id == RENO),
    )


def report(order: Order, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(f"{order.ref}-1"),
        "carrier": "UPS Ground",
        "tracking_number": "1Z5R89390357567127",
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def delivery(name: str, *messages: WarehouseMessage, faults: Sequence[str] = ()) -> Delivery:
    return Delivery(name=name, messages=messages, faults=tuple(faults))


def test_a_delivery_is_taken_in_and_put_away(
    world: Any, collection: Collection, shore: Shore, released: Order
) -> None:
    shore.lying = [delivery("a.csv", report(released))]
    assert collection.warehouses() == [RENO]
    assert collection.run(RENO).done == 1
    assert world.order(released).state is S.SHIPPED
    assert shore.put_away == ["a.csv"]
    assert collection.run(RENO).done == 0


def test_one_bad_message_or_row_spoils_nothing_else(
    world: Any, collection: Collection, shore: Shore, released: Order
) -> None:
    wrong = report(released, "r-0", release=ReleaseRef("nowhere"))
    shore.lying = [
        delivery("a.csv", wrong, report(released), faults=["row 3 has no tracking number; write it"])
    ]
    collection.run(RENO)
    assert world.order(released).state is S.SHIPPED
    assert [(each.kind, each.delivery) for each in world.storage.unmatched.open()] == [
        ("parcel", "a.csv"),
        ("unreadable", "a.csv"),
    ]
    assert shore.put_away == ["a.csv"]


def test_a_delivery_that_was_cut_off_is_taken_in_again_and_changes_nothing(
    world: Any, collection: Collection, shore: Shore, released: Order
) -> None:
    wrong = report(released, "r-0", release=ReleaseRef("nowhere"))
    shore.lying = [delivery("a.csv", report(released), wrong, faults=["row 3 cannot be read"])]
    shore.breaks_before_done = 2
    for _ in range(2):
        with pytest.raises(SystemExit):
            collection.run(RENO)
    collection.run(RENO)
    assert len(world.storage.packages.of_order(released.ref)) == 1
    assert len(world.storage.unmatched.open()) == 2
    assert world.tags(released) == ["order:package:reported", "order:life:shipped"]
    assert shore.put_away == ["a.csv"]


def test_what_names_something_of_a_later_delivery_fits_in_the_same_run(
    world: Any, collection: Collection, shore: Shore, released: Order
) -> None:
    shore.lying = [
        delivery("a.csv", report(released, "r-2", corrects="r-1", tracking_number="1ZNEW")),
        delivery("b.csv", report(released)),
    ]
    assert collection.run(RENO).done == 3
    (package,) = world.storage.packages.of_order(released.ref)
    assert (package.report_id, package.tracking_number) == ("r-2", "1ZNEW")
    assert world.storage.unmatched.open() == []


def test_a_warehouse_that_is_away_says_so_and_what_lies_there_waits(
    collection: Collection, shore: Shore, released: Order
) -> None:
    shore.lying, shore.down = [delivery("a.csv", report(released))], True
    with pytest.raises(WarehouseUnavailable, match="see that it is there"):
        collection.run(RENO)
    shore.down = False
    assert collection.run(RENO).done == 1


def test_what_waits_for_another_warehouse_is_looked_at_again(
    world: Any, collection: Collection, released: Order
) -> None:
    early = report(released, release=ReleaseRef(f"{released.ref}-9"))
    collection.inbox.take(SPARKS, early, keep=True)
    assert collection.warehouses() == [RENO, SPARKS]
    assert collection.run(SPARKS).done == 0


class Racing(Tracking):
    """Meets another report of the same order a number of times."""

    def report(self, *_: Any, **__: Any) -> Any:
        raise MoveRefused("changed meanwhile")


def test_a_delivery_that_meets_others_again_and_again_is_left_for_later(
    world: Any, shore: Shore, released: Order
) -> None:
    racing = Racing(storage=world.storage, trail=world.trail, clock=world.clock)
    collection = Collection(
        storage=world.storage,
        inbox=Inbox(tracking=racing),
        adapters=lambda _: shore,
        collected=lambda _: frozenset({RENO}),
    )
    shore.lying = [delivery("a.csv", report(released))]
    with pytest.raises(MoveRefused):
        collection.run(RENO)
    assert RACES > 1
    assert (shore.put_away, world.storage.unmatched.open()) == ([], [])
