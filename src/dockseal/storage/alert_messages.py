"""Whom alerts are told to, and the messages to them."""

from datetime import datetime

from django.db.models import Max

from dockseal.domain.alert import (
    Channel,
    ChannelKind,
    Line,
    Message,
    MessageState,
    News,
    Severity,
)
from dockseal.domain.clock import parse_instant
from dockseal.storage.edge import edge
from dockseal.storage.operations.alerting import AlertChannelRow, AlertMessageRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import due_by, upserted


@edge
class AlertChannels:
    """The table of channels."""

    def all(self) -> list[Channel]:
        """Returns every channel by name."""
        return [_channel(row) for row in AlertChannelRow.objects.order_by("id")]

    def find(self, channel: str) -> Channel | None:
        """Returns one channel."""
        row = AlertChannelRow.objects.filter(pk=channel).first()
        return None if row is None else _channel(row)

    def put(self, channel: Channel) -> None:
        """Keeps a channel, in place of the one of this name."""
        row = AlertChannelRow(
            id=channel.id,
            kind=channel.kind.value,
            least=channel.least.value,
            options=dict(channel.options),
        )
        upserted(row, OPERATIONS, by=("id",))

    def remove(self, channel: str) -> bool:
        """Deletes a channel; tells whether there was one."""
        return bool(AlertChannelRow.objects.filter(pk=channel).delete()[0])


@edge
class AlertMessages:
    """The table of messages."""

    def put(self, message: Message) -> None:
        """Keeps a message as it stands."""
        row = AlertMessageRow(
            ref=message.ref,
            channel=message.channel,
            group=message.group,
            made_at=message.made_at,
            lines=[_written(line) for line in message.lines],
            state=message.state.value,
            tries=message.tries,
            next_try=message.next_try,
            settled_at=message.settled_at,
            fault=message.fault[:1000],
        )
        upserted(row, OPERATIONS, by=("ref",))

    def due(self, channel: str, now: datetime, limit: int) -> list[Message]:
        """Returns the messages to a channel whose try has come, the oldest first."""
        rows = AlertMessageRow.objects.filter(due_by(now), channel=channel, settled_at=None)
        return [_message(row) for row in rows.order_by("made_at", "ref")[:limit]]

    def waiting(self) -> list[Message]:
        """Returns every message that was tried and has not left, the oldest first."""
        rows = AlertMessageRow.objects.filter(settled_at=None, tries__gt=0)
        return [_message(row) for row in rows.order_by("made_at", "ref")]

    def newest(self) -> dict[tuple[str, str], datetime]:
        """Returns when the newest message for each channel and group was made."""
        rows = AlertMessageRow.objects.values_list("channel", "group").annotate(last=Max("made_at"))
        return {(channel, group): last for channel, group, last in rows}

    def last(self, channel: str) -> Message | None:
        """Returns the newest message to a channel."""
        row = AlertMessageRow.objects.filter(channel=channel).order_by("-made_at", "ref").first()
        return None if row is None else _message(row)

    def drop(self, channel: str) -> int:
        """Deletes the messages to a channel that have not left; returns how many."""
        return AlertMessageRow.objects.filter(channel=channel, settled_at=None).delete()[0]

    def purge(self, before: datetime) -> int:
        """Deletes the messages that were made before then; returns how many."""
        return AlertMessageRow.objects.filter(made_at__lt=before).delete()[0]


def _channel(row: AlertChannelRow) -> Channel:
    return Channel(
        id=row.id, kind=ChannelKind(row.kind), least=Severity(row.least), options=dict(row.options)
    )


def _written(line: Line) -> dict[str, str]:
    return {
        "alert": line.alert,
        "news": line.news.value,
        "rule": line.rule,
        "what": line.what,
        "severity": line.severity.value,
        "sentence": line.sentence,
        "since": line.since.isoformat(),
    }


def _message(row: AlertMessageRow) -> Message:
    return Message(
        ref=row.ref,
        channel=row.channel,
        group=row.group,
        made_at=row.made_at,
        lines=tuple(_line(each) for each in row.lines),
        state=MessageState(row.state),
        tries=row.tries,
        next_try=row.next_try,
        settled_at=row.settled_at,
        fault=row.fault,
    )


def _line(kept: dict[str, str]) -> Line:
    return Line(
        alert=kept["alert"],
        news=News(kept["news"]),
        rule=kept["rule"],
        what=kept["what"],
        severity=Severity(kept["severity"]),
        sentence=kept["sentence"],
        since=parse_instant(kept["since"]),
    )
