"""What people do about alerts: see to one, keep a rule quiet for a while, look at the board."""

from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.access import Actor
from dockseal.domain.alert import Alert, AlertState, Mute, Severity
from dockseal.domain.clock import Clock
from dockseal.errors import BadInput
from dockseal.monitoring_audit.alerts.alerting import new_ref
from dockseal.monitoring_audit.alerts.rules import BY_ID, OTHER, RULES, Rule, rule_named
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

LONGEST_ACKNOWLEDGED = timedelta(days=7)
LONGEST_MUTE = timedelta(days=30)
"""Of a rule that warns. No mute is endless."""
LONGEST_MUTE_OF_MORE = timedelta(hours=24)
"""Of a rule that is more than a warning."""
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How the alerts stand, each in one place."""

    firing: tuple[Alert, ...]
    acknowledged: tuple[Alert, ...]
    muted: tuple[Alert, ...]
    resolved: tuple[Alert, ...]
    """In the last seven days."""
    mutes: tuple[Mute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """Takes in what people say of alerts."""

    storage: Storage
    trail: Trail
    clock: Clock

    def board(self) -> Board:
        """Returns how the alerts stand, the most pressing first."""
        now = self.clock.now()
        mutes = self.storage.alert_mutes.all(now)
        live = [alert for alert in self.storage.alerts.live() if alert.state is AlertState.FIRING]
        live.sort(key=lambda alert: (-rule_named(alert.rule).severity.rank, alert.since))
        muted = [alert for alert in live if any(mute.covers(alert, now) for mute in mutes)]
        rest = [alert for alert in live if alert not in muted]
        return Board(
            firing=tuple(alert for alert in rest if not alert.acknowledged(now)),
            acknowledged=tuple(alert for alert in rest if alert.acknowledged(now)),
            muted=tuple(muted),
            resolved=tuple(self.storage.alerts.resolved(now - _LATELY)),
            mutes=tuple(mutes),
        )

    def acknowledge(self, ref: str, actor: Actor, time: timedelta) -> None:
        """Takes note that somebody sees to an alert: nobody is reminded of it for a while.

        Raises:
            BadInput: there is no such alert, it does not fire, or the time is not one.
        """
        _check_time(time, LONGEST_ACKNOWLEDGED)
        until = self.clock.now() + time
        with self.storage.transaction():
            alert = self.storage.alerts.find(ref)
            if alert is None or alert.state is not AlertState.FIRING:
                raise BadInput(f"no alert {ref[:40]} fires: `dockseal alerts list` shows those that do")
            self.storage.alerts.acknowledge(ref, str(actor), until)
            self.trail.record(
                Tag.ALERT_LIFE_ACKNOWLEDGED, actor=actor, alert=ref, rule=alert.rule, until=until
            )

    def mute(self, rule_id: str, about: str, actor: Actor, time: timedelta) -> Mute:
        """Keeps a rule quiet for a while, or only what it finds about one thing.

        Raises:
            BadInput: there is no such rule, or the time is none, or longer than the rule's severity allows.
        """
        rule = BY_ID.get(rule_id)
        if rule is None:
            raise BadInput(f"no rule is called {rule_id[:40]}: `dockseal alerts rules` lists them")
        _check_time(time, longest_mute(rule), f"a rule whose severity is {rule.severity}")
        now = self.clock.now()
        mute = Mute(
            ref=new_ref(),
            rule=rule.id,
            about=about.strip()[:200],
            until=now + time,
            by=str(actor),
            made_at=now,
        )
        with self.storage.transaction():
            self.storage.alert_mutes.put(mute)
            self.trail.record(
                Tag.ALERT_MUTE_BEGUN, actor=actor, mute=mute.ref, rule=rule.id, until=mute.until
            )
        return mute

    def unmute(self, ref: str, actor: Actor) -> None:
        """Ends a mute before its time.

        Raises:
            BadInput: there is none, or it is over.
        """
        with self.storage.transaction():
            if not self.storage.alert_mutes.end(ref, self.clock.now()):
                raise BadInput(f"no mute {ref[:40]} is in force: `dockseal alerts list` shows those that are")
            self.trail.record(Tag.ALERT_MUTE_ENDED, actor=actor, mute=ref)


def longest_mute(rule: Rule) -> timedelta:
    """Returns for how long a rule may be kept quiet."""
    return LONGEST_MUTE if rule.severity is Severity.WARNING else LONGEST_MUTE_OF_MORE


def every_rule() -> tuple[Rule, ...]:
    """Returns the rules in their order, the one for all else last."""
    return (*RULES, OTHER)


def _check_time(time: timedelta, longest: timedelta, of: str = "an acknowledgement") -> None:
    if not timedelta(0) < time <= longest:
        hours = int(longest.total_seconds() // 3600)
        raise BadInput(f"the time of {of} is more than none and at most {hours} hours; give it in hours")
