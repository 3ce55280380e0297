"""What changes once the warehouse has the order: it is asked to stop it, and each answer has its path."""

from datetime import timedelta

import pytest

from day import Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.cancellation import CancellationState, CancelReason
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.stop import StopState
from dockseal.errors import BadInput
from spapi_simulator import Fault, Line
from telephone import MUG, NO, YES, Telephone, asks, fewer, hold, moves, references, released, stop_of, wishes


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day(api=OrdersApi.V2026, choices={"stop_answer_within": timedelta(hours=1)})


@pytest.fixture
def telephone(day: Day) -> Telephone:
    made = Telephone(day)
    made.connect()
    return made


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
    assert day.order(order_id).state is OrderState.VERIFIED
    assert told in day.order(order_id).attention, "nobody has seen to it yet"


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


def test_of_a_warehouse_that_says_nothing_a_person_is_told_the_reference(
    day: Day, telephone: Telephone
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=45)
    assert stop_of(day, order_id).state is StopState.ASKED
    day.run(minutes=30)
    assert stop_of(day, order_id).state is StopState.SILENT
    assert f"ask it about reference {telephone.asked[0]}" in day.order(order_id).attention
    telephone.reply(stopped=True)
    day.run(minutes=30)
    assert day.amazon.order(order_id).status == "CANCELLED", "a late answer is an answer"


@pytest.mark.parametrize("minutes", [30, 90])
def test_a_parcel_that_arrives_meanwhile_says_that_it_was_too_late(
    day: Day, telephone: Telephone, minutes: int
) -> None:
    order_id = released(day)
    wishes(day, order_id)
    day.run(minutes=minutes)
    day.ship(order_id)
    day.run(minutes=30)
    assert stop_of(day, order_id).state is StopState.TOO_LATE
    order = day.order(order_id)
    assert "can be returned once it arrived" in order.attention or order.state is OrderState.VERIFIED
    assert day.amazon.order(order_id).status == "SHIPPED"
    assert "order:stop:answered" in day.tags(order_id)
