"""The plan of an intake: against every plan there could be on small cases, and on large ones."""

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.quota import BucketState
from dockseal.order_synchronization.planning import LIST_LAG, Due, Supply, plan

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_PAGE = 3


def bucket(tokens: float, rate: float, burst: float = 30) -> BucketState:
    return BucketState(tokens=tokens, rate=rate, burst=burst, at=NOW)


def order(number: int, *, ago: float = 600, **facts: object) -> Due:
    return Due(
        order_id=AmazonOrderId(f"111-0000000-{number:07}"),
        changed_by=NOW - timedelta(seconds=ago),
        **facts,  # type: ignore[arg-type]  facts by name
    )


def v2026(order_tokens: float = 30, page_tokens: float = 20) -> Supply:
    return Supply(order=bucket(order_tokens, 0.5), pages=bucket(page_tokens, 0.0056, 20))


def v0(order_tokens: float = 30, page_tokens: float = 20) -> Supply:
    return Supply(
        order=bucket(order_tokens, 0.5), pages=bucket(page_tokens, 0.0167, 20), items=bucket(30, 0.5)
    )


class Tap:
    """A token bucket that is drawn from at instants, the plain way."""

    def __init__(self, state: BucketState) -> None:
        self.tokens, self.rate, self.at = state.tokens, state.rate, 0.0

    def draw(self, not_before: float = 0.0) -> float:
        at = max(self.at, not_before)
        self.tokens += (at - self.at) * self.rate
        if self.tokens < 1:
            at += (1 - self.tokens) / self.rate
            self.tokens = 1
        self.tokens -= 1
        self.at = at
        return at


def ways_of_paging(paged: Sequence[Due]) -> Iterator[list[Sequence[Due]]]:
    """Every way to cut the changes, oldest first, into pages of up to three."""
    if not paged:
        yield []
    for size in range(1, min(_PAGE, len(paged)) + 1):
        for rest in ways_of_paging(paged[size:]):
            yield [paged[:size], *rest]


def outcome(pages: list[Sequence[Due]], alone: int, supply: Supply) -> tuple[float, int]:
    """Carries a plan out: when the last call was made, and how many there were."""
    list_tap, order_tap = Tap(supply.pages), Tap(supply.order)
    ends = [0.0]
    for page in pages:
        shows = max(((each.changed_by + LIST_LAG) - NOW).total_seconds() for each in page)
        ends.append(list_tap.draw(max(0.0, shows)))
    ends += [order_tap.draw() for _ in range(alone)]
    if supply.items is not None:
        items_tap = Tap(supply.items)
        items = alone + sum(not each.page_is_enough for page in pages for each in page)
        ends += [items_tap.draw() for _ in range(items)]
    return max(ends), len(pages) + alone + (items if supply.items else 0)


def best_of_all(due: Sequence[Due], supply: Supply) -> tuple[float, int]:
    outcomes = []
    pageable = [each for each in due if each.listed]
    for size in range(len(pageable) + 1):
        for chosen in itertools.combinations(pageable, size):
            oldest_first = sorted(chosen, key=lambda each: each.changed_by)
            for pages in ways_of_paging(oldest_first):
                outcomes.append(outcome(pages, len(due) - size, supply))
    return min(outcomes, key=lambda each: (round(each[0], 3), each[1]))


buckets = st.builds(bucket, st.integers(-1, 4).map(float), st.sampled_from([0.01, 0.1, 0.5]), st.just(1000.0))
dues = st.lists(st.tuples(st.sampled_from([0, 30, 60, 119, 120, 600]), st.booleans()), max_size=6).map(
    lambda facts: [order(n, ago=ago, listed=listed) for n, (ago, listed) in enumerate(facts)]
)


