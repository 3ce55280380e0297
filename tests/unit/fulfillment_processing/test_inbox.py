"""What a warehouse tells and fits nothing: it is kept until it fits, or somebody sees to it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.unmatched import Unmatched, UnmatchedState
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.matching import Matching, read_lines
from dockseal.fulfillment_processing.tracking import Tracking

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
ONE, TWO = "00000000000001", "00000000000002"
SOMEBODY = Actor(kind=ActorKind.PERSON, name="terminal-tester")
NewOrder = Callable[..., Order]
S, R = OrderState, ReleaseState


@dataclass
class Stops:
    """Takes in replies to stops of one release."""

    asked: ReleaseRef
    replies: list[tuple[WarehouseId, StopReply]] = field(default_factory=list)

    def replied(self, warehouse: WarehouseId, reply: StopReply) -> None:
        if reply.release != self.asked:
            raise BadInput("nobody asked to stop this")
        self.replies.append((warehouse, reply))


@pytest.fixture
def inbox(world: Any) -> Inbox:
    return Inbox(tracking=Tracking(storage=world.storage, trail=world.trail, clock=world.clock))


@pytest.fixture
def matching(inbox: Inbox) -> Matching:
    return Matching(inbox=inbox)


def report(release: str, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(release),
        "carrier": "UPS Ground",
        "tracking_number": "1Z5R89390357567127",
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def sent(world: Any, new_order: NewOrder, state: OrderState, release: ReleaseState, **changes: Any) -> Order:
    order: Order = world.keep(new_order(state, **changes))
    world.sent(order, release)
    return order


def kept(world: Any) -> list[Unmatched]:
    found: list[Unmatched] = world.storage.unmatched.open()
    return found


# What fits nothing is kept.


def test_whoever_can_be_answered_is_told_and_nothing_is_kept(world: Any, inbox: Inbox) -> None:
    with pytest.raises(BadInput, match="nothing was released to warehouse reno under the reference nowhere"):
        inbox.take(RENO, report("nowhere"))
    assert kept(world) == []


def test_what_fits_nothing_is_kept_with_its_reason_and_recorded(world: Any, inbox: Inbox) -> None:
    told = report("nowhere", by_sku=(SkuContent(sku="MUG", quantity=2),))
    assert inbox.take(RENO, told, keep=True, delivery="in/2026-11-02.csv") is None
    (found,) = kept(world)
    assert found.message == told
    assert (found.warehouse, found.kind, found.delivery) == (RENO, "parcel", "in/2026-11-02.csv")
    assert found.reason.startswith("nothing was released to warehouse reno under the reference nowhere")
    (row,) = world.storage.audit.search(tag="warehouse:message:kept")
    assert dict(row.fields) == {"warehouse": "reno", "number": str(found.number), "kind": "parcel"}


def test_the_same_unusable_report_is_kept_once(world: Any, inbox: Inbox) -> None:
    for _ in range(3):
        inbox.take(RENO, report("nowhere"), keep=True)
    inbox.take(RENO, report("nowhere", "r-2"), keep=True)
    inbox.take(SPARKS, report("nowhere"), keep=True)
    assert [each.warehouse for each in kept(world)] == [RENO, RENO, SPARKS]
    assert len(world.storage.audit.search(tag="warehouse:message:kept")) == 3


def test_every_sort_of_message_comes_back_as_it_was_kept(world: Any, inbox: Inbox) -> None:
    nowhere = ReleaseRef("nowhere")
    messages = [
        report("nowhere", contents=(Content(order_item_id=ONE, quantity=1),), corrects="r-0"),
        Taken(release=nowhere, reference_at_warehouse="W-1"),
        LateRefusal(release=nowhere, words="not stocked"),
        StopReply(release=nowhere, stopped=True),
    ]
    for message in messages:
        inbox.take(RENO, message, keep=True)
    assert [each.message for each in kept(world)] == messages


def test_a_name_in_place_of_a_reference_is_not_kept(world: Any, inbox: Inbox) -> None:
    person = "Testperson Quillfeather, 1 Sample Street"
    inbox.take(RENO, report(person, order_id=person, carrier="UPS\0Ground"), keep=True)
    inbox.take(RENO, LateRefusal(release=ReleaseRef(person), words="not stocked"), keep=True)
    told = "".join(str(each) for each in kept(world))
    assert "Quillfeather" not in told
    assert "Sample Street" not in told
    assert "UPS Ground" in told


def test_a_part_of_a_delivery_that_cannot_be_read_is_kept_once(world: Any, inbox: Inbox) -> None:
    for _ in range(2):
        inbox.unreadable(RENO, "row 7 has no column tracking_number; write it", delivery="a.csv")
    inbox.unreadable(RENO, "row 7 has no column tracking_number; write it", delivery="b.csv")
    assert [(each.kind, each.delivery) for each in kept(world)] == [
        ("unreadable", "a.csv"),
        ("unreadable", "b.csv"),
    ]


def test_a_warehouse_speaks_for_itself_whatever_stands_in_its_report(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    with pytest.raises(BadInput, match="nothing was released to warehouse sparks"):
        inbox.take(SPARKS, report(f"{order.ref}-1", warehouse=RENO))


# A person, or time, sees to it.


def test_a_person_matches_a_report_to_its_order(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    inbox.take(RENO, report("typed-wrongly"), keep=True)
    (found,) = kept(world)
    settled = matching.match(found.number, order.id, SOMEBODY)
    assert (settled.state, settled.settled_by) == (UnmatchedState.MATCHED, "person:terminal-tester")
    assert settled.settled_at == world.clock.now()
    assert world.order(order).state is S.SHIPPED
    assert world.storage.audit.search(tag="warehouse:message:matched")[0].actor == "person:terminal-tester"
    inbox.take(RENO, report("typed-wrongly"), keep=True)
    assert kept(world) == []


@pytest.mark.parametrize("name", ["{ref}-1", "{ref}", "{id}"])
def test_an_order_is_named_by_any_of_its_names(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder, name: str
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    inbox.take(RENO, report("typed-wrongly"), keep=True)
    matching.match(kept(world)[0].number, name.format(ref=order.ref, id=order.id), SOMEBODY)
    assert world.order(order).state is S.SHIPPED


def test_a_person_says_what_lies_in_a_parcel_that_holds_more_than_was_ordered(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    too_many = report(f"{order.ref}-1", contents=(Content(order_item_id=ONE, quantity=20),))
    inbox.take(RENO, too_many, keep=True)
    (found,) = kept(world)
    with pytest.raises(BadInput, match="has 2 of 2 left to ship"):
        matching.match(found.number, order.id, SOMEBODY)
    assert [each.number for each in kept(world)] == [found.number]
    matching.match(found.number, order.id, SOMEBODY, contents=read_lines([f"{ONE}=2"]))
    (package,) = world.storage.packages.of_order(order.ref)
    assert package.contents == (Content(order_item_id=ONE, quantity=2),)
    assert world.order(order).state is S.PARTLY_SHIPPED


@pytest.mark.parametrize("text", ["", "1", "=2", "1=two", "1=-1", "1=1234567"])
def test_a_quantity_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not LINE=QUANTITY"):
        read_lines([text])


def test_an_order_of_another_warehouse_is_not_matched(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    inbox.take(SPARKS, report("nowhere"), keep=True)
    for name in (f"{order.ref}-1", order.ref, order.id):
        with pytest.raises(BadInput, match="released to warehouse sparks"):
            matching.match(kept(world)[0].number, name, SOMEBODY)


def test_what_is_dismissed_does_not_come_back(world: Any, inbox: Inbox, matching: Matching) -> None:
    inbox.take(RENO, report("nowhere"), keep=True)
    (found,) = kept(world)
    assert matching.dismiss(found.number, SOMEBODY).state is UnmatchedState.DISMISSED
    inbox.take(RENO, report("nowhere"), keep=True)
    assert kept(world) == []
    with pytest.raises(BadInput, match="is dismissed already, by person:terminal-tester"):
        matching.match(found.number, "x", SOMEBODY)
    with pytest.raises(BadInput, match="nothing unmatched has the number 77"):
        matching.dismiss(77, SOMEBODY)


def test_what_cannot_be_read_can_only_be_dismissed(world: Any, inbox: Inbox, matching: Matching) -> None:
    inbox.unreadable(RENO, "row 7 cannot be read", delivery="a.csv")
    (found,) = kept(world)
    with pytest.raises(BadInput, match="could not be read, so it fits no order"):
        matching.match(found.number, "x", SOMEBODY)
    matching.dismiss(found.number, SOMEBODY)


def test_a_parcel_that_came_before_its_release_fits_once_that_is_here(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    inbox.take(RENO, report(f"{order.ref}-1"), keep=True)
    assert world.storage.unmatched.waiting() == [RENO]
    assert matching.again(RENO) == 0
    world.sent(order, R.INTENDED)
    assert matching.again(SPARKS) == 0
    assert matching.again(RENO) == 1
    assert (kept(world), world.order(order).state) == ([], S.SHIPPED)
    assert world.storage.unmatched.settled()[0].settled_by == "service:collect"
    assert world.storage.unmatched.waiting() == []


def test_a_correction_that_came_before_what_it_corrects_fits_afterwards(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    ref = f"{order.ref}-1"
    inbox.take(RENO, report(ref, "r-2", corrects="r-1", tracking_number="1ZNEW"), keep=True)
    assert matching.again(RENO) == 0
    inbox.take(RENO, report(ref, "r-1"), keep=True)
    assert matching.again(RENO) == 1
    (package,) = world.storage.packages.of_order(order.ref)
    assert (package.report_id, package.tracking_number) == ("r-2", "1ZNEW")


def test_what_waited_and_then_does_not_fit_for_another_reason_says_that_one(
    world: Any, inbox: Inbox, matching: Matching, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    too_many = report(f"{order.ref}-1", contents=(Content(order_item_id=ONE, quantity=20),))
    inbox.take(RENO, too_many, keep=True)
    world.sent(order, R.ACCEPTED)
    assert matching.again(RENO) == 0
    assert "has 2 of 2 left to ship" in kept(world)[0].reason
    assert world.storage.unmatched.waiting() == []


def test_a_kept_report_that_comes_again_once_it_fits_is_seen_to(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    inbox.take(RENO, report(f"{order.ref}-1"), keep=True)
    world.sent(order, R.ACCEPTED)
    assert inbox.take(RENO, report(f"{order.ref}-1"), keep=True) is not None
    assert kept(world) == []


def test_a_reply_to_a_stop_goes_to_who_asked_and_else_is_kept(world: Any, inbox: Inbox) -> None:
    reply = StopReply(release=ReleaseRef("a-1"), stopped=True)
    inbox.take(RENO, reply, keep=True)
    assert [each.kind for each in kept(world)] == ["stop"]
    stops = Stops(asked=ReleaseRef("a-1"))
    with_stops = replace(inbox, stops=stops)
    with_stops.take(RENO, reply, keep=True)
    assert stops.replies == [(RENO, reply)]
    assert kept(world) == []
    with pytest.raises(BadInput, match="nobody asked"):
        with_stops.take(RENO, replace(reply, release=ReleaseRef("b-1")))
