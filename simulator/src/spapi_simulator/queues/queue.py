"""Standard queues as SQS keeps them: at least once, in no promised order, with a visibility timeout."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from spapi_simulator.queues.attributes import DEFAULTS, amazon_can_use_key, redrive_of
from spapi_simulator.queues.message import Attributes, Message
from spapi_simulator.queues.policy import amazon_may_send, policy_for_amazon
from spapi_simulator.world.seeded import Seeded

ACCOUNT = "000000000000"
REGION = "us-east-1"
_NO_ATTRIBUTES: Attributes = {}


class Queue:
    """One queue.

    Attributes:
        attributes: What was set, as SQS writes it; what was not has the value in `DEFAULTS`.
        shuffled: Whether messages are handed out in a random, repeatable order.
        dead_letters: Where messages go that were received too often, and how often is too often.
    """

    def __init__(
        self, name: str, seeded: Seeded, *, region: str = REGION, attributes: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.region = region
        self.attributes = dict(attributes or {})
        self.shuffled = False
        self.created_at: datetime | None = None
        self.changed_at: datetime | None = None
        self.purged_at: datetime | None = None
        self.deleted = False
        self.dead_letters: tuple[Queue, int] | None = None
        self._seeded = seeded
        self._chooser = seeded.chooser(f"queue {name}")
        self._messages: dict[str, Message] = {}
        self._by_handle: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The queue URL; servers go by its path alone."""
        return f"https://sqs.{self.region}.amazonaws.com/{ACCOUNT}/{self.name}"

    @property
    def arn(self) -> str:
        """The name a destination knows it by."""
        return f"arn:aws:sqs:{self.region}:{ACCOUNT}:{self.name}"

    @property
    def admits_amazon(self) -> bool:
        """Whether its policy and its key let Amazon's account send."""
        policy = self.attributes.get("Policy", "")
        return amazon_may_send(policy, self.arn) and amazon_can_use_key(self.attributes)

    def number(self, attribute: str) -> int:
        """Return an attribute that is a number."""
        return int(self.attributes.get(attribute) or DEFAULTS[attribute])

    def send(
        self, body: str, *, now: datetime, delay: float = 0, attributes: Attributes = _NO_ATTRIBUTES
    ) -> Message:
        """Put a message in; it can be received after `delay` seconds."""
        message = Message(
            message_id=self._seeded.uuid("message"),
            body=body,
            attributes=attributes,
            sent_at=now,
            visible_at=now + timedelta(seconds=delay),
        )
        self._messages[message.message_id] = message
        return message

    def receive(self, most: int, *, visibility: int | None, now: datetime) -> list[Message]:
        """Take up to `most` visible messages; they come back unless deleted within `visibility` seconds."""
        self._expire(now)
        ready = self._not_worn_out([one for one in self._messages.values() if one.visible_at <= now], now)
        if self.shuffled:
            self._chooser.shuffle(ready)
        hidden = self.number("VisibilityTimeout") if visibility is None else visibility
        for message in ready[:most]:
            message.visible_at = now + timedelta(seconds=hidden)
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

    def knows(self, handle: str) -> bool:
        """Say whether a receipt handle was ever given out."""
        return handle in self._by_handle

    def message_of(self, handle: str) -> Message | None:
        """Return the message of a receipt handle; None when it is gone."""
        return self._messages.get(self._by_handle.get(handle, ""))

    def hide(self, message: Message, seconds: int, *, now: datetime) -> None:
        """Keep a message from being received for some seconds from now."""
        if message.message_id in self._messages:
            message.visible_at = now + timedelta(seconds=seconds)

    def purge(self) -> None:
        """Delete everything."""
        self._messages.clear()

    def bodies(self) -> list[str]:
        """Return every body in the queue, received or not, oldest first."""
        return [one.body for one in self._messages.values()]

    def counts(self, now: datetime) -> tuple[int, int]:
        """Return how many messages can be received, and how many are hidden: in flight or delayed."""
        self._expire(now)
        visible = sum(one.visible_at <= now for one in self._messages.values())
        return visible, len(self._messages) - visible

    def delayed(self, now: datetime) -> int:
        """Return how many messages were never visible yet."""
        return sum(not one.receive_count and one.visible_at > now for one in self._messages.values())

    def _not_worn_out(self, ready: list[Message], now: datetime) -> list[Message]:
        """Hand messages that were received too often to the dead-letter queue; return the others."""
        if self.dead_letters is None or self.dead_letters[0].deleted:
            return ready
        target, most = self.dead_letters
        worn = [one for one in ready if one.receive_count >= most]
        for message in worn:
            del self._messages[message.message_id]
        target.take_over(worn, self.arn, now=now)
        return [one for one in ready if one.receive_count < most]

    def take_over(self, messages: Iterable[Message], source: str, *, now: datetime) -> None:
        """Take messages that another queue gave up; their age goes on counting from when they were sent."""
        for message in messages:
            self._messages[message.message_id] = Message(
                message_id=message.message_id,
                body=message.body,
                attributes=message.attributes,
                sent_at=message.sent_at,
                visible_at=now,
                came_from=source,
            )
        self._messages = dict(sorted(self._messages.items(), key=lambda one: one[1].sent_at))

    def _expire(self, now: datetime) -> None:
        """Forget what is older than the retention period; the oldest stand first."""
        oldest = now - timedelta(seconds=self.number("MessageRetentionPeriod"))
        for message in list(takewhile(lambda one: one.sent_at < oldest, self._messages.values())):
            del self._messages[message.message_id]


class Queues:
    """All queues by name; a name is taken once, whatever the region."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._queues: dict[str, Queue] = {}
        self._deleted: dict[str, datetime] = {}

    def add(self, name: str, *, now: datetime | None = None) -> Queue:
        """Return the queue of that name, created with the policy that lets Amazon send if there is none."""
        if name not in self._queues:
            queue = Queue(name, self._seeded)
            queue.attributes["Policy"] = policy_for_amazon(queue.arn)
            queue.created_at = queue.changed_at = now
            self._queues[name] = queue
        return self._queues[name]

    def create(self, name: str, attributes: Mapping[str, str], *, region: str, now: datetime) -> Queue:
        """Create a queue with nothing but the attributes given."""
        queue = Queue(name, self._seeded, region=region, attributes=attributes)
        queue.created_at = queue.changed_at = now
        self._queues[name] = queue
        self.connect(queue)
        return queue

    def connect(self, queue: Queue) -> None:
        """Let a queue know its dead-letter queue; see `find_arn` for whether there is one."""
        redrive = redrive_of(queue.attributes)
        target = self.find_arn(redrive[0]) if redrive else None
        queue.dead_letters = (target, redrive[1]) if redrive and target else None

    def remove(self, queue: Queue, *, now: datetime) -> None:
        """Delete a queue and what is in it."""
        queue.purge()
        queue.deleted = True
        del self._queues[queue.name]
        self._deleted[queue.name] = now

    def deleted_at(self, name: str) -> datetime | None:
        """Return when a queue of that name was deleted last."""
        return self._deleted.get(name)

    def find(self, url_or_name: str) -> Queue | None:
        """Return a queue by its URL or its name; only the last part counts."""
        return self._queues.get(url_or_name.rstrip("/").rsplit("/", 1)[-1])

    def find_arn(self, arn: str) -> Queue | None:
        """Return a queue by its ARN."""
        queue = self._queues.get(arn.rsplit(":", 1)[-1])
        return queue if queue is not None and queue.arn == arn else None

    def all(self) -> list[Queue]:
        """Return every queue."""
        return list(self._queues.values())
