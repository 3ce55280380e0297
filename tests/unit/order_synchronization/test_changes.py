"""What a newer reading of an order means, state by state."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import (
    KEPT_HOLDS,
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    Hold,
    Order,
    OrderLine,
    OrderState,
    may_move,
)
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.domain.stop import StopReason
from dockseal.order_synchronization.changes import (
    _STOP,
    _WISHED,
    ANSWERS,
    STAGES,
    News,
    Stage,
    change_of,
    news,
)

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
READING = AmazonOrder(
    amazon_order_id=AmazonOrderId("113-0000000-0000001"),
    status=AmazonStatus.UNSHIPPED,
    fulfilled_by=FulfilledBy.MERCHANT,
    updated_at=NOW,
    lines=(OrderLine(order_item_id="i1", sku="S", ordered=2),),
)


def order(state: OrderState) -> Order:
    return Order(
        ref=OrderRef("ref"),
        seller=SellerId("acme-us"),
        state=state,
        amazon=READING,
        read_at=NOW,
        accepted_at=NOW,
    )


readings = st.builds(
    lambda status, ordered, wants: replace(
        READING,
        status=status,
        lines=(OrderLine(order_item_id="i1", sku="S", ordered=ordered, buyer_wants_cancel=wants),),
    ),
    st.sampled_from(AmazonStatus),
    st.integers(0, 3),
    st.booleans(),
)


@given(
    state=st.sampled_from([state for state in OrderState if state is not OrderState.NOTICED]),
    reading=readings,
)
def test_no_reading_asks_for_a_move_that_the_table_forbids(state: OrderState, reading: AmazonOrder) -> None:
    change = change_of(order(state), reading)
    assert change.to is None or may_move(state, change.to)
    assert (change.tag is None) == (change.to is None)


@pytest.mark.parametrize(
    "state",
    [
        OrderState.ACCEPTED,
        OrderState.HELD,
        OrderState.RELEASABLE,
        OrderState.RELEASED,
        OrderState.PARTLY_SHIPPED,
    ],
)
def test_a_cancelled_order_is_cancelled_from_every_state_before_shipped(state: OrderState) -> None:
    change = change_of(order(state), replace(READING, status=AmazonStatus.CANCELLED))
    assert change.to is OrderState.CANCELLED
    assert bool(change.attention) == (state in {OrderState.RELEASED, OrderState.PARTLY_SHIPPED})


def test_a_new_reading_sends_a_held_order_back_to_examination() -> None:
    assert change_of(order(OrderState.HELD), READING).to is OrderState.ACCEPTED


def test_other_quantities_are_a_new_revision_and_are_stopped_at_the_warehouse() -> None:
    fewer = replace(READING, lines=(OrderLine(order_item_id="i1", sku="S", ordered=1),))
    assert change_of(order(OrderState.RELEASABLE), fewer).revised
    at_the_warehouse = change_of(order(OrderState.RELEASED), fewer)
    assert at_the_warehouse.revised
    assert at_the_warehouse.stop is StopReason.ITEMS
    assert "(S 2 to 1)" in at_the_warehouse.attention


def test_a_buyers_wish_to_cancel_after_the_release_is_told_once() -> None:
    wish = replace(READING, lines=(replace(READING.lines[0], buyer_wants_cancel=True),))
    assert "asks to cancel" in change_of(order(OrderState.RELEASED), wish).attention
    assert change_of(replace(order(OrderState.RELEASED), amazon=wish), wish).attention == ""


def test_shipped_without_a_parcel_of_ours_asks_who_confirmed_it() -> None:
    change = change_of(order(OrderState.RELEASED), replace(READING, status=AmazonStatus.SHIPPED))
    assert "as shipped, but no warehouse reported that parcel" in change.attention


LINES = st.lists(
    st.builds(
        OrderLine,
        order_item_id=st.sampled_from(["i1", "i2", "i3"]),
        sku=st.sampled_from(["S", "T", "{0}", ""]),
        ordered=st.integers(0, 3),
        buyer_wants_cancel=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda line: line.order_item_id,
).map(tuple)
ANY_READING = st.builds(
    lambda **changes: replace(READING, **changes),
    status=st.sampled_from(AmazonStatus),
    lines=LINES,
    ship_by=st.none() | st.sampled_from([NOW + timedelta(hours=hours) for hours in (1, 2, 3)]),
    updated_at=st.sampled_from([NOW + timedelta(minutes=minutes) for minutes in (0, 1, 2)]),
    packages=st.none() | st.sampled_from([(), (AmazonPackage(reference_id="1"),)]),
)
STATES = [state for state in OrderState if state is not OrderState.NOTICED]


@given(
    state=st.sampled_from(STATES),
    before=ANY_READING,
    now=ANY_READING,
    earlier=st.sampled_from(["", "An earlier decision nobody made yet.", _STOP.attention, _WISHED.attention]),
)
def test_every_answer_is_in_the_table_and_no_earlier_decision_is_lost(
    state: OrderState, before: AmazonOrder, now: AmazonOrder, earlier: str
) -> None:
    known = replace(order(state), amazon=before, attention=earlier)
    change = change_of(known, now)
    told = news(before, now)
    answers = [ANSWERS[each, STAGES[state]] for each in told if (each, STAGES[state]) in ANSWERS]
    assert change.to in {None, *(answer.to for answer in answers)}
    assert change.to is None or may_move(state, change.to)
    assert (change.tag is None) == (change.to is None)
    assert (change.hold is not None) == (change.to is OrderState.HELD)
    if any(answer.attention for answer in answers):
        assert change.attention.startswith(earlier)
        for answer in answers:
            opening, *_ = re.split(r"\{\w+\}", answer.attention)
            assert opening in change.attention
    else:
        assert change.attention == ""
    if change.to is OrderState.CANCELLED:
        assert not (change.revised)
        assert not (change.retrieve_again)
        assert not (change.compare_address)
    if STAGES[state] in {Stage.AT_WAREHOUSE, Stage.PARTLY_GONE}:
        assert not change.retrieve_again, "what was handed over is never overwritten"
        assert change.to in {None, OrderState.CANCELLED}


@given(state=st.sampled_from(STATES), before=ANY_READING, now=ANY_READING)
def test_the_same_news_twice_ask_for_a_person_once(
    state: OrderState, before: AmazonOrder, now: AmazonOrder
) -> None:
    first = change_of(replace(order(state), amazon=before), now)
    again = change_of(replace(order(state), amazon=before, attention=first.attention), now)
    assert again.attention == first.attention


def test_the_table_answers_only_for_stages_and_states_there_are() -> None:
    assert set(STAGES) == set(OrderState)
    for (_, stage), answer in ANSWERS.items():
        states = [state for state, each in STAGES.items() if each is stage]
        assert all(answer.to is None or may_move(state, answer.to) for state in states)
        assert bool(answer.hold) == (answer.to is OrderState.HELD)


def test_items_that_are_cancelled_one_by_one_are_named() -> None:
    lines = (*READING.lines, OrderLine(order_item_id="i2", sku="TEA-9", ordered=1))
    before = replace(READING, lines=lines)
    for after in ((lines[0], replace(lines[1], ordered=0)), lines[:1]):
        change = change_of(replace(order(OrderState.RELEASED), amazon=before), replace(READING, lines=after))
        assert "(TEA-9 cancelled): the warehouse is asked to stop it" in change.attention
        assert change.revised


def test_an_item_at_zero_that_vanishes_is_no_news() -> None:
    lines = (*READING.lines, OrderLine(order_item_id="i2", sku="TEA-9", ordered=0))
    change = change_of(replace(order(OrderState.RELEASED), amazon=replace(READING, lines=lines)), READING)
    assert not change.revised
    assert change.attention == ""


def test_a_ship_by_that_moved_to_an_earlier_date_is_told_at_the_warehouse_and_a_later_one_is_not() -> None:
    known = replace(order(OrderState.RELEASED), amazon=replace(READING, ship_by=NOW + timedelta(days=2)))
    sooner = change_of(known, replace(READING, ship_by=NOW + timedelta(days=1)))
    assert "sooner than the warehouse was told" in sooner.attention
    assert change_of(known, replace(READING, ship_by=NOW + timedelta(days=3))).attention == ""


def test_an_order_that_is_paid_at_last_is_examined_and_one_that_is_not_after_all_is_held() -> None:
    unpaid = replace(READING, status=AmazonStatus.PENDING)
    assert change_of(replace(order(OrderState.ACCEPTED), amazon=unpaid), READING).attention == ""
    held = change_of(order(OrderState.RELEASABLE), unpaid)
    assert held.to is OrderState.HELD
    assert held.hold is not None
    assert "not paid" in held.hold.sentence
    assert "wait until it is paid" in change_of(order(OrderState.RELEASED), unpaid).attention


def test_the_address_is_retrieved_again_before_the_release_and_only_compared_after_it() -> None:
    touched = replace(READING, updated_at=NOW + timedelta(minutes=5), packages=())
    known = replace(READING, packages=())
    for state in (OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE):
        assert change_of(replace(order(state), amazon=known), touched).retrieve_again
    at_the_warehouse = change_of(replace(order(OrderState.RELEASED), amazon=known), touched)
    assert at_the_warehouse.compare_address
    assert at_the_warehouse.attention == "", "a clock that moved is no alarm by itself"


@pytest.mark.parametrize(
    "reading",
    [
        replace(READING, packages=()),
        replace(READING, packages=(AmazonPackage(reference_id="1"),), updated_at=NOW + timedelta(hours=1)),
        replace(READING, packages=None, updated_at=NOW + timedelta(hours=1)),
        replace(READING, packages=(), updated_at=NOW + timedelta(hours=1), status=AmazonStatus.SHIPPED),
    ],
    ids=["no newer", "a parcel moved", "v0", "shipped"],
)
def test_what_explains_a_moved_clock_has_no_address_compared(reading: AmazonOrder) -> None:
    known = replace(order(OrderState.RELEASED), amazon=replace(READING, packages=()))
    assert not change_of(known, reading).compare_address


def test_what_is_left_of_a_partly_shipped_order_is_compared_although_a_parcel_moved() -> None:
    part = replace(READING, status=AmazonStatus.PARTIALLY_SHIPPED, packages=())
    known = replace(order(OrderState.PARTLY_SHIPPED), amazon=part)
    parcel = (AmazonPackage(reference_id="1"),)
    assert change_of(
        known, replace(part, packages=parcel, updated_at=NOW + timedelta(hours=1))
    ).compare_address


def test_what_was_left_of_an_order_and_is_cancelled_was_not_shipped_by_somebody_else() -> None:
    part = replace(READING, status=AmazonStatus.PARTIALLY_SHIPPED)
    rest = replace(READING, status=AmazonStatus.SHIPPED, lines=(replace(READING.lines[0], ordered=1),))
    change = change_of(replace(order(OrderState.PARTLY_SHIPPED), amazon=part), rest)
    assert "ask who confirmed" not in change.attention
    assert "S 2 to 1" in change.attention


def test_a_cancellation_that_was_seen_to_is_not_told_again() -> None:
    cancelled = replace(READING, status=AmazonStatus.CANCELLED)
    known = replace(order(OrderState.VERIFIED), amazon=cancelled)
    assert change_of(known, replace(cancelled, updated_at=NOW + timedelta(hours=1))).attention == ""


def from_report(state: OrderState) -> Order:
    """An order that came from a report of this instant; a report calls it older than any reading."""
    shown = replace(READING, updated_at=NOW - timedelta(days=1), packages=None)
    return replace(order(state), amazon=shown, read_at=NOW)


def test_a_reading_of_an_order_from_a_report_brings_another_address_only_if_it_changed_since() -> None:
    as_it_was = replace(READING, updated_at=NOW, packages=())
    since = replace(READING, updated_at=NOW + timedelta(seconds=1), packages=())
    assert not change_of(from_report(OrderState.RELEASABLE), as_it_was).retrieve_again
    assert change_of(from_report(OrderState.RELEASABLE), since).retrieve_again
    gift = replace(as_it_was, has_gift_message=True)
    assert change_of(from_report(OrderState.RELEASABLE), gift).retrieve_again, "its message is in no report"
    assert not change_of(from_report(OrderState.RELEASED), as_it_was).compare_address
    assert change_of(from_report(OrderState.RELEASED), since).compare_address
    parcel = replace(since, packages=(AmazonPackage(reference_id="1"),))
    assert not change_of(from_report(OrderState.RELEASED), parcel).compare_address


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (replace(READING, programs=frozenset({"FBM_SHIP_PLUS", "PRIME"})), "ship it from Seller Central"),
        (replace(READING, has_gift_message=True), "copy its message"),
        (replace(READING, lines=(replace(READING.lines[0], buyer_wants_cancel=True),)), "asks to cancel"),
    ],
    ids=["program", "gift", "wish"],
)
def test_what_a_report_did_not_show_reaches_a_released_order_once_as_a_sentence(
    reading: AmazonOrder, words: str
) -> None:
    released = from_report(OrderState.RELEASED)
    assert words in change_of(released, reading).attention
    assert change_of(replace(released, amazon=reading), reading).attention == ""
    assert (
        change_of(from_report(OrderState.RELEASED), replace(READING, programs=frozenset({"PRIME"}))).attention
        == ""
    )


@pytest.mark.parametrize("code", sorted(KEPT_HOLDS))
def test_no_news_but_a_cancellation_lifts_a_hold_that_waits_for_an_answer(code: str) -> None:
    held = replace(order(OrderState.HELD), hold=Hold(code=code, sentence="Wait."))
    later = replace(READING, updated_at=NOW + timedelta(minutes=5))
    change = change_of(held, later)
    assert (change.to, change.tag) == (None, None)
    assert change.retrieve_again, "its address may be another by then"
    assert change_of(held, replace(later, status=AmazonStatus.CANCELLED)).to is OrderState.CANCELLED


@given(state=st.sampled_from(STATES), before=ANY_READING, now=ANY_READING)
def test_what_a_warehouse_may_have_is_stopped_for_the_most_serious_news(
    state: OrderState, before: AmazonOrder, now: AmazonOrder
) -> None:
    stop = change_of(replace(order(state), amazon=before), now).stop
    told = news(before, now)
    over = STAGES[state] in {Stage.GONE, Stage.OVER}
    if not over and told & {News.CANCELLED, News.STILL_CANCELLED}:
        assert stop is StopReason.CANCELLED
    elif not over and News.CANCEL_WISHED in told:
        assert stop is StopReason.BUYER
    elif not over and News.ITEMS in told:
        assert stop is StopReason.ITEMS
    else:
        assert stop is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (AmazonStatus.SHIPPED, "shipped_elsewhere"),
        (AmazonStatus.PARTIALLY_SHIPPED, "partly_shipped_elsewhere"),
    ],
)
def test_what_somebody_else_shipped_is_not_handed_over_any_more(status: AmazonStatus, code: str) -> None:
    change = change_of(order(OrderState.RELEASABLE), replace(READING, status=status), ())
    assert change.to is OrderState.HELD
    assert change.hold is not None
    assert change.hold.code == code
    assert "no warehouse reported that parcel" in change.hold.sentence


PARCEL = Package(
    order=OrderRef("ref"),
    reference_id=1,
    carrier="UPS",
    tracking_number="T1",
    shipped_at=NOW,
    contents=(Content(order_item_id="i1", quantity=1),),
    state=PackageState.CONFIRMED,
    report_id="r1",
)


@pytest.mark.parametrize("packages", [None, (AmazonPackage(reference_id="1", tracking_number="T1"),)])
def test_a_part_that_another_warehouse_of_ours_shipped_holds_nothing(
    packages: tuple[AmazonPackage, ...] | None,
) -> None:
    partly = replace(READING, status=AmazonStatus.PARTIALLY_SHIPPED, packages=packages)
    assert change_of(order(OrderState.RELEASABLE), partly, (PARCEL,)).to is None


def test_only_a_parcel_that_is_new_and_not_ours_is_a_strangers() -> None:
    theirs = AmazonPackage(reference_id="70", carrier="UPS", tracking_number="T9")
    ours = AmazonPackage(reference_id="1", carrier="UPS", tracking_number="T1")
    before = replace(READING, packages=(ours,))
    known = replace(order(OrderState.VERIFIED), amazon=before)
    both = replace(before, packages=(ours, theirs))
    assert "as shipped with UPS T9, but no warehouse" in change_of(known, both, (PARCEL,)).attention
    assert change_of(replace(known, amazon=both), both, (PARCEL,)).attention == ""
    assert change_of(known, both).attention == "", "a label that was just bought is no stranger"


def test_a_parcel_that_does_not_reach_the_buyer_is_told_once() -> None:
    parcel = AmazonPackage(reference_id="1", carrier="UPS", tracking_number="T1", status="IN_TRANSIT")
    known = replace(order(OrderState.VERIFIED), amazon=replace(READING, packages=(parcel,)))
    lost = replace(READING, packages=(replace(parcel, status="UNDELIVERABLE"),))
    assert "could not be delivered" in change_of(known, lost, (PARCEL,)).attention
    assert change_of(replace(known, amazon=lost), lost, (PARCEL,)).attention == ""
