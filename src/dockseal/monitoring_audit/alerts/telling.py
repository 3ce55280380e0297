"""The lanes that send what channels are to be told, one lane for each channel.

At least once: a message is written down before it is sent, and sent again under the same reference until it
is known to have left, for a day at most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.alert import Channel, Message, MessageState
from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome, longer_wait
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

ACTOR = Actor(kind=ActorKind.SERVICE, name="tell")
GIVEN_UP = timedelta(days=1)
"""A message that is older is not sent any more: what it says is long out of date."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
_AT_ONCE = 20


class Sender(Protocol):
    """Brings messages to one channel."""

    def send(self, message: Message) -> None:
        """Sends one message; raises ChannelFailed when it is not known to have arrived."""

    def close(self) -> None:
        """Closes what it holds open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Sends messages that are due. Safe to run again after a crash at any point."""

    storage: Storage
    trail: Trail
    clock: Clock
    open: Callable[[Channel], Sender]
    """Makes ready to send to a channel; raises SettingsFault when it cannot work."""

    def channels(self) -> Sequence[str]:
        """Returns the names of all channels."""
        return [channel.id for channel in self.storage.alert_channels.all()]

    def run(self, name: str) -> Outcome:
        """Sends what one channel is to be told; the first message that does not leave ends the turn.

        Raises:
            StorageError: the database cannot be used; what was sent meanwhile is sent again.
        """
        channel = self.storage.alert_channels.find(name)
        due = self.storage.alert_messages.due(name, self.clock.now(), _AT_ONCE) if channel else []
        if channel is None or not due:
            return NOTHING
        try:
            sender = self.open(channel)
        except DocksealError as fault:
            return self._failed(due[0], str(fault))
        try:
            return self._all_sent(sender, due)
        finally:
            sender.close()

    def _all_sent(self, sender: Sender, due: Sequence[Message]) -> Outcome:
        done = 0
        for message in due:
            try:
                sender.send(message)
            except DocksealError as fault:
                return replace(self._failed(message, str(fault)), done=done)
            self._sent(message)
            done += 1
        return Outcome(done=done, more=len(due) == _AT_ONCE)

    def _sent(self, message: Message) -> None:
        with self.storage.transaction():
            self.storage.alert_messages.put(
                replace(message, state=MessageState.SENT, settled_at=self.clock.now(), fault="")
            )
            self.trail.record(
                Tag.ALERT_MESSAGE_SENT,
                actor=ACTOR,
                message=message.ref,
                channel=message.channel,
                alerts=len(message.lines),
            )

    def _failed(self, message: Message, why: str) -> Outcome:
        """Puts a message off. The first failure and the end of all tries are recorded, not each of them."""
        now = self.clock.now()
        over = now - message.made_at >= GIVEN_UP
        again = now + longer_wait(message.tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        later = replace(
            message,
            tries=message.tries + 1,
            next_try=None if over else again,
            fault=why,
            state=MessageState.GIVEN_UP if over else MessageState.WAITING,
            settled_at=now if over else None,
        )
        with self.storage.transaction():
            self.storage.alert_messages.put(later)
            if over or not message.tries:
                self.trail.record(
                    Tag.ALERT_MESSAGE_FAILED,
                    actor=ACTOR,
                    message=message.ref,
                    channel=message.channel,
                    given_up=over,
                )
        return Outcome(again_at=later.next_try)
