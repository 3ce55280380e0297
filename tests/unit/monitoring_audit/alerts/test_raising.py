"""Which alerts a look raises, keeps and resolves."""

import itertools
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.alert import Alert, AlertState
from dockseal.monitoring_audit.alerts.raising import CALM, LONGEST_CALM, SOON, Turned, turned
from unit.monitoring_audit.alerts.made import MINUTE, START, bad, findings, firing, resolved, well

LATE = "sweep acme-us"
CANARY = "canary 7f3k"


class Life:
    """The alerts over some time, look by look."""

    def __init__(self) -> None:
        self.now, self.live, self.over = START, dict[str, Alert](), dict[str, Alert]()
        self.raised = self.ended = 0
        self._refs = itertools.count()

    def look(self, *checks: object, after: timedelta = timedelta(seconds=15)) -> Turned:
        self.now += after
        seen = findings(*checks)  # type: ignore[arg-type]  # checks of `made`
        lately = {each.what: each for each in self.over.values()}
        turn = turned(
            list(self.live.values()), lately, seen, self.now, new_ref=lambda: f"r{next(self._refs)}"
        )
        self.raised += len(turn.became(AlertState.FIRING, self.now))
        self.ended += len(turn.became(AlertState.RESOLVED, self.now))
        kept = [*turn.begun, *turn.kept]
        self.live = {each.ref: each for each in kept if each.state is not AlertState.RESOLVED}
        self.over |= {each.what: each for each in kept if each.state is AlertState.RESOLVED}
        return turn

    def state(self, what: str) -> AlertState | None:
        return next((each.state for each in self.live.values() if each.what == what), None)


def test_an_alert_waits_for_as_long_as_its_rule_says() -> None:
    life = Life()
    life.look(bad(LATE))
    assert life.state(LATE) is AlertState.PENDING
    life.look(bad(LATE), after=4 * MINUTE)
    assert life.state(LATE) is AlertState.PENDING
    life.look(bad(LATE), after=MINUTE)
    assert life.state(LATE) is AlertState.FIRING
    assert life.raised == 1


def test_a_canary_does_not_wait() -> None:
    life = Life()
    life.look(bad(CANARY))
    assert life.state(CANARY) is AlertState.FIRING


def test_what_goes_away_while_it_waits_was_never_an_alert() -> None:
    life = Life()
    life.look(bad(LATE))
    turn = life.look(well(LATE))
    assert [alert.what for alert in turn.gone] == [LATE]
    assert (life.raised, life.ended) == (0, 0)


def test_an_alert_is_resolved_once_its_check_was_well_for_a_while() -> None:
    life = Life()
    life.look(bad(CANARY))
    life.look()
    assert life.state(CANARY) is AlertState.FIRING
    life.look(after=CALM)
    assert life.state(CANARY) is None
    assert life.over[CANARY].resolved_at == life.now


def test_what_is_bad_again_within_that_while_goes_on_as_one_alert() -> None:
    life = Life()
    life.look(bad(CANARY, "One."))
    life.look()
    life.look(bad(CANARY, "Two."), after=CALM / 2)
    (alert,) = life.live.values()
    assert (alert.sentence, alert.well_since) == ("Two.", None)
    life.look(after=CALM / 2)
    assert (life.raised, life.ended) == (1, 0)


def test_what_cannot_be_looked_at_stays_as_it_is() -> None:
    life = Life()
    life.look(bad(LATE))
    life.look(bad("blind sellers"), after=6 * MINUTE)
    life.look(bad("blind sellers"), after=60 * MINUTE)
    assert life.state(LATE) is AlertState.PENDING


def test_what_comes_back_soon_is_waited_for_longer() -> None:
    now = START + SOON
    once = resolved(CANARY, now - MINUTE, returns=2)
    (alert,) = turned([], {CANARY: once}, findings(bad(CANARY)), now, new_ref=lambda: "r").begun
    assert alert.returns == 3
    long_ago = replace(once, resolved_at=now - SOON)
    (alert,) = turned([], {CANARY: long_ago}, findings(bad(CANARY)), now, new_ref=lambda: "r").begun
    assert alert.returns == 0


def test_who_saw_to_an_alert_is_not_forgotten_by_a_look() -> None:
    seen_to = firing(LATE, acknowledged_by="person:console", acknowledged_until=START + SOON)
    (alert,) = turned([seen_to], {}, findings(bad(LATE)), START + MINUTE, new_ref=lambda: "r").kept
    assert alert == seen_to


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=400), st.integers(15, 600))
def test_whatever_a_check_does_all_day_it_is_told_of_a_few_times(flips: list[bool], seconds: int) -> None:
    life, step = Life(), timedelta(seconds=seconds)
    for is_bad in flips:
        life.look(*([bad(CANARY)] if is_bad else []), after=step)
    assert life.raised - life.ended in {0, 1}
    # Each return doubles the calm, up to an hour: then at most one in an hour.
    hours = len(flips) * step / LONGEST_CALM
    assert life.raised <= 6 + hours


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_no_two_live_alerts_share_a_check(looks: list[tuple[bool, bool]]) -> None:
    life = Life()
    for late, canary in looks:
        life.look(*([bad(LATE)] if late else []), *([bad(CANARY)] if canary else []), after=MINUTE)
        names = [alert.what for alert in life.live.values()]
        assert len(names) == len(set(names))
