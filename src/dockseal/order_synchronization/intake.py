"""The intake: reads each noticed order from Amazon, without personal data, and keeps it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from dockseal.amazon.orders import OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome, longer_wait, work_through
from dockseal.domain.notice import Notice
from dockseal.errors import AccessDenied, AmazonRefused, AnswerUnreadable
from dockseal.order_synchronization.keeping import Keeping
from dockseal.storage.store import Storage

BATCH = 50
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=5)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in orders that were noticed.

    Attributes:
        orders: Gives the reader of a seller's orders.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    keeping: Keeping
    clock: Clock

    def run(self, seller: SellerId) -> Outcome:
        """Reads the orders of due notices, those to ship first before the others.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            AccessDenied: Amazon lets us read none of the seller's orders.
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        due = self.storage.notices.due(seller, now, BATCH)
        outcome = NOTHING
        if due:
            reader = self.orders(seller)
            outcome = work_through(due, lambda notice: self._take_in(reader, notice), postpone=self._postpone)
        if outcome.again_at is not None:
            return outcome
        again_at = self.storage.notices.next_try(seller, after=now)
        return replace(outcome, more=len(due) == BATCH, again_at=again_at)

    def _take_in(self, reader: OrdersReader, notice: Notice) -> bool:
        asked_at = self.clock.now()
        try:
            reading = reader.get(notice.amazon_order_id)
        except AccessDenied:
            raise
        except AmazonRefused as refused:  # such as an order that Amazon told us of but does not show yet
            log.warning("order.not_shown", order_id=notice.amazon_order_id, status=refused.status)
            self._postpone(notice)
            return False
        except AnswerUnreadable as error:
            self.keeping.hold_unreadable(notice.seller, notice.amazon_order_id, sentence=str(error))
        else:
            self.keeping.keep(notice.seller, reading, read_at=asked_at)
        # Notices that came while Amazon was answering may tell of a newer change: they stay open.
        with self.storage.transaction():
            self.storage.notices.close(notice.seller, notice.amazon_order_id, asked_at)
        return True

    def _postpone(self, notice: Notice) -> None:
        wait = longer_wait(notice.tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        with self.storage.transaction():
            self.storage.notices.postpone(notice, self.clock.now() + wait, notice.tries + 1)
