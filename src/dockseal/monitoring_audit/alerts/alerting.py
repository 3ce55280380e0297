"""The lane that looks at everything, raises and resolves alerts, and writes down whom to tell."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.alert import Alert, AlertState, Channel, Message, News
from dockseal.domain.clock import Clock
from dockseal.domain.lane import Outcome
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.alerts.findings import Findings, found
from dockseal.monitoring_audit.alerts.habits import Habits
from dockseal.monitoring_audit.alerts.last_word import LastWord
from dockseal.monitoring_audit.alerts.planning import Draft, planned
from dockseal.monitoring_audit.alerts.raising import SOON, turned
from dockseal.monitoring_audit.alerts.rules import rule_named
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

ACTOR = Actor(kind=ActorKind.SERVICE, name="alert")
REMEMBERED = timedelta(days=30)
"""So long what is over is kept."""
_STILL_TOLD = timedelta(days=1)
"""An alert that was resolved longer ago is told of nowhere any more."""


def new_ref() -> str:
    """Draws the reference of an alert, a mute or a message: 80 random bits."""
    return secrets.token_hex(10)


@dataclass(slots=True, kw_only=True)
class Alerting:
    """Raises alerts. One run is one transaction: cut off anywhere, it is as if it never began."""

    storage: Storage
    trail: Trail
    clock: Clock
    clean: Callable[[str], str]
    """Takes out of a text what no log may show either."""
    last_word: LastWord
    """Tells of a database that nothing can be written to."""
    _look: Callable[[], Sequence[Check]] | None = field(default=None, init=False)

    def watch(self, look: Callable[[], Sequence[Check]]) -> None:
        """Takes over what looks at everything; until then nothing is known, and nothing is resolved."""
        self._look = look

    def run(self) -> Outcome:
        """Looks once. What it finds is told by the lanes `tell`, which it wakes.

        Raises:
            StorageError: the database cannot be used.
            TrailBroken: the audit trail takes no row.
        """
        if self._look is None:
            return Outcome()
        try:
            outcome = self._looked(self._look)
            self.last_word.well(self.storage.alert_channels.all())
        except DocksealError as fault:  # also a trail that takes no row: then nothing can be raised
            self.last_word.failed(self.clean(str(fault)))
            raise
        return outcome

    def _looked(self, look: Callable[[], Sequence[Check]]) -> Outcome:
        Habits(storage=self.storage, clock=self.clock).follow()
        findings, now = found(look(), self.clean), self.clock.now()
        with self.storage.transaction():
            self._turn(findings, now)
            told = self._draft(now)
            self._forget(now)
        return Outcome(done=len(told), keys=tuple(sorted({draft.channel for draft in told})))

    def _turn(self, findings: Findings, now: datetime) -> None:
        alerts = self.storage.alerts
        known = alerts.live()
        lately = {each.what: each for each in reversed(alerts.resolved(now - SOON))}
        after = turned(known, lately, findings, now, new_ref=new_ref)
        before = {alert.ref: alert for alert in known}
        for alert in after.begun:
            alerts.add(alert)
        for alert in after.kept:
            if alert != before[alert.ref]:
                alerts.change(alert)
        for alert in after.gone:
            alerts.drop(alert.ref)
        for alert in after.became(AlertState.FIRING, now):
            severity = rule_named(alert.rule).severity
            self.trail.record(
                Tag.ALERT_LIFE_RAISED, actor=ACTOR, alert=alert.ref, rule=alert.rule, severity=severity
            )
        for alert in after.became(AlertState.RESOLVED, now):
            self.trail.record(Tag.ALERT_LIFE_RESOLVED, actor=ACTOR, alert=alert.ref, rule=alert.rule)

    def _draft(self, now: datetime) -> list[Draft]:
        """Writes down every message before any is sent, and which alerts its channel knows of by it."""
        storage, channels = self.storage, self.storage.alert_channels.all()
        alerts = {each.ref: _known_by(each, channels) for each in self._to_tell(now)}
        mutes, newest = storage.alert_mutes.all(now), storage.alert_messages.newest()
        drafts = planned(tuple(alerts.values()), channels, mutes, newest, now)
        changed = set()
        for draft in drafts:
            message = Message(
                ref=new_ref(), channel=draft.channel, group=draft.group, made_at=now, lines=draft.lines()
            )
            storage.alert_messages.put(message)
            for alert, news in draft.news:
                alerts[alert.ref] = _told(alerts[alert.ref], draft.channel, news, now)
                changed.add(alert.ref)
        for ref in sorted(changed):
            storage.alerts.change(alerts[ref])
        return drafts

    def _to_tell(self, now: datetime) -> list[Alert]:
        ended = [each for each in self.storage.alerts.resolved(now - _STILL_TOLD) if each.told]
        return [*self.storage.alerts.live(), *ended]

    def _forget(self, now: datetime) -> None:
        for table in (self.storage.alerts, self.storage.alert_mutes, self.storage.alert_messages):
            table.purge(now - REMEMBERED)


def _known_by(alert: Alert, channels: Sequence[Channel]) -> Alert:
    """Returns an alert as the channels that there still are know of it."""
    ids = {channel.id for channel in channels}
    return replace(alert, told={name: at for name, at in alert.told.items() if name in ids})


def _told(alert: Alert, channel: str, news: News, now: datetime) -> Alert:
    others = {name: at for name, at in alert.told.items() if name != channel}
    return replace(alert, told=others if news is News.OVER else {**others, channel: now})
