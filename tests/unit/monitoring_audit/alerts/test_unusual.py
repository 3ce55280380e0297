"""When an hour of opens is unusual for an actor: properties that hold for every past."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dockseal.monitoring_audit.alerts.unusual import KNOWN_HOURS, TERMS, usual

ACTORS = ("person:console", "warehouse:reno", "service:release", "somebody")
hours = st.lists(st.integers(1, 3000), min_size=KNOWN_HOURS, max_size=300)
actors = st.sampled_from(ACTORS)


@settings(deadline=None)
@given(actors, st.lists(st.integers(1, 3000), max_size=KNOWN_HOURS - 1), hours)
def test_who_has_no_past_is_held_to_less_than_anybody_who_has(
    actor: str, short: list[int], long: list[int]
) -> None:
    assert usual(actor, short) < usual(actor, long)


@settings(deadline=None)
@given(actors, hours)
def test_what_an_actor_opens_every_day_is_usual(actor: str, past: list[int]) -> None:
    ordinary = sorted(past)[: len(past) - max(1, len(past) // 20)]
    assert all(opens <= usual(actor, past) for opens in ordinary)


@settings(deadline=None)
@given(actors, hours, st.integers(10, 10**6))
def test_some_hours_of_theft_do_not_hide_the_next_one(actor: str, past: list[int], stolen: int) -> None:
    """However much was stolen in them: what is usual then depends on the honest hours alone."""
    thefts = max(1, len(past) // 20)
    assume(thefts < len(past) // 2)
    honest = past[thefts:]
    after = usual(actor, [*honest, *([stolen * 1000] * thefts)])
    terms = TERMS.get(actor.partition(":")[0], TERMS["person"])
    assert after <= max(terms.floor, 10 * max(honest))


@settings(deadline=None)
@given(actors, hours)
def test_the_order_of_the_hours_does_not_matter(actor: str, past: list[int]) -> None:
    assert usual(actor, past) == usual(actor, sorted(past))


@settings(deadline=None)
@given(hours, st.integers(1, 50))
def test_who_opens_more_may_open_more(past: list[int], more: int) -> None:
    assert usual("person:console", [each + more for each in past]) >= usual("person:console", past)


@pytest.mark.parametrize(
    ("past", "allowed"),
    [([], 5), ([1] * 9, 5), ([1] * 10, 10), ([3] * 200, 10), ([20] * 200, 30), ([20] * 199 + [900], 30)],
)
def test_a_person(past: list[int], allowed: int) -> None:
    assert usual("person:console", past) == allowed


def test_a_service_that_hands_over_a_peak_each_week_is_not_told_of() -> None:
    quiet, peaks = [300] * 600, [9000] * 40
    assert usual("service:release", quiet + peaks) >= 9000


def test_an_actor_of_an_unknown_kind_is_held_to_the_strictest() -> None:
    assert usual("robot:x", []) == TERMS["person"].new
