"""Decides who is told of what now. Pure: alerts, mutes and channels in, one draft per channel and group out.

What fires at about the same time goes out together: a group waits half a minute for the others, and then
rests some minutes. An alert that waits for nobody (`Rule.at_once`) does neither. Who knows of an alert is
reminded as long as it fires, and told of its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from dockseal.domain.alert import Alert, AlertState, Channel, Line, Mute, News, Severity
from dockseal.monitoring_audit.alerts.rules import rule_named

GROUP_WAITS = timedelta(seconds=30)
"""So long a group waits for others of it."""
GROUP_RESTS = timedelta(minutes=5)
"""So long after a message its group waits with the next one."""
REMINDED: Mapping[Severity, timedelta] = MappingProxyType(
    {
        Severity.WARNING: timedelta(hours=24),
        Severity.CRITICAL: timedelta(hours=4),
        Severity.PAGE: timedelta(hours=1),
    }
)
"""After so long whoever knows of an alert that still fires is told again."""
CHANNEL_RULE = "alert-channel"
"""A channel is not told of its own failing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one channel is to be told of one group."""

    channel: str
    group: str
    news: tuple[tuple[Alert, News], ...]

    def lines(self) -> tuple[Line, ...]:
        """Returns what the message says, the most pressing first."""
        lines = [
            Line(
                alert=alert.ref,
                news=news,
                rule=alert.rule,
                what=alert.what,
                severity=rule_named(alert.rule).severity,
                sentence=alert.sentence,
                since=alert.since,
            )
            for alert, news in self.news
        ]
        return tuple(sorted(lines, key=lambda line: (-line.severity.rank, line.news, line.what)))


def planned(
    alerts: Sequence[Alert],
    channels: Sequence[Channel],
    mutes: Sequence[Mute],
    newest: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> list[Draft]:
    """Returns what is to be told now.

    Args:
        alerts: Those that fire, and resolved ones that somebody still believes to fire.
        channels: Whom there is to tell.
        mutes: What is to be kept quiet.
        newest: When the newest message for each channel and group was made.
        now: When.
    """
    drafts = []
    for channel in channels:
        groups: dict[str, list[tuple[Alert, News]]] = {}
        for alert in alerts:
            news = _news(alert, channel, mutes, now)
            if news is not None:
                groups.setdefault(rule_named(alert.rule).group, []).append((alert, news))
        for group, found in groups.items():
            if any(_ripe(*each, newest.get((channel.id, group)), now) for each in found):
                drafts.append(Draft(channel=channel.id, group=group, news=tuple(found)))
    return drafts


def _news(alert: Alert, channel: Channel, mutes: Sequence[Mute], now: datetime) -> News | None:
    """Returns what a channel does not know yet of an alert; None: nothing that it should."""
    told = alert.told.get(channel.id)
    if alert.state is AlertState.RESOLVED:
        return None if told is None else News.OVER
    severity = rule_named(alert.rule).severity
    of_itself = alert.rule == CHANNEL_RULE and alert.about == channel.id
    quiet = alert.acknowledged(now) or any(mute.covers(alert, now) for mute in mutes)
    if alert.state is not AlertState.FIRING or severity.rank < channel.least.rank or of_itself or quiet:
        return None
    if told is None:
        return News.NEW
    return News.STILL if now - told >= REMINDED[severity] else None


def _ripe(alert: Alert, news: News, newest: datetime | None, now: datetime) -> bool:
    if news is News.NEW and rule_named(alert.rule).at_once:
        return True
    turned_at = {News.NEW: alert.fired_at, News.OVER: alert.resolved_at, News.STILL: None}[news]
    waited = turned_at is None or now - turned_at >= GROUP_WAITS
    return waited and (newest is None or now - newest >= GROUP_RESTS)
