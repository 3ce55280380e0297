import itertools

from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.order import MOVES, OrderState, may_move

S = OrderState
ENDS = {S.SHREDDED}
FORWARD = [
    S.NOTICED, S.ACCEPTED, S.RELEASABLE, S.RELEASED, S.PARTLY_SHIPPED, S.SHIPPED, S.CONFIRMED, S.VERIFIED,
    S.SHREDDED,
]  # fmt: skip


@given(current=st.sampled_from(S), to=st.sampled_from(S))
def test_a_move_is_allowed_exactly_if_the_table_has_it(current: OrderState, to: OrderState) -> None:
    assert may_move(current, to) == (to in MOVES[current])


def test_every_state_is_in_the_table_and_none_moves_to_itself() -> None:
    assert set(MOVES) == set(S)
    assert all(state not in after for state, after in MOVES.items())


def test_the_whole_life_is_one_chain_of_allowed_moves() -> None:
    assert all(may_move(current, to) for current, to in itertools.pairwise(FORWARD))


def reachable(start: OrderState) -> set[OrderState]:
    """Every state that can follow, at any distance."""
    found: set[OrderState] = set()
    left = [start]
    while left:
        for state in MOVES[left.pop()]:
            if state not in found:
                found.add(state)
                left.append(state)
    return found


@given(state=st.sampled_from(S))
def test_from_everywhere_an_order_can_end_shredded_and_nothing_follows(state: OrderState) -> None:
    assert S.SHREDDED in reachable(state) or state is S.SHREDDED
    assert reachable(S.SHREDDED) == set()


def test_shipped_orders_cannot_be_cancelled_and_cancelled_ones_never_ship() -> None:
    for state in (S.SHIPPED, S.CONFIRMED, S.VERIFIED):
        assert S.CANCELLED not in MOVES[state], "a parcel comes back first"
    assert reachable(S.CANCELLED) == {S.SHREDDED}


def test_nothing_is_released_that_is_held() -> None:
    assert not may_move(S.HELD, S.RELEASED)
    assert not may_move(S.HELD, S.RELEASABLE)


def test_an_order_comes_back_from_its_warehouse_only_before_a_parcel_left_and_then_it_is_held() -> None:
    before_release = {S.NOTICED, S.ACCEPTED, S.HELD, S.RELEASABLE}
    assert MOVES[S.RELEASED] & before_release == {S.HELD}
    for state in (S.PARTLY_SHIPPED, S.SHIPPED, S.CONFIRMED, S.VERIFIED):
        assert not MOVES[state] & before_release


def test_a_corrected_parcel_that_holds_less_leaves_something_to_ship() -> None:
    assert may_move(S.SHIPPED, S.PARTLY_SHIPPED)


def test_what_a_warehouse_stopped_comes_back_through_a_hold_alone() -> None:
    assert may_move(S.RELEASED, S.HELD)
    assert not may_move(S.RELEASED, S.ACCEPTED)
    assert not may_move(S.RELEASED, S.RELEASABLE)
