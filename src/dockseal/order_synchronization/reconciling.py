"""The reconciliation: counts a seller's orders against a second list of Amazon's, and fetches what differs.

The sweep goes by the time of change. This goes by the time of *creation*: another index of Amazon's, another
window, no watermark and no notification. What one of them hides, the other shows.

Orders are compared one by one, for a count alone could hide one missing order behind one too many:

- Amazon lists it and it is kept here as of its last change before the watermark: both have it.
- Amazon lists it, and a notice of it is open: both have it; the status tells how many wait and how long.
- Amazon lists it as over (shipped, cancelled, unfulfillable) and it is not kept: it was over before we first
  saw it. `Keeping` lets such an order pass, for there is nothing to ship; it leaves no row, so the list's own
  status says that it is one of these. It counts on both sides: "seen, not kept".
- Amazon lists it and it is none of these: unseen. A notice has it read.
- It is open here and Amazon does not list it: a notice has it read by its id, which says what became of it.

Orders that Amazon ships itself are on neither side.

How far a count has come is in a table: with Amazon's default quota 36 000 orders take 18 hours, and a daily
restart that began anew would never end one. Where its parts begin and end is decided in `counting`.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from dockseal.amazon.operations import GET_ORDERS_V0, SEARCH_ORDERS
from dockseal.amazon.orders import OrdersPage, OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.count import Count
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.quota import BucketState
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled
from dockseal.order_synchronization.counting import (
    begun,
    counted,
    halved,
    lacking,
    listed_now,
    next_part,
    sentence,
)
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.storage.store import Storage

RESERVE = 5
"""Calls left in the bucket for the sweep, which shares it: a count can wait, news cannot."""
SETTLED = timedelta(minutes=10)
"""A window ends this long ago at least: Amazon refuses one of the last two minutes, by its own clock."""
_OPEN = (
    OrderState.ACCEPTED,
    OrderState.HELD,
    OrderState.RELEASABLE,
    OrderState.RELEASED,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
    OrderState.CONFIRMED,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """Reconciles sellers, each at its own time of the period.

    Attributes:
        orders: Gives the reader of a seller's orders.
        every: How often each seller is reconciled.
        back: How far back the orders reach that are counted, by their creation.
        canaries: Gives orders that Amazon knows nothing of.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    ledger: Ledger
    clock: Clock
    every: timedelta
    back: timedelta
    canaries: Callable[[], frozenset[OrderRef]] = frozenset

    def run(self, seller: SellerId) -> Outcome:
        """Reads one page of a due count; at its end, what differs becomes notices.

        Raises:
            AmazonThrottled: the quota is spent.
            AmazonUnavailable: Amazon is down; the same page is asked for again.
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        count = self._under_way(seller, now)
        if count is None:
            due = self._due(seller)
            if due is None or due > now:
                return Outcome(again_at=due)
            count = self._begun(seller, now)
            if count is None:
                return NOTHING
        reader = self.orders(seller)
        spare_at = self._spare_at(seller, reader.api, now)
        if spare_at > now:
            return Outcome(again_at=spare_at)
        with self.ledger.window(
            seller, SyncSource.RECONCILIATION, started_at=count.started_at, since=count.since
        ) as tally:
            tally.window_until = count.until
            return self._read(count, reader, tally)

    def _under_way(self, seller: SellerId, now: datetime) -> Count | None:
        """Returns the count to go on with. One that stood still for a whole period is counted anew."""
        count = self.storage.counts.get(seller)
        return count if count and timedelta() <= now - count.read_at < self.every else None

    def _due(self, seller: SellerId) -> datetime | None:
        """Returns the first of the seller's own instants after its last finished count, or its start."""
        finished = self.storage.sync_runs.latest(
            seller, 1, SyncSource.RECONCILIATION, outcome=SyncOutcome.COMPLETE
        )
        last = finished[0] if finished else self.storage.sync_runs.oldest(seller, SyncSource.SWEEP)
        return None if last is None else next_turn(seller, last.started_at, self.every)

    def _begun(self, seller: SellerId, now: datetime) -> Count | None:
        """Opens a count over what the sweep says is complete; None while its first window is not read.

        It reaches back no further than that window, whose beginning somebody chose.
        """
        mark = self.storage.watermarks.get(seller)
        first = self.storage.sync_runs.oldest(seller, SyncSource.SWEEP)
        read = self.storage.sync_runs.latest(seller, 1, SyncSource.SWEEP, outcome=SyncOutcome.COMPLETE)
        if mark is None or first is None or not read:
            return None
        until = min(mark.complete_to, now - SETTLED)
        since = max(until - self.back, first.window_since or first.started_at)
        if since >= until:
            return None
        count = begun(seller, since=since, until=until, now=now)
        with self.storage.transaction():
            self.storage.counts.set(count)
        return count

    def _spare_at(self, seller: SellerId, api: OrdersApi, now: datetime) -> datetime:
        operation = GET_ORDERS_V0 if api is OrdersApi.V0 else SEARCH_ORDERS
        bucket = self.storage.buckets.load(seller, operation.name)
        return now if bucket is None else spare_at(bucket, now)

    def _read(self, count: Count, reader: OrdersReader, tally: Tally) -> Outcome:
        """Reads one page; what it shows and how far the count came are kept together, or not at all."""
        seller, now = count.seller, self.clock.now()
        page = self._page(count, reader, tally)
        orders, unreadable = listed_now(count, page)
        ids = [*(order.amazon_order_id for order in orders), *unreadable]
        after, differing = counted(
            count,
            page,
            kept=self.storage.orders.among(seller, ids),
            noticed=self.storage.notices.open_among(seller, ids),
            now=now,
        )
        going_on: Count | None = after
        if not after.page_token:
            open_here = self.storage.orders.every(_OPEN, seller)
            left_out = self.canaries()
            only_here = [
                order.id for order in open_here if lacking(after, order) and order.ref not in left_out
            ]
            differing = (*differing, *only_here)
            after = replace(after, only_here=after.only_here + len(only_here))
            going_on = next_part(after)
        with self.storage.transaction():
            for order_id in differing:
                self.storage.notices.add(_notice(after, order_id, now))
            if going_on is None:
                self.storage.counts.forget(seller)
            else:
                self.storage.counts.set(going_on)
        tally.pages += 1
        tally.orders, tally.news = after.amazon, after.unseen
        if going_on is None:
            self._finish(after, tally, now)
        else:
            tally.outcome = SyncOutcome.UNFINISHED
        return Outcome(done=len(differing), more=going_on is not None)

    def _page(self, count: Count, reader: OrdersReader, tally: Tally) -> OrdersPage:
        tally.calls += 1
        try:
            return reader.search(
                since=count.part_since, until=count.part_until, page_token=count.page_token, created=True
            )
        except AmazonThrottled:
            tally.calls -= 1
            raise
        except AccessDenied:
            raise
        except AmazonRefused:
            with self.storage.transaction():
                if count.page_token:  # the token is dead: its part begins again
                    self.storage.counts.set(halved(count))
                else:  # the question itself is refused: the next run asks another one
                    self.storage.counts.forget(count.seller)
            raise

    def _finish(self, count: Count, tally: Tally, now: datetime) -> None:
        if count.unseen or count.only_here:
            log.warning(
                "reconciliation.differs", seller=count.seller, count=count.unseen, more=count.only_here
            )
        tally.sentence = sentence(count, now)


def next_turn(seller: SellerId, after: datetime, every: timedelta) -> datetime:
    """Returns the seller's next own instant: the same in each period, and spread over it between sellers."""
    offset = every * (zlib.crc32(seller.encode()) / 2**32)
    turns = (after - _EPOCH - offset) // every + 1
    return _EPOCH + offset + turns * every


def spare_at(bucket: BucketState, now: datetime) -> datetime:
    """Returns when a bucket holds one call beyond the reserve, and its whole burst if that is less."""
    tokens = bucket.tokens + max(0.0, (now - bucket.at).total_seconds()) * bucket.rate
    needed = min(RESERVE + 1.0, bucket.burst)
    return now if tokens >= needed else now + timedelta(seconds=(needed - tokens) / bucket.rate)


def _notice(count: Count, order_id: str, now: datetime) -> Notice:
    return Notice(
        id=f"reconciliation/{order_id}/{count.started_at.isoformat()}",
        seller=count.seller,
        amazon_order_id=AmazonOrderId(order_id),
        source=NoticeSource.RECONCILIATION,
        noticed_at=now,
    )
