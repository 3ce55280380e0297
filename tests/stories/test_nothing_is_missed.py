"""Whatever Amazon's lists and notifications do, in the end every order that Amazon has is here."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from day import SELLER, Day, MakeDay
from dockseal.domain.order import OrdersApi
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.order_synchronization.sweeping import Sweeping
from spapi_simulator import Behaviours, Fault, Line
from steps import SmallPages, attempt, catch_up, reconcile, step

OVER = {"CANCELLED", "SHIPPED", "UNFULFILLABLE"}
LISTS = {OrdersApi.V2026: "searchOrders", OrdersApi.V0: "getOrders"}


def placed(day: Day, count: int = 1, **more: Any) -> list[str]:
    """Places ordinary orders."""
    return [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")], **more) for n in range(count)]


def assert_all_here(day: Day) -> None:
    """Every order Amazon has is kept as it is, but those that were over before they could be seen."""
    for record in day.amazon.orders():
        if day.knows(record.order_id):
            assert day.order(record.order_id).amazon.status == record.status, record.order_id
        else:
            assert record.status in OVER or record.fulfilled_by == "AMAZON", f"{record.order_id} is missed"


Act = Callable[[Day, int], None]


def _place(day: Day, number: int) -> None:
    placed(day, 1 + number % 3, pending=number % 2 == 1)


def _pay(day: Day, number: int) -> None:
    for record in day.amazon.orders()[number % 3 :: 3]:
        if record.status == "PENDING":
            day.amazon.authorise_payment(record.order_id)


def _cancel(day: Day, number: int) -> None:
    orders = [each for each in day.amazon.orders() if each.status not in OVER]
    if orders:
        day.amazon.cancel(orders[number % len(orders)].order_id)


def _hide(day: Day, number: int) -> None:
    if orders := day.amazon.orders():
        day.amazon.hide_from_lists(orders[number % len(orders)].order_id, seconds=60 * (number % 90))


def _bend(day: Day, number: int) -> None:
    effects: tuple[Literal["half", "repeat", "cut"], ...] = ("half", "repeat", "cut")
    fault = Fault(operation=LISTS[day.api], effect=effects[number % 3], times=1 + number % 2)
    day.amazon.faults.add(fault)


def _break(day: Day, number: int) -> None:
    status = (503, 429, 400, 500)[number % 4]
    day.amazon.faults.add(Fault(operation=LISTS[day.api], status=status, times=1))


def _sweep(day: Day, number: int) -> None:
    for _ in range(1 + number % 3):
        attempt(day, "sweep")


def _take_in(day: Day, _number: int) -> None:
    attempt(day, "take_in")


def _listen(day: Day, _number: int) -> None:
    (listen,) = [each for each in day.app.lanes.steps if each.name == "listen"]
    listen.run(day.seller.queue_url)


def _wait(day: Day, number: int) -> None:
    day.clock.advance(timedelta(minutes=(1, 4, 11, 47, 60 * 25)[number % 5]))


def _restart(day: Day, _number: int) -> None:
    day.restart()


STEPS = (_sweep, _sweep, _take_in, _listen, _wait, _wait, _restart)
ACTS = st.lists(
    st.tuples(
        st.sampled_from((_place, _place, _pay, _cancel, _hide, _bend, _break, *STEPS)),
        st.integers(0, 999),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(api=st.sampled_from(OrdersApi), lag=st.sampled_from([0, 90, 1200]), lost=st.booleans(), acts=ACTS)
def test_random_changes_cuts_and_lies_of_lists_lose_nothing(
    api: OrdersApi, lag: int, lost: bool, acts: list[tuple[Act, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        behaviours = Behaviours(by_id_lag_seconds=lag)
        day = Day(folder=Path(folder), api=api, behaviours=behaviours, carry=SmallPages)
        try:
            if lost:
                day.amazon.drop_notifications(1)
            for act, number in acts:
                act(day, number)
            day.amazon.faults.clear()
            day.clock.advance(
                timedelta(minutes=95)
            )  # nothing is hidden any more, and reads by id are current
            catch_up(day)
            reconcile(day)
            assert_all_here(day)
        finally:
            day.close()


def _refuse_the_page(day: Day, _: pytest.MonkeyPatch) -> None:
    day.amazon.faults.add(Fault(operation=LISTS[day.api], status=400, times=1))
    attempt(day, "sweep")


def _outlive_the_token(day: Day, _: pytest.MonkeyPatch) -> None:
    day.clock.advance(timedelta(hours=25))


def _turn_the_clock_back(day: Day, _: pytest.MonkeyPatch) -> None:
    day.clock.set(day.clock.now() - timedelta(minutes=30))


def _die_within_a_page(day: Day, patch: pytest.MonkeyPatch) -> None:
    keep, kept = Sweeping._keep, []

    def dies_at_the_second(sweeping: Sweeping, *page: Any) -> bool:
        kept.append(page)
        if len(kept) == 2:
            raise SystemExit
        return keep(sweeping, *page)

    with patch.context() as dying:
        dying.setattr(Sweeping, "_keep", dies_at_the_second)
        with pytest.raises(SystemExit):
            step(day, "sweep")
    day.restart()


@pytest.mark.parametrize("api", OrdersApi)
@pytest.mark.parametrize(
    "lose", [_refuse_the_page, _outlive_the_token, _turn_the_clock_back, _die_within_a_page]
)
def test_the_sweep_alone_sees_every_order_whatever_ends_its_window(
    make_day: MakeDay, monkeypatch: pytest.MonkeyPatch, api: OrdersApi, lose: Callable[..., None]
) -> None:
    """No notification and no reconciliation: what one window skips, nothing else would bring."""
    day = make_day(api=api, carry=SmallPages)
    day.amazon.drop_notifications(1000)
    step(day, "sweep")
    for _ in range(10):
        day.clock.advance(timedelta(minutes=25))
        placed(day)
    day.clock.advance(timedelta(minutes=25))
    for pages in (1, 2):
        for _ in range(pages):
            step(day, "sweep")
        lose(day, monkeypatch)
    day.clock.advance(timedelta(minutes=30))
    catch_up(day)
    assert_all_here(day)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    api=st.sampled_from(OrdersApi),
    acts=st.lists(
        st.tuples(
            st.sampled_from((_place, _place, _pay, _cancel, _bend, _break, _sweep, _wait, _restart)),
            st.integers(0, 999),
        ),
        min_size=8,
        max_size=25,
    ),
)
def test_the_sweep_alone_loses_nothing_to_random_changes_cuts_and_lies(
    api: OrdersApi, acts: list[tuple[Act, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder), api=api, carry=SmallPages)
        try:
            day.amazon.drop_notifications(1000)
            for act, number in acts:
                act(day, number)
            day.amazon.faults.clear()
            catch_up(day)
            assert_all_here(day)
        finally:
            day.close()


def test_an_order_that_lists_hide_past_its_window_is_found_by_the_reconciliation(day: Day) -> None:
    day.amazon.drop_notifications(1)
    (order_id,) = placed(day)
    day.amazon.hide_from_lists(order_id, seconds=3 * 3600)
    catch_up(day)
    day.clock.advance(timedelta(hours=4))
    catch_up(day)
    assert not day.knows(order_id), "the sweep alone cannot find it"
    said = reconcile(day)
    assert said.startswith("Amazon 1 · us 0 · oldest unseen ")
    assert "1 now being fetched" in said
    assert day.knows(order_id)
    day.clock.advance(timedelta(hours=1))
    assert reconcile(day) == "Amazon 1 · us 1 · oldest unseen 0 s"


@pytest.mark.parametrize("api", OrdersApi)
def test_a_reconciliation_goes_on_where_it_stood_when_dockseal_ends_within_it(
    make_day: MakeDay, api: OrdersApi
) -> None:
    day = make_day(api=api, carry=SmallPages)
    orders = placed(day, 6)
    catch_up(day)
    day.amazon.drop_notifications(1)
    (hidden,) = placed(day)
    day.amazon.hide_from_lists(hidden, seconds=3600)
    for _ in range(2):
        catch_up(day)
    day.clock.advance(timedelta(hours=2))
    due = step(day, "reconcile").again_at
    assert due is not None
    day.clock.set(due)
    catch_up(day)
    asked = _counting_calls(day)
    for more in (True, True, True, False):
        assert step(day, "reconcile").more is more
        day.restart()
        day.clock.advance(timedelta(minutes=3))
    assert _counting_calls(day) - asked == 4, "seven orders are four pages of two"
    (row,) = day.app.storage.sync_runs.latest(SELLER, 100, SyncSource.RECONCILIATION)
    assert (row.outcome, row.pages, row.orders) == (SyncOutcome.COMPLETE, 4, 7)
    assert row.sentence.startswith("Amazon 7 · us 6 · ")
    assert day.app.storage.counts.get(SELLER) is None
    catch_up(day)
    assert all(day.knows(order_id) for order_id in [*orders, hidden])


def test_a_reconciliation_that_stood_still_for_a_day_is_counted_anew(make_day: MakeDay) -> None:
    day = make_day(carry=SmallPages)
    placed(day, 3)
    catch_up(day)
    day.clock.advance(timedelta(days=1))
    catch_up(day)
    assert step(day, "reconcile").more
    day.clock.advance(timedelta(days=2))
    day.restart()
    catch_up(day)
    step(day, "reconcile")
    finished, begun = day.app.storage.sync_runs.latest(SELLER, 2, SyncSource.RECONCILIATION)
    assert (finished.outcome, begun.outcome) == (SyncOutcome.COMPLETE, SyncOutcome.UNFINISHED)
    assert finished.window_until is not None
    assert finished.window_until > day.clock.now() - timedelta(hours=1), "it says how things stand now"


def _counting_calls(day: Day) -> int:
    return len([call for call in day.amazon.calls if call.operation == LISTS[day.api]])


def test_an_order_that_only_a_notification_told_of_is_read_by_its_id_when_lists_lack_it(day: Day) -> None:
    (order_id,) = placed(day)
    day.amazon.hide_from_lists(order_id)
    day.run(minutes=1)
    assert day.knows(order_id)
    calls = len([call for call in day.amazon.calls if call.operation.startswith("getOrder")])
    catch_up(day)
    said = reconcile(day)
    assert said.startswith("Amazon 0 · us 0 · oldest unseen 0 s · 1 open here and not in Amazon's list")
    assert len([call for call in day.amazon.calls if call.operation.startswith("getOrder")]) > calls
    assert day.app.storage.notices.open_count(SELLER) == 0


def test_orders_over_before_we_saw_them_and_orders_amazon_ships_leave_no_difference(day: Day) -> None:
    day.amazon.drop_notifications(1)
    gone, _kept = placed(day, 2)
    day.amazon.cancel(gone)
    placed(day, 1, fulfilled_by="AMAZON")
    catch_up(day)
    said = reconcile(day)
    assert said == "Amazon 2 · us 2 · oldest unseen 0 s · 1 over before we saw them, so not kept"


def test_a_cold_start_of_a_week_moves_on_in_parts_and_each_leaves_a_row(make_day: MakeDay) -> None:
    day = make_day(carry=SmallPages)
    for _ in range(7):
        placed(day, 2)
        day.clock.advance(timedelta(days=1))
    seen = []
    for _ in range(40):
        attempt(day, "sweep")
        mark = day.app.storage.watermarks.get(SELLER)
        assert mark is not None
        if not seen or seen[-1] != mark.complete_to:
            seen.append(mark.complete_to)
        day.clock.advance(timedelta(minutes=3))
    assert len([at for at in seen if at < day.clock.now() - timedelta(hours=3)]) >= 3
    rows = day.app.storage.sync_runs.latest(SELLER, 100, SyncSource.SWEEP, SyncOutcome.COMPLETE)
    long = [
        row for row in rows if row.window_until and row.window_until < day.clock.now() - timedelta(hours=3)
    ]
    assert len(long) == 2
    assert all(row.pages > 1 for row in long), "a window of many pages is one row"
    assert_all_here(day)


def test_a_page_token_that_dies_while_amazon_is_away_starts_its_window_over(make_day: MakeDay) -> None:
    day = make_day(carry=SmallPages)
    day.amazon.drop_notifications(1)
    orders = placed(day, 7)
    day.clock.advance(timedelta(minutes=3))
    step(day, "sweep")
    day.clock.advance(timedelta(hours=25))
    more = placed(day, 3)
    catch_up(day)
    assert all(day.knows(order_id) for order_id in orders + more)


@pytest.mark.parametrize("status", [503, 429])
def test_a_run_that_amazon_fails_leaves_its_row(make_day: MakeDay, status: int) -> None:
    day = make_day()
    day.amazon.faults.add(Fault(operation="searchOrders", status=status, times=1))
    attempt(day, "sweep")
    (row,) = day.app.storage.sync_runs.latest(SELLER)
    assert row.outcome is (SyncOutcome.THROTTLED if status == 429 else SyncOutcome.FAILED)
    assert row.sentence
    assert row.pages == 0


def test_a_hundred_failures_in_a_row_switch_nothing_off(make_day: MakeDay) -> None:
    day = make_day()
    (order_id,) = placed(day)
    day.amazon.drop_notifications(1)
    day.amazon.faults.add(Fault(operation="searchOrders", status=503, body="html", times=100))
    for _ in range(100):
        day.clock.advance(timedelta(minutes=5))
        attempt(day, "sweep")
    day.amazon.faults.clear()
    catch_up(day)
    assert day.knows(order_id)