@settings(max_examples=150, deadline=None)
@given(
    due=dues,
    single=buckets,
    pages=buckets,
    items=st.none() | buckets,
    report=st.none()
    | st.builds(
        lambda flood, takes: ReportTerms(flood=flood, takes=timedelta(seconds=takes)),
        st.integers(1, 6),
        st.sampled_from([0, 5, 60, 300]),
    ),
    shown=st.booleans(),
)
def test_no_other_plan_is_sooner_and_none_as_soon_takes_fewer_calls(
    *,
    due: list[Due],
    shown: bool,
    single: BucketState,
    pages: BucketState,
    items: BucketState | None,
    report: ReportTerms | None,
) -> None:
    supply = Supply(order=single, pages=pages, items=items, page_size=_PAGE, report=report)
    due = [replace(each, page_is_enough=shown) for each in due]
    chosen = plan(due, supply, NOW)
    seconds, calls = best_of_all(due, supply)
    by_report = report.takes.total_seconds() if report and len(due) >= report.flood else math.inf
    assert (chosen.all_in - NOW).total_seconds() == pytest.approx(min(seconds, by_report), abs=0.002)
    if abs(by_report - seconds) > 0.002:
        assert chosen.report_is_sooner == (by_report < seconds)
    assert chosen.calls == calls


def test_one_order_is_read_by_itself_at_once() -> None:
    chosen = plan([order(1, ago=1)], v2026(), NOW)
    assert chosen.one_by_one == (order(1).order_id,)
    assert (chosen.page_at, chosen.calls, chosen.all_in) == (None, 1, NOW)


@pytest.mark.parametrize("supply", [v2026(), v0()], ids=["v2026", "v0"])
def test_a_hundred_orders_of_ten_minutes_ago_are_one_page(supply: Supply) -> None:
    chosen = plan([order(n) for n in range(100)], supply, NOW)
    assert (chosen.pages, chosen.one_by_one, chosen.page_at) == (1, (), NOW)


def test_five_hundred_orders_of_just_now_wait_until_a_page_shows_them() -> None:
    chosen = plan([order(n, ago=30) for n in range(500)], v2026(), NOW)
    assert chosen.page_at == NOW + timedelta(seconds=90)
    assert chosen.pages == 5


def test_what_pages_have_passed_by_is_read_by_itself() -> None:
    chosen = plan([order(n, listed=False) for n in range(10)], v2026(), NOW)
    assert len(chosen.one_by_one) == 10
    assert chosen.page_at is None


def test_an_order_that_must_ship_within_the_hour_does_not_wait_for_a_page() -> None:
    late = order(7, ago=30, ship_by=NOW + timedelta(minutes=50))
    calm = [order(n, ago=30, ship_by=NOW + timedelta(days=1)) for n in range(100, 600)]
    chosen = plan([*calm, late], v2026(), NOW)
    assert chosen.one_by_one[0] == late.order_id
    assert chosen.pages >= 1


def test_the_echo_of_our_own_confirmation_costs_no_call_for_half_an_hour() -> None:
    fresh = plan([order(1, ago=60, pressing=False)], v2026(), NOW)
    assert (fresh.calls, fresh.one_by_one, fresh.page_at, fresh.left_to_sweep) == (0, (), None, 1)
    stale = plan([order(1, ago=1800, pressing=False)], v2026(), NOW)
    assert stale.calls == 1


def test_pages_and_single_reads_start_from_opposite_ends_of_a_backlog() -> None:
    due = [order(n, ago=4000 - n) for n in range(500)]
    chosen = plan(due, replace(v2026(), pages=bucket(0, 0.0056, 20)), NOW)
    newest_first = [each.order_id for each in reversed(due)]
    assert list(chosen.one_by_one) == newest_first[: len(chosen.one_by_one)]
    assert 0 < len(chosen.one_by_one) < 500


