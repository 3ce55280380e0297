"""Who is told of what, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.alert import Alert, Channel, Mute, News, Severity
from dockseal.monitoring_audit.alerts.planning import GROUP_RESTS, GROUP_WAITS, REMINDED, planned
from unit.monitoring_audit.alerts.made import DESK, MINUTE, PHONE, START, firing, resolved

LATE, OTHER_LATE, CANARY, WARNED = "sweep acme-us", "sweep acme-eu", "canary 7f3k", "unmatched reno"
Told = list[tuple[str, str, list[tuple[str, News]]]]


def plan(
    alerts: Sequence[Alert],
    *,
    after: timedelta,
    channels: Sequence[Channel] = (DESK,),
    mutes: Sequence[Mute] = (),
    newest: Mapping[tuple[str, str], datetime] | None = None,
) -> Told:
    drafts = planned(alerts, channels, mutes, newest or {}, START + after)
    return [(each.channel, each.group, [(alert.what, news) for alert, news in each.news]) for each in drafts]


def mute(rule: str, about: str = "") -> Mute:
    until = START + timedelta(hours=5)
    return Mute(ref="m", rule=rule, about=about, until=until, by="person:console", made_at=START)


def test_a_group_waits_half_a_minute_and_goes_out_as_one_message() -> None:
    first, second = firing(LATE), firing(OTHER_LATE, START + timedelta(seconds=20))
    assert plan([first, second], after=timedelta(seconds=29)) == []
    told = plan([first, second], after=GROUP_WAITS)
    assert told == [("desk", "synchronization", [(LATE, News.NEW), (OTHER_LATE, News.NEW)])]


def test_groups_go_out_apart() -> None:
    told = plan([firing(LATE), firing(WARNED)], after=MINUTE)
    assert [group for _, group, _ in told] == ["synchronization", "warehouses"]


def test_a_canary_waits_for_nobody_even_while_its_group_rests() -> None:
    newest = {("desk", "access"): START}
    assert plan([firing(CANARY)], after=timedelta(0), newest=newest) == [
        ("desk", "access", [(CANARY, News.NEW)])
    ]


def test_a_group_rests_after_a_message() -> None:
    newest = {("desk", "synchronization"): START}
    assert plan([firing(LATE)], after=GROUP_RESTS - MINUTE, newest=newest) == []
    assert plan([firing(LATE)], after=GROUP_RESTS, newest=newest) != []


def test_a_channel_is_told_from_its_severity_on() -> None:
    told = plan([firing(LATE), firing(WARNED)], after=MINUTE, channels=(PHONE,))
    assert told == [("phone", "synchronization", [(LATE, News.NEW)])]


@pytest.mark.parametrize("what", [LATE, CANARY, WARNED])
def test_who_knows_is_reminded_as_long_as_it_fires(what: str) -> None:
    known = firing(what, told={"desk": START})
    severity = {LATE: Severity.CRITICAL, CANARY: Severity.PAGE, WARNED: Severity.WARNING}[what]
    assert plan([known], after=REMINDED[severity] - MINUTE) == []
    ((_, _, news),) = plan([known], after=REMINDED[severity])
    assert news == [(what, News.STILL)]


def test_who_knows_is_told_of_the_end_and_nobody_else() -> None:
    over = resolved(LATE, START, told={"desk": START})
    told = plan([over], after=MINUTE, channels=(DESK, PHONE))
    assert told == [("desk", "synchronization", [(LATE, News.OVER)])]


def test_what_somebody_sees_to_is_not_told_again_until_their_time_is_over() -> None:
    seen_to = firing(
        LATE,
        acknowledged_by="person:console",
        acknowledged_until=START + timedelta(hours=6),
        told={"desk": START},
    )
    assert plan([seen_to], after=timedelta(hours=5)) == []
    assert plan([seen_to], after=timedelta(hours=6)) != []


def test_a_mute_keeps_a_rule_quiet_or_only_what_it_is_about() -> None:
    alerts = [firing(LATE), firing(OTHER_LATE)]
    assert plan(alerts, after=MINUTE, mutes=[mute("sweep")]) == []
    ((_, _, news),) = plan(alerts, after=MINUTE, mutes=[mute("sweep", "acme-us")])
    assert news == [(OTHER_LATE, News.NEW)]
    assert plan(alerts, after=timedelta(hours=5), mutes=[mute("sweep")]) != []


def test_the_end_of_an_alert_is_told_though_its_rule_is_muted() -> None:
    over = resolved(LATE, START, told={"desk": START})
    assert plan([over], after=MINUTE, mutes=[mute("sweep")]) != []


def test_a_channel_that_fails_is_told_of_by_the_others_alone() -> None:
    failing = firing("alert channel desk")
    assert [channel for channel, _, _ in plan([failing], after=MINUTE, channels=(DESK, PHONE))] == ["phone"]


def test_the_most_pressing_stands_first() -> None:
    alerts = [firing("seller acme-us"), firing("orders API acme-us")]
    (draft,) = planned(alerts[::-1], [DESK], [], {}, START + MINUTE)
    assert [line.severity for line in draft.lines()] == [Severity.CRITICAL, Severity.WARNING]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([LATE, OTHER_LATE, WARNED, "lockout a", "lane x"]), unique=True),
    st.integers(1, 60),
)
def test_messages_of_a_day_are_few_however_many_alerts_fire(whats: list[str], every: int) -> None:
    alerts, newest, sent = {what: firing(what) for what in whats}, dict[tuple[str, str], datetime](), 0
    for minute in range(0, 24 * 60, every):
        now = START + timedelta(minutes=minute)
        for draft in planned(list(alerts.values()), [DESK], [], newest, now):
            sent += 1
            newest[draft.channel, draft.group] = now
            for alert, _ in draft.news:
                alerts[alert.what] = replace(alert, told={"desk": now})
    groups = 4
    assert sent <= groups * (1 + 24 / (REMINDED[Severity.CRITICAL] / timedelta(hours=1)))
