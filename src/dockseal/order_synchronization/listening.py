"""The listener: Amazon's ORDER_CHANGE notifications become notices.

A message is deleted from the queue only after its notice is committed. Amazon sends at least once and in no
order; the notice's id is Amazon's NotificationId, so that the same message twice is one notice. What nobody
can read is set aside in the end: why is kept, its body is not, for it holds a postal code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from dockseal.amazon.order_change import NotForUs, notice_from
from dockseal.amazon.queue import Message
from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.notice import Notice
from dockseal.domain.set_aside import SetAside
from dockseal.errors import AnswerUnreadable
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.storage.store import Storage

_LAST_RECEIVE = 5
"""A message nobody can read is set aside on its fifth delivery; the sweep finds its order."""

log = structlog.get_logger(__name__)


class Queue(Protocol):
    """A queue of notifications."""

    def receive(self) -> list[Message]:
        """Waits for up to ten messages."""

    def delete(self, messages: list[Message]) -> None:
        """Deletes received messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Reads queues.

    Attributes:
        queue: Opens a queue by its URL.
    """

    storage: Storage
    queue: Callable[[str], Queue]
    clock: Clock
    metrics: Metrics

    def urls(self) -> list[str]:
        """Returns the queues to listen to; many sellers may share one."""
        return self.storage.sellers.queue_urls()

    def run(self, url: str) -> Outcome:
        """Takes one batch from a queue: notices first, then the deletion.

        Raises:
            AmazonUnavailable: the queue cannot be read.
        """
        queue = self.queue(url)
        messages = queue.receive()
        if not messages:
            return NOTHING
        whose: set[str] = set()
        settled = [message for message in messages if self._keep(url, message, whose)]
        if settled:
            queue.delete(settled)
        # Many sellers may share the queue: only those that were told of have orders to be taken in.
        return Outcome(done=len(settled) if whose else 0, more=bool(settled), keys=tuple(sorted(whose)))

    def _keep(self, url: str, message: Message, whose: set[str]) -> bool:
        """Keeps the notice of one message, and whose it is; tells whether the message may be deleted."""
        try:
            read = notice_from(message.body, self.storage.sellers.by_partner, self.clock.now())
        except AnswerUnreadable as error:
            return self._give_up(url, message, str(error))
        if isinstance(read, NotForUs):
            log.info("notification.not_for_us", reason=read.reason)
        else:
            self._add(read)
            whose.add(read.seller)
        return True

    def _give_up(self, url: str, message: Message, sentence: str) -> bool:
        """Sets aside a message that was tried often enough; tells whether it was."""
        last = message.receive_count >= _LAST_RECEIVE
        log.warning(
            "notification.unreadable",
            sentence=sentence,
            count=message.receive_count,
            reason="set aside; the sweep finds its order" if last else "left in the queue",
        )
        if last:
            with self.storage.transaction():
                self.storage.set_aside.add(
                    SetAside(
                        queue_url=url,
                        message_id=message.id,
                        reason=sentence,
                        at=self.clock.now(),
                        receive_count=message.receive_count,
                    )
                )
        return last

    def _add(self, notice: Notice) -> None:
        with self.storage.transaction():
            new = self.storage.notices.add(notice)
        if new:
            self.metrics.notices.labels(notice.source).inc()
