"""Alerts, checks and channels as the tests of this folder make them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dockseal.domain.alert import Alert, AlertState, Channel, ChannelKind, Severity
from dockseal.monitoring_audit.alerts.findings import Findings, found
from dockseal.monitoring_audit.alerts.rules import rule_for
from dockseal.monitoring_audit.checks import Check

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PHONE = Channel(id="phone", kind=ChannelKind.WEBHOOK, least=Severity.CRITICAL, options={"host": "x.example"})
DESK = Channel(id="desk", kind=ChannelKind.MAIL, least=Severity.WARNING, options={})


def bad(name: str, sentence: str = "It is not well: look.") -> Check:
    return Check(name=name, ok=False, sentence=sentence)


def well(name: str) -> Check:
    return Check(name=name, ok=True, sentence="It is well.")


def findings(*checks: Check) -> Findings:
    return found(checks, clean=lambda text: text)


def firing(what: str, at: datetime = START, **changes: Any) -> Alert:
    rule, about = rule_for(what)
    alert = Alert(
        ref=f"ref-{what.replace(' ', '-')}",
        what=what,
        rule=rule.id,
        about=about,
        sentence="It is not well: look.",
        state=AlertState.FIRING,
        since=at,
        fired_at=at,
    )
    return replace(alert, **changes)


def resolved(what: str, at: datetime, **changes: Any) -> Alert:
    return firing(what, state=AlertState.RESOLVED, resolved_at=at, **changes)


def names(alerts: Sequence[Alert]) -> list[str]:
    return sorted(alert.what for alert in alerts)