def test_orders_changed_at_the_same_instant_are_read_from_their_ids_other_end() -> None:
    due = [order(n) for n in range(500)]
    random.Random(7).shuffle(due)
    chosen = plan(due, replace(v2026(), pages=bucket(0, 0.0056, 20)), NOW)
    last_first = sorted((each.order_id for each in due), reverse=True)
    assert list(chosen.one_by_one) == last_first[: len(chosen.one_by_one)]
    assert 0 < len(chosen.one_by_one) < 500


def test_an_order_that_no_page_will_show_does_not_wait_behind_newer_ones() -> None:
    passed = order(7, ago=5000, listed=False)
    due = [*(order(n, ago=4000 - n) for n in range(100, 600)), passed]
    chosen = plan(due, replace(v2026(), pages=bucket(0, 0.0056, 20)), NOW)
    assert chosen.one_by_one[0] == passed.order_id


def test_orders_read_by_themselves_come_in_the_order_of_their_ship_by() -> None:
    due = [order(n, ago=1, ship_by=NOW + timedelta(days=3 - n)) for n in range(3)]
    assert plan(due, v2026(), NOW).one_by_one == tuple(each.order_id for each in reversed(due))


def test_ten_thousand_orders_are_read_from_both_buckets_side_by_side() -> None:
    chosen = plan([order(n) for n in range(10_000)], v2026(), NOW)
    seconds = (chosen.all_in - NOW).total_seconds()
    assert chosen.pages == 20 + math.ceil(seconds * 0.0056 - 1)
    assert len(chosen.one_by_one) == 10_000 - 100 * chosen.pages
    assert len(chosen.one_by_one) <= 30 + seconds * 0.5


def test_ten_thousand_orders_are_in_sooner_by_a_report_and_so_many_are_not_if_there_is_none() -> None:
    due = [order(n) for n in range(10_000)]
    reported = plan(due, replace(v2026(), report=ReportTerms()), NOW)
    assert reported.report_is_sooner
    assert reported.all_in == NOW + timedelta(minutes=45)
    assert not plan(due, v2026(), NOW).report_is_sooner


def test_the_pages_and_single_reads_of_a_flood_go_on_while_its_report_is_made() -> None:
    due = [order(n) for n in range(10_000)]
    alone, reported = plan(due, v2026(), NOW), plan(due, replace(v2026(), report=ReportTerms()), NOW)
    assert (reported.one_by_one, reported.page_at, reported.calls) == (
        alone.one_by_one,
        alone.page_at,
        alone.calls,
    )


def test_a_crowd_is_no_flood() -> None:
    assert not plan(
        [order(n) for n in range(4999)], replace(v2026(), report=ReportTerms()), NOW
    ).report_is_sooner


def test_ten_thousand_orders_of_v0_are_a_hundred_pages_and_their_items() -> None:
    chosen = plan([order(n) for n in range(10_000)], v0(), NOW)
    assert (chosen.pages, chosen.calls) == (100, 10_100)


def test_nothing_due_is_nothing_to_do() -> None:
    assert plan([], v2026(), NOW).calls == 0


def test_what_is_only_read_back_comes_after_all_news_whatever_the_ship_by() -> None:
    back = [order(n, listed=False, read_back=True, ship_by=NOW + timedelta(hours=2)) for n in range(50)]
    fresh = [order(100, listed=False), order(101, listed=False, ship_by=NOW + timedelta(days=3))]
    chosen = plan([*back, *fresh], v2026(page_tokens=0), NOW)
    assert chosen.one_by_one[:2] == (fresh[1].order_id, fresh[0].order_id)


def test_with_v0_shipped_orders_whose_items_are_known_cost_their_pages_alone() -> None:
    due = [order(n, read_back=True, page_is_enough=True) for n in range(10_000)]
    chosen = plan(due, v0(), NOW)
    assert chosen.calls < 0.6 * plan([order(n) for n in range(10_000)], v0(), NOW).calls
    minutes = (chosen.all_in - NOW).total_seconds() / 60
    assert minutes < 80, "a hundred a minute by pages, and half an order a second by itself"
