"""Queues and what arrives in them, past every API: subscribe, lose, double, delay."""

from spapi_simulator.controls.base import Controls
from spapi_simulator.front.answers import JSON
from spapi_simulator.notifications.delivery import Notifications
from spapi_simulator.queues.queue import Queue, Queues
from spapi_simulator.world.accounts import Application, Seller


class QueueControls(Controls):
    """The queues of a simulator and the notifications on their way there."""

    _notifications: Notifications
    _queues: Queues

    def add_queue(self, name: str) -> str:
        """Create a queue and return its URL."""
        with self._world():
            return self._queues.add(name, now=self._present.now()).url

    def subscribe(self, app: Application, seller: Seller, queue_url: str, kind: str = "ORDER_CHANGE") -> str:
        """Send notifications of one type about a seller to a queue; return the subscription id."""
        with self._world():
            queue = self._queue(queue_url)
            return self._notifications.subscribe(app, seller, queue, kind).subscription_id

    def register_rotation_queue(self, app: Application, queue_url: str) -> None:
        """Send new client secrets of an application, and warnings before they expire, to a queue."""
        with self._world():
            self._notifications.register_rotation_queue(app, self._queue(queue_url))

    def events(self, source: str) -> list[JSON]:
        """Return the events an EventBridge partner event source was given, oldest first."""
        with self._world():
            return self._notifications.destinations.events(source)

    def messages(self, queue_url: str) -> list[str]:
        """Return the bodies in a queue, received or not, without receiving them."""
        with self._world():
            return self._queue(queue_url).bodies()

    def drop_notifications(self, n: int) -> None:
        """Lose every n-th notification from now on: 1 loses all, 0 none."""
        self._notifications.drop_every = n

    def duplicate_notifications(self, times: int) -> None:
        """Deliver every notification `times` times from now on: 1 is once."""
        self._notifications.copies = max(1, times)

    def delay_notifications(self, seconds: float) -> None:
        """Deliver notifications this many seconds late from now on."""
        self._notifications.delay_seconds = seconds

    def silence_notifications(self, kind: str, on: bool = True) -> None:
        """Deliver no notification of a type at all from now on."""
        with self._world():
            (self._notifications.silent.add if on else self._notifications.silent.discard)(kind)

    def shuffle_notifications(self, on: bool = True) -> None:
        """Hand messages out in a random, repeatable order."""
        with self._world():
            for queue in self._queues.all():
                queue.shuffled = on

    def queue_counts(self) -> dict[str, tuple[int, int]]:
        """Return (messages to receive, messages hidden) of every queue by its name."""
        with self._world():
            now = self._present.now()
            return {queue.name: queue.counts(now) for queue in self._queues.all()}

    def _queue(self, url: str) -> Queue:
        queue = self._queues.find(url)
        if queue is None:
            raise KeyError("There is no queue with this URL; create it with add_queue first.")
        return queue
