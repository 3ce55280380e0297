"""What changes once the warehouse has the order: it is asked to stop it, and each answer has its path."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from day import Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.cancellation import CancellationState, CancelReason
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrdersApi, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.stop import Stop, StopState
from dockseal.domain.warehouse_message import StopReply
from dockseal.errors import BadInput, WarehouseUnavailable
from dockseal.warehouses.port import StopAnswer, StopRequest
from dockseal.warehouses.webhook import Webhook
from spapi_simulator import Fault, Line

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


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day(api=OrdersApi.V2026)


@pytest.fixture
def telephone(day: Day) -> Telephone:
    made = Telephone(day)
    made.connect()
    return made


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


# ── stopped ────────────────────


def test_a_buyer_who_asks_in_time_has_the_order_cancelled_at_amazon(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=1)
    order = day.order(order_id)
    assert (order.state, hold(order)) == (OrderState.HELD, "being_cancelled")
    assert order.attention == "", "nobody needs to do anything"
    day.run(minutes=30)
    shown = day.amazon.order(order_id)
    assert shown.status == "CANCELLED"
    assert {item.cancel_reason for item in shown.items} == {"BuyerCanceled"}
    assert day.app.storage.sealed.count() == 0
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert telephone.asked == references(day, order_id), "asked once, and never released again"
    (cancellation,) = day.app.storage.cancellations.of_order(day.order(order_id).ref)
    assert cancellation.state is CancellationState.DONE
    assert [tag for tag in day.tags(order_id) if "stop" in tag or "cancel" in tag] == [
        "order:stop:wanted",
        "order:stop:answered",
        "order:cancellation:intended",
        "order:cancellation:sent",
        "order:life:cancelled",
        "order:cancellation:taken",
        "order:cancellation:shown",
    ]


def test_a_buyer_who_withdraws_before_the_warehouse_answers_gets_the_order(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=1)
    assert stop_of(day, order_id).state is StopState.ASKED
    day.clock.advance(timedelta(minutes=1))
    wishes(day, order_id, again=False)
    day.run(minutes=11)
    telephone.reply(stopped=True)
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    first, second = references(day, order_id)
    assert first != second
    assert day.amazon.order(order_id).status == "UNSHIPPED"


def test_a_buyer_who_withdraws_while_amazon_cannot_be_told_gets_the_order(
    day: Day, telephone: Telephone
) -> None:
    telephone.answer = YES
    day.amazon.faults.add(Fault(operation="createFeedDocument", status=503, times=4))
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=1)
    assert hold(day.order(order_id)) == "being_cancelled"
    wishes(day, order_id, again=False)
    day.run(minutes=60)
    assert day.order(order_id).state is OrderState.RELEASED
    assert len(references(day, order_id)) == 2
    assert day.amazon.order(order_id).status == "UNSHIPPED"


def test_of_several_lines_only_those_the_buyer_gives_up_are_cancelled_and_the_others_go_out(
    day: Day, telephone: Telephone
) -> None:
    telephone.answer = YES
    order_id = released(day, MUG, Line(sku="TEA-9"))
    wishes(day, order_id, items=1)
    day.run(minutes=40)
    assert day.order(order_id).state is OrderState.RELEASED
    last = [each for each in day.warehouse.taken if each["amazon_order_id"] == order_id][-1]
    assert [line["sku"] for line in last["lines"]] == ["TEA-9"]
    assert len(references(day, order_id)) == 2


def test_an_order_that_amazon_cancelled_in_time_needs_nobody(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day)
    day.amazon.cancel(order_id)
    day.run(minutes=5)
    order = day.order(order_id)
    assert order.state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert order.attention == ""
    (release,) = day.app.storage.releases.of_order(order.ref)
    assert release.state is ReleaseState.STOPPED


def test_a_new_address_goes_out_under_a_new_reference_once_the_stop_is_certain(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    moves(day, order_id)
    day.run(minutes=20)
    assert len(references(day, order_id)) == 1, "never before the stop is certain"
    assert "(address line 1)" in day.order(order_id).attention
    telephone.reply(stopped=True)
    day.run(minutes=5)
    first, second = references(day, order_id)
    assert first != second
    order = day.order(order_id)
    assert (order.state, order.attention) == (OrderState.RELEASED, "")
    assert "99 Invented Lane" in str(day.warehouse.taken[-1])
    assert day.tags(order_id).count("order:data:retrieved") == 3, "at first, to compare, and anew"


def test_a_new_address_that_cannot_be_retrieved_holds_the_order(day: Day, telephone: Telephone) -> None:
    order_id = released(day)
    moves(day, order_id)
    day.run(minutes=20)
    day.amazon.faults.add(Fault(operation="getOrder", dataset="RECIPIENT", effect="redact"))
    telephone.reply(stopped=True)
    day.run(minutes=5)
    order = day.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    assert order.id in order.hold.sentence or "address" in order.hold.sentence
    assert len(references(day, order_id)) == 1


def test_other_items_go_out_under_a_new_reference(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day, Line(sku="MUG-1", quantity=3))
    fewer(day, order_id)
    day.run(minutes=15)
    first, second = references(day, order_id)
    assert first != second
    assert [line["quantity"] for line in day.warehouse.taken[-1]["lines"]] == [2]
    assert day.order(order_id).state is OrderState.RELEASED


def test_what_a_person_had_stopped_stays_held_until_the_person_says(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day)
    asks(day, order_id)
    day.run(minutes=2)
    assert hold(day.order(order_id)) == "stopped"
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=20)
    assert hold(day.order(order_id)) == "stopped", "no news of Amazon's lifts it"
    day.app.holds.lift(day.order(order_id).ref, person())
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    assert len(references(day, order_id)) == 2


def test_what_a_person_had_stopped_can_be_cancelled_with_a_reason(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day)
    with pytest.raises(BadInput, match="dockseal orders stop"):
        day.app.stops.cancel(day.order(order_id).ref, CancelReason.NO_INVENTORY, person())
    asks(day, order_id)
    day.run(minutes=2)
    day.app.stops.cancel(day.order(order_id).ref, CancelReason.NO_INVENTORY, person())
    day.run(minutes=20)
    assert {item.cancel_reason for item in day.amazon.order(order_id).items} == {"NoInventory"}
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}


def test_the_rest_of_a_partly_shipped_order_is_stopped_and_left_to_a_person(
    day: Day, telephone: Telephone
) -> None:
    telephone.answer = YES
    order_id = released(day, MUG, Line(sku="TEA-9"))
    day.ship(order_id, lines=[(day.amazon.order(order_id).items[0].order_item_id, 1)])
    day.run(minutes=10)
    wishes(day, order_id)
    day.run(minutes=10)
    order = day.order(order_id)
    assert order.state is OrderState.PARTLY_SHIPPED
    assert "stopped the rest of order" in order.attention
    assert day.app.storage.cancellations.of_order(order.ref) == []


# ── too late ────────────────────


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (wishes, "tell the buyer in Seller Central that the order can be returned"),
        (moves, "have the carrier redirect the parcel"),
        (fewer, "it ships as it was released; compare it with Seller Central"),
        (asks, "it ships as it is."),
    ],
)
def test_what_the_warehouse_cannot_stop_ships_and_a_person_is_told_what_that_means(
    day: Day, telephone: Telephone, happens: object, told: str
) -> None:
    telephone.answer = NO
    order_id = released(day, Line(sku="MUG-1", quantity=2))
    happens(day, order_id)  # type: ignore[operator]  # one of the helpers above
    day.run(minutes=20)
    order = day.order(order_id)
    assert order.state is OrderState.RELEASED
    assert told in order.attention
    assert len(references(day, order_id)) == 1
    day.ship(order_id)
    day.run(minutes=40)
    assert day.amazon.order(order_id).status == "SHIPPED"


def test_a_parcel_of_a_cancelled_order_is_to_be_brought_back(day: Day, telephone: Telephone) -> None:
    telephone.answer = NO
    order_id = released(day)
    day.amazon.cancel(order_id)
    day.run(minutes=5)
    order = day.order(order_id)
    assert order.state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert "have the carrier bring the parcel back" in order.attention
    assert "is asked not to ship" not in order.attention


def test_a_buyer_whose_wish_comes_too_late_and_is_withdrawn_needs_nobody(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=2)
    day.app.holds.seen(day.order(order_id).ref, person())
    wishes(day, order_id, again=False)
    day.run(minutes=11)
    day.app.holds.seen(day.order(order_id).ref, person())
    telephone.reply(stopped=False)
    day.run(minutes=2)
    assert day.order(order_id).attention == ""
    assert day.order(order_id).state is OrderState.RELEASED


def test_amazon_cancels_what_could_not_be_stopped_for_the_buyer(day: Day, telephone: Telephone) -> None:
    telephone.answer = NO
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=5)
    day.amazon.cancel(order_id)
    day.run(minutes=5)
    assert "bring the parcel back" in day.order(order_id).attention
    assert len(telephone.asked) == 1, "what was too late is not asked again"


# ── silent ────────────────────


def test_of_a_warehouse_that_says_nothing_a_person_is_told_the_reference(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(hours=3)
    assert stop_of(day, order_id).state is StopState.ASKED
    day.run(hours=2)
    assert stop_of(day, order_id).state is StopState.SILENT
    assert f"ask it about reference {telephone.asked[0]}" in day.order(order_id).attention
    telephone.reply(stopped=True)
    day.run(minutes=30)
    assert day.amazon.order(order_id).status == "CANCELLED", "a late answer is an answer"


@pytest.mark.parametrize("hours", [1, 5])
def test_a_parcel_that_arrives_meanwhile_says_that_it_was_too_late(
    day: Day, telephone: Telephone, hours: int
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(hours=hours)
    day.ship(order_id)
    day.run(minutes=30)
    assert stop_of(day, order_id).state is StopState.TOO_LATE
    order = day.order(order_id)
    assert "can be returned once it arrived" in order.attention or order.state is OrderState.VERIFIED
    assert day.amazon.order(order_id).status == "SHIPPED"
    assert "order:stop:answered" in day.tags(order_id)


# ── what goes wrong ────────────────────


def test_a_warehouse_that_cannot_be_reached_is_asked_again_under_the_same_reference(
    day: Day, telephone: Telephone
) -> None:
    telephone.answer = None
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=30)
    assert len(set(telephone.asked)) == 1
    assert 4 <= len(telephone.asked) <= 8, "with growing waits"
    assert "could not be asked to stop" in day.order(order_id).attention
    telephone.answer = YES
    day.run(hours=1)
    assert day.amazon.order(order_id).status == "CANCELLED"


def test_a_warehouse_that_nothing_can_ask_is_asked_by_a_person(day: Day) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=2)
    assert f"record its answer with `dockseal orders stopped {order_id}`" in day.order(order_id).attention
    day.app.stops.record(day.order(order_id).ref, person(), stopped=True)
    day.run(minutes=30)
    assert day.amazon.order(order_id).status == "CANCELLED"
    assert "cannot be asked" not in day.order(order_id).attention


def test_killed_after_the_question_it_asks_again_under_the_same_reference(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    telephone.dies = True
    wishes(day, order_id)
    with pytest.raises(KeyboardInterrupt):
        day.run(minutes=5)
    day.restart()
    telephone.connect()
    telephone.dies, telephone.answer = False, YES
    day.run(minutes=30)
    assert len(telephone.asked) == 2
    assert len(set(telephone.asked)) == 1
    assert day.amazon.order(order_id).status == "CANCELLED"


def test_a_hand_over_without_an_answer_is_stopped_too(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    day.warehouse.loses_answers = 99
    order_id = day.amazon.place_order(day.account, lines=[MUG])
    while not day.warehouse.taken:
        day.run(minutes=0.1)
    day.amazon.cancel(order_id)
    day.run(minutes=30)
    order = day.order(order_id)
    assert order.state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert telephone.asked == references(day, order_id)
    (release,) = day.app.storage.releases.of_order(order.ref)
    assert release.state is ReleaseState.STOPPED


def test_an_unanswered_hand_over_is_not_repeated_once_the_buyer_asks_to_cancel(
    day: Day, telephone: Telephone
) -> None:
    telephone.answer = YES
    day.warehouse.loses_answers = 1
    order_id = day.amazon.place_order(day.account, lines=[MUG])
    while not day.warehouse.taken:
        day.run(minutes=0.05)
    day.warehouse.down = True
    wishes(day, order_id)
    day.run(minutes=2)
    assert hold(day.order(order_id)) == "stop_wanted"
    day.warehouse.down = False
    day.run(minutes=30)
    assert day.warehouse.repeats == 0
    assert day.amazon.order(order_id).status == "CANCELLED"


def test_a_warehouse_that_ships_what_it_had_stopped_is_told_of(day: Day, telephone: Telephone) -> None:
    telephone.answer = YES
    order_id = released(day)
    asks(day, order_id)
    day.run(minutes=2)
    day.ship(order_id)
    assert "which it said it had stopped" in day.order(order_id).attention


def test_the_same_answer_twice_changes_nothing_and_one_taken_back_is_told_of(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    asks(day, order_id)
    day.run(minutes=2)
    telephone.reply(stopped=True)
    telephone.reply(stopped=True)
    day.run(minutes=2)
    telephone.reply(stopped=True)
    assert day.tags(order_id).count("order:stop:answered") == 1
    telephone.reply(stopped=False)
    assert "now that it was too late" in day.order(order_id).attention


def test_an_answer_to_what_nobody_asked_is_refused(day: Day, telephone: Telephone) -> None:
    order_id = released(day)
    reference = ReleaseRef(references(day, order_id)[0])
    with pytest.raises(BadInput, match="was not asked"):
        day.app.stops.replied(WarehouseId("reno"), StopReply(release=reference, stopped=True))
    asks(day, order_id)
    with pytest.raises(BadInput, match="was not asked"):
        day.app.stops.replied(WarehouseId("elsewhere"), StopReply(release=reference, stopped=True))
