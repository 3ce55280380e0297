"""Decides which alerts a look raises, keeps and resolves. Pure; `alerting` writes it down.

    pending ──▶ firing ──▶ resolved
       └ gone unheard

What flips is damped: an alert is resolved once its check was well for a while, and that while doubles each
time it comes back soon, up to an hour. So a check that flips all day is told of a few times.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dockseal.domain.alert import Alert, AlertState
from dockseal.monitoring_audit.alerts.findings import Findings
from dockseal.monitoring_audit.alerts.rules import rule_for, rule_named

CALM = timedelta(minutes=2)
"""A check must be well for so long before its alert is resolved."""
LONGEST_CALM = timedelta(hours=1)
SOON = timedelta(hours=2)
"""An alert that is found again within so long after its end came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What a look makes of the alerts."""

    begun: tuple[Alert, ...]
    """Found for the first time; some fire at once."""
    kept: tuple[Alert, ...]
    """Known ones, as they are now."""
    gone: tuple[Alert, ...]
    """Pending ones that went away unheard."""

    def became(self, state: AlertState, at: datetime) -> list[Alert]:
        """Returns the alerts that came into a state in this very turn."""
        when = {AlertState.FIRING: "fired_at", AlertState.RESOLVED: "resolved_at"}[state]
        return [
            each for each in (*self.begun, *self.kept) if each.state is state and getattr(each, when) == at
        ]


def turned(
    known: Sequence[Alert],
    lately: Mapping[str, Alert],
    findings: Findings,
    now: datetime,
    *,
    new_ref: Callable[[], str],
) -> Turned:
    """Returns what a look makes of the alerts.

    Args:
        known: Those that are not resolved.
        lately: The last resolved one of each check, by the check's name.
        findings: What was found.
        now: When.
        new_ref: Draws the reference of a new alert.
    """
    after = [(alert, _after(alert, findings, now)) for alert in known]
    names = {alert.what for alert in known}
    return Turned(
        begun=tuple(
            _fired(_new(what, sentence, lately.get(what), now, ref=new_ref()), now)
            for what, sentence in findings.bad.items()
            if what not in names
        ),
        kept=tuple(then for _, then in after if then is not None),
        gone=tuple(alert for alert, then in after if then is None),
    )


def calm_of(alert: Alert) -> timedelta:
    """Returns how long the check of an alert must be well before it is resolved."""
    doublings: int = 2 ** min(alert.returns, 10)
    return min(CALM * doublings, LONGEST_CALM)


def _new(what: str, sentence: str, before: Alert | None, now: datetime, *, ref: str) -> Alert:
    rule, about = rule_for(what)
    back = before is not None and before.resolved_at is not None and now - before.resolved_at < SOON
    return Alert(
        ref=ref,
        what=what,
        rule=rule.id,
        about=about,
        sentence=sentence,
        state=AlertState.PENDING,
        since=now,
        returns=before.returns + 1 if before is not None and back else 0,
    )


def _after(alert: Alert, findings: Findings, now: datetime) -> Alert | None:
    sentence = findings.bad.get(alert.what)
    if sentence is not None:
        return _fired(replace(alert, sentence=sentence, well_since=None), now)
    if not findings.over(alert.what):
        return alert
    if alert.state is AlertState.PENDING:
        return None
    well_since = alert.well_since or now
    if now - well_since < calm_of(alert):
        return replace(alert, well_since=well_since)
    return replace(alert, well_since=well_since, state=AlertState.RESOLVED, resolved_at=now)


def _fired(alert: Alert, now: datetime) -> Alert:
    if alert.state is not AlertState.PENDING or now - alert.since < rule_named(alert.rule).lasts:
        return alert
    return replace(alert, state=AlertState.FIRING, fired_at=now)
