"""Adds, tries and removes the channels that alerts are sent over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dockseal.domain.access import Actor
from dockseal.domain.alert import Channel, Line, Message, MessageState, News, Severity
from dockseal.domain.clock import Clock
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.monitoring_audit.alerts.alerting import new_ref
from dockseal.monitoring_audit.alerts.rules import OTHER
from dockseal.monitoring_audit.alerts.telling import Sender
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBook:
    """Keeps the channels.

    Attributes:
        seal: Keeps what is secret of a channel in the credential vault.
        forget: Deletes it there.
        open: Makes ready to send to a channel.
    """

    storage: Storage
    trail: Trail
    clock: Clock
    seal: Callable[[str, Mapping[str, Secret], Actor], None]
    forget: Callable[[str], None]
    open: Callable[[Channel], Sender]

    def add(
        self, channel: Channel, secret: Mapping[str, Secret], actor: Actor, *, again: bool = False
    ) -> None:
        """Keeps a channel, and seals what is secret of it.

        Args:
            channel: The channel.
            secret: What is secret of it, by name; empty for mail without a password.
            actor: Who adds it.
            again: It takes the place of the one of this name.

        Raises:
            BadInput: there is one of this name already, or there is none to be replaced.
            MoveRefused: somebody else did the same at the same moment; do it again.
        """
        known = self.storage.alert_channels.find(channel.id)
        if known is not None and not again:
            raise BadInput(f"there is a channel {channel.id} already: give --again to replace it")
        if known is None and again:
            raise BadInput(f"there is no channel {channel.id} to be replaced: leave out --again")
        if secret:
            self.seal(channel.id, secret, actor)  # first: a channel without its address could not be told
        with self.storage.transaction():
            if not secret:
                self.forget(channel.id)
            self.storage.alert_channels.put(channel)
            self.trail.record(
                Tag.ALERT_CHANNEL_ADDED,
                actor=actor,
                channel=channel.id,
                kind=channel.kind,
                least=channel.least,
            )

    def remove(self, name: str, actor: Actor) -> None:
        """Tells a channel nothing any more; what waits for it is not sent.

        Raises:
            BadInput: there is none of this name.
        """
        with self.storage.transaction():
            self._known(name)
            self.storage.alert_channels.remove(name)
            self.storage.alert_messages.drop(name)
            self.forget(name)
            self.trail.record(Tag.ALERT_CHANNEL_REMOVED, actor=actor, channel=name)

    def try_out(self, name: str, actor: Actor) -> None:
        """Sends one test message over a channel, now.

        Raises:
            BadInput: there is none of this name.
            ChannelFailed: it did not take the message.
            SettingsFault: what is secret of it is missing.
        """
        channel = self._known(name)
        with self.storage.transaction():
            self.trail.record(Tag.ALERT_CHANNEL_TRIED, actor=actor, channel=name)
        sender = self.open(channel)
        try:
            message = self._test_message(name)
            sender.send(message)
        finally:
            sender.close()
        # Kept, since the newest message of a channel says whether it works.
        self.storage.alert_messages.put(
            replace(message, state=MessageState.SENT, settled_at=self.clock.now())
        )

    def _known(self, name: str) -> Channel:
        channel = self.storage.alert_channels.find(name)
        if channel is None:
            raise BadInput(f"there is no channel {name[:40]}: `dockseal alerts channels list` shows them")
        return channel

    def _test_message(self, name: str) -> Message:
        now, ref = self.clock.now(), new_ref()
        line = Line(
            alert=ref,
            news=News.NEW,
            rule=OTHER.id,
            what=f"test of channel {name}",
            severity=Severity.WARNING,
            sentence="This is a test, and nothing is to be done: alerts arrive here.",
            since=now,
        )
        return Message(ref=ref, channel=name, group=OTHER.group, made_at=now, lines=(line,))
