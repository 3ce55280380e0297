"""Tells channels that no alert can be written down: the one alert that is not written down first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from dockseal.domain.alert import Channel, Line, Message, News
from dockseal.domain.clock import Clock
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.alerts.rules import rule_for
from dockseal.monitoring_audit.alerts.telling import Sender

OPENED_ANEW = timedelta(minutes=10)
"""So long a channel that was made ready counts: its address may have been replaced since."""
_RULE, _ = rule_for("database")
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class LastWord:
    """Keeps every channel ready in memory, and tells it once in each hour of the clock at most.

    Attributes:
        open: Makes ready to send to a channel.
        clock: Tells the time.
    """

    open: Callable[[Channel], Sender]
    clock: Clock
    _ready: dict[str, tuple[datetime, Channel, Sender]] = field(default_factory=dict, init=False)
    _failing_since: datetime | None = field(default=None, init=False)
    _told: str = field(default="", init=False)

    def well(self, channels: Sequence[Channel]) -> None:
        """Takes note that the database can be used, and makes the channels ready."""
        self._failing_since, self._told = None, ""
        now, ready = self.clock.now(), self._ready
        for channel in channels:
            known = ready.get(channel.id)
            if known is None or known[1] != channel or now - known[0] >= OPENED_ANEW:
                self._drop(channel.id)
                try:
                    ready[channel.id] = (now, channel, self.open(channel))
                except DocksealError as fault:  # its own lane tells of it
                    log.warning("alerts.channel_not_ready", sentence=str(fault))
        for gone in ready.keys() - {channel.id for channel in channels}:
            self._drop(gone)

    def failed(self, why: str) -> None:
        """Tells every channel that is ready, once it failed for as long as the rule of databases waits."""
        now = self.clock.now()
        self._failing_since = self._failing_since or now
        hour = f"{now:%Y%m%d%H}"
        if now - self._failing_since < _RULE.lasts or self._told == hour:
            return
        self._told = hour
        for _, channel, sender in list(self._ready.values()):
            try:
                sender.send(self._message(channel, hour, why, now))
            except DocksealError as fault:
                log.warning("alerts.last_word_unheard", sentence=str(fault))

    def _message(self, channel: Channel, hour: str, why: str, now: datetime) -> Message:
        line = Line(
            alert=f"database-{hour}",
            news=News.NEW,
            rule=_RULE.id,
            what="database",
            severity=_RULE.severity,
            sentence=f"Alerts cannot be written down, and are not told: {why}.",
            since=self._failing_since or now,
        )
        ref = f"last-word-{channel.id}-{hour}"
        return Message(ref=ref, channel=channel.id, group=_RULE.group, made_at=now, lines=(line,))

    def _drop(self, channel: str) -> None:
        known = self._ready.pop(channel, None)
        if known is not None:
            known[2].close()
