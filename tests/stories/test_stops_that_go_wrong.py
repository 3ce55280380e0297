"""What goes wrong while a warehouse is asked to stop an order: nothing ships twice, nobody is left alone."""

import pytest

from day import Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.warehouse_message import StopReply
from dockseal.errors import BadInput
from telephone import MUG, YES, Mute, Telephone, asks, hold, references, released, wishes


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day(api=OrdersApi.V2026)


@pytest.fixture
def telephone(day: Day) -> Telephone:
    made = Telephone(day)
    made.connect()
    return made


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
    day.app.adapters._found["webhook"] = Mute
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
