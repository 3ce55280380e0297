"""Alerts: what the running system found and a person should know, who is told of it, and who saw to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How pressing an alert is, the least first."""

    WARNING = "warning"
    """It can wait for working hours."""
    CRITICAL = "critical"
    """Somebody should look within the hour."""
    PAGE = "page"
    """It wakes somebody."""

    @property
    def rank(self) -> int:
        """Counts up from the least."""
        return list(Severity).index(self)


class AlertState(StrEnum):
    """Where an alert is in its life."""

    PENDING = "pending"
    """Found, but not for as long as its rule waits: nobody is told, and it may go away unheard."""
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that was found, from the first look that found it to its end."""

    ref: str
    what: str
    """The name of the check that found it; no two alerts that are not resolved share it."""
    rule: str
    about: str
    """Which seller, warehouse, actor or lane; empty for everything."""
    sentence: str
    """What is wrong and what to do; without personal data."""
    state: AlertState
    since: datetime
    """When it was found first."""
    fired_at: datetime | None = None
    well_since: datetime | None = None
    """Since when it is not found any more; None: it is."""
    resolved_at: datetime | None = None
    returns: int = 0
    """How often in a row it came back soon after it was resolved: it is then waited for longer."""
    acknowledged_by: str = ""
    acknowledged_until: datetime | None = None
    told: Mapping[str, datetime] = field(default_factory=dict)
    """The channels that know of it and not yet of its end, each with when it was last told."""

    def acknowledged(self, now: datetime) -> bool:
        """Tells whether somebody said that they see to it, and their time is not over."""
        return self.acknowledged_until is not None and now < self.acknowledged_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Nobody is told of a rule's alerts for a while, because a person said so."""

    ref: str
    rule: str
    about: str
    """Only those about this; empty: all of the rule."""
    until: datetime
    by: str
    made_at: datetime

    def covers(self, alert: Alert, now: datetime) -> bool:
        """Tells whether it keeps an alert quiet now."""
        return now < self.until and self.rule == alert.rule and self.about in {"", alert.about}


class ChannelKind(StrEnum):
    """How a channel is spoken to."""

    WEBHOOK = "webhook"
    """A POST of JSON, signed by the Standard Webhooks specification."""
    MAIL = "mail"
    SLACK = "slack"
    """Slack's incoming webhook, or what takes the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where alerts are sent to; what of it is secret lies in the credential vault."""

    id: str
    kind: ChannelKind
    least: Severity
    """It is told of alerts from this severity on."""
    options: Mapping[str, str]


class News(StrEnum):
    """What a message says of an alert."""

    NEW = "new"
    STILL = "still"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One alert as a message tells of it."""

    alert: str
    news: News
    rule: str
    what: str
    severity: Severity
    sentence: str
    since: datetime


class MessageState(StrEnum):
    """Whether a message has left."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one channel is told at once, of one group of rules.

    It is kept before it is sent: after a crash it is sent again, under the same `ref`.
    """

    ref: str
    channel: str
    group: str
    made_at: datetime
    lines: tuple[Line, ...]
    state: MessageState = MessageState.WAITING
    tries: int = 0
    next_try: datetime | None = None
    settled_at: datetime | None = None
    fault: str = ""
    """Why it has not left yet."""
