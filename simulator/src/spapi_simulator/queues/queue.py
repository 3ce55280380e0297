"""Standard queues as SQS keeps them: at least once, in no promised order, with a visibility timeout."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spapi_simulator.world.seeded import Seeded

DEFAULT_VISIBILITY = 30
ACCOUNT = "000000000000"


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a queue. The body of a notification holds a postal code: repr leaves it out."""

    message_id: str
    body: str = field(repr=False)
    sent_at: datetime
    visible_at: datetime
    receive_count: int = 0
    first_received_at: datetime | None = None
    handles: list[str] = field(default_factory=list, repr=False)

    @property
    def md5(self) -> str:
        """The digest SQS returns with a message."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class Queue:
    """One queue."""

    def __init__(self, name: str, seeded: Seeded) -> None:
        self.name = name
        self.shuffled = False
        self.visibility = DEFAULT_VISIBILITY
        self._seeded = seeded
        self._chooser = seeded.chooser(f"queue {name}")
        self._messages: dict[str, Message] = {}
        self._by_handle: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The queue URL; servers go by its path alone."""
        return f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{self.name}"

    def send(self, body: str, *, now: datetime, delay: float = 0) -> Message:
        """Put a message in; it can be received after `delay` seconds."""
        message = Message(
            message_id=self._seeded.uuid("message"),
            body=body,
            sent_at=now,
            visible_at=now + timedelta(seconds=delay),
        )
        self._messages[message.message_id] = message
        return message

    def receive(self, most: int, *, visibility: int | None, now: datetime) -> list[Message]:
        """Take up to `most` visible messages; they come back unless deleted within `visibility` seconds."""
        ready = [one for one in self._messages.values() if one.visible_at <= now]
        if self.shuffled:
            self._chooser.shuffle(ready)
        hidden_until = now + timedelta(seconds=self.visibility if visibility is None else visibility)
        for message in ready[:most]:
            message.visible_at = hidden_until
            message.receive_count += 1
            message.first_received_at = message.first_received_at or now
            handle = self._seeded.secret("receipt")
            message.handles.append(handle)
            self._by_handle[handle] = message.message_id
        return ready[:most]

    def delete(self, handle: str) -> bool:
        """Delete by any receipt handle of a message; False when the handle was never given out."""
        if handle not in self._by_handle:
            return False
        self._messages.pop(self._by_handle[handle], None)
        return True

    def change_visibility(self, handle: str, seconds: int, *, now: datetime) -> bool:
        """Hide a message for `seconds` from now; False when it is not in flight."""
        message = self._messages.get(self._by_handle.get(handle, ""))
        if message is None:
            return False
        message.visible_at = now + timedelta(seconds=seconds)
        return True

    def purge(self) -> None:
        """Delete everything."""
        self._messages.clear()

    def bodies(self) -> list[str]:
        """Return every body in the queue, received or not, oldest first."""
        return [one.body for one in self._messages.values()]

    def counts(self, now: datetime) -> tuple[int, int]:
        """Return how many messages can be received, and how many are hidden."""
        visible = sum(one.visible_at <= now for one in self._messages.values())
        return visible, len(self._messages) - visible


class Queues:
    """All queues by name."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._queues: dict[str, Queue] = {}

    def add(self, name: str) -> Queue:
        """Create a queue, or return the one with that name."""
        return self._queues.setdefault(name, Queue(name, self._seeded))

    def find(self, url_or_name: str) -> Queue | None:
        """Return a queue by its URL or its name; only the last part counts."""
        return self._queues.get(url_or_name.rstrip("/").rsplit("/", 1)[-1])

    def all(self) -> list[Queue]:
        """Return every queue."""
        return list(self._queues.values())
