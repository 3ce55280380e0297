"""Warehouses of another kind: each takes every reference once, and does as it is told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.routing import Routing, Ways
from dockseal.fulfillment_processing.routing_rules import Destination, Rule, Table
from dockseal.warehouses.port import HandOver, Receipt

SELLER = SellerId("acme-us")
OPERATOR = Actor(kind=ActorKind.PERSON, name="operator")
LINES = (
    OrderLine(order_item_id="1", sku="MUG-1", ordered=2),
    OrderLine(order_item_id="2", sku="TEA-1", ordered=1),
    OrderLine(order_item_id="3", sku="MUG-2", ordered=3),
)
Packed = dict[str, int]


@dataclass
class Door:
    """A warehouse."""

    name: str
    taken: dict[str, Packed] = field(default_factory=dict)
    people: dict[str, frozenset[Field]] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    """What happens next: `ok`, `refuse`, `down`, `lost` (taken), `crash before`, `crash after`."""
    meanwhile: Callable[[], object] | None = None

    def submit(self, hand_over: HandOver) -> Receipt:
        self.calls.append((hand_over.reference,))
        return self._take(hand_over)

    def _take(self, hand_over: HandOver) -> Receipt:
        step = self.script.pop(0) if self.script else "ok"
        if step == "crash before":
            raise SystemExit
        if step == "down":
            raise WarehouseUnavailable(f"warehouse {self.name} is down")
        if step == "refuse":
            raise WarehouseRefused(f"warehouse {self.name} has none of it")
        packed = {line.order_item_id: line.ordered for line in hand_over.lines}
        assert self.taken.setdefault(hand_over.reference, packed) == packed, "a reference has new contents"
        self.people[hand_over.reference] = hand_over.recipient.fields()
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
        if step == "crash after":
            raise SystemExit
        if step == "lost":
            raise WarehouseUnavailable(f"warehouse {self.name} gave no answer")
        return Receipt(reference_at_warehouse=f"{self.name}-{len(self.taken)}")


@dataclass
class AskedDoor(Door):
    """One that can be asked."""

    asked: list[str] = field(default_factory=list)
    deaf: bool = False

    def ask(self, reference: ReleaseRef) -> Receipt | None:
        self.asked.append(reference)
        if self.deaf:
            raise WarehouseUnavailable(f"warehouse {self.name} cannot be asked")
        return Receipt(reference_at_warehouse=f"{self.name}-asked") if reference in self.taken else None


@dataclass
class WideDoor(AskedDoor):
    """One that takes many orders at once."""

    most_at_once: int = 3
    short: bool = False

    def submit(self, hand_over: HandOver) -> Receipt:
        raise AssertionError("it takes many at once")

    def submit_all(self, hand_overs: Sequence[HandOver]) -> Sequence[Receipt | WarehouseRefused]:
        assert len(hand_overs) <= self.most_at_once
        self.calls.append(tuple(each.reference for each in hand_overs))
        answers: list[Receipt | WarehouseRefused] = []
        for each in hand_overs:
            try:
                answers.append(self._take(each))
            except WarehouseRefused as refused:
                answers.append(refused)
        return answers[:-1] if self.short else answers


@dataclass
class PulledDoor(Door):
    """One that comes and gets its orders."""

    pulled = True


def rule(number: int, warehouse: str, *, destination: Destination | None = None, **asked: Any) -> Rule:
    """A rule; `destination` is what it asks of where an order goes."""
    return Rule(
        number=number, warehouse=WarehouseId(warehouse), destination=destination or Destination(), **asked
    )


MUGS_AND_TEA = Table(rules=(rule(1, "reno", sku=("MUG-*",)), rule(2, "sparks", sku=("TEA-*",))))


def releasing_to(
    releasing: Releasing, *doors: Any, table: Table = MUGS_AND_TEA, ways: Ways | None = None
) -> Releasing:
    """The lane, with these warehouses and these rules."""
    found = {door.name: door for door in doors}

    def adapter(warehouse: Warehouse) -> Any:
        return found[warehouse.id]

    return replace(
        releasing,
        adapters=adapter,
        without_recipient=lambda: (ways or Ways()).without,
        routing=Routing(rules=lambda: table, ways=lambda: ways or Ways()),
    )


def everything(order: Order, *doors: Door) -> Packed:
    """How much of each line warehouses have of an order, however often."""
    sums: Packed = {}
    for door in doors:
        for reference, packed in door.taken.items():
            if reference.startswith(order.ref):
                for item, quantity in packed.items():
                    sums[item] = sums.get(item, 0) + quantity
    return sums


def ordered(order: Order) -> Packed:
    """How much of each line is ordered."""
    return {line.order_item_id: line.ordered for line in order.amazon.lines if line.ordered}


def somebody(**fields: str) -> Recipient:
    """An invented recipient."""
    known = {"name": "Testperson Alpha", "country": "US", "region": "NV", "postal_code": "89501"}
    return Recipient({Field(name): text for name, text in {**known, **fields}.items()})


def examined_again(world: Any, order: Order) -> None:
    """A person lifts the hold of an order, and the rules route what is left of it."""
    Holds(storage=world.storage, trail=world.trail).lift(order.ref, OPERATOR)
    Examination(
        storage=world.storage,
        trail=world.trail,
        clock=world.clock,
        routing=Routing(rules=lambda: MUGS_AND_TEA),
    ).run(SELLER)
