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
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from dockseal.amazon.operations import GET_ORDERS_V0, SEARCH_ORDERS
from dockseal.amazon.orders import OrdersPage, OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrdersApi, OrderState
from dockseal.domain.quota import BucketState
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.storage.store import Storage

RESERVE = 5
"""Calls left in the bucket for the sweep, which shares it: a count can wait, news cannot."""
SETTLED = timedelta(minutes=10)
"""A window ends this long ago at least: Amazon refuses one of the last two minutes, by its own clock."""
_OVER = frozenset({AmazonStatus.SHIPPED, AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE})
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


@dataclass(slots=True, kw_only=True)
class _Count:
    """A count that is under way. A restart forgets it, and its window is counted anew."""

    started_at: datetime
    since: datetime
    until: datetime
    page_token: str = ""
    listed: set[str] = field(default_factory=set)
    here: int = 0
    over_before: int = 0
    unseen: dict[str, datetime] = field(default_factory=dict)
    """When each unseen order was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """Reconciles sellers, each at its own time of the period.

    Attributes:
        orders: Gives the reader of a seller's orders.
        every: How often each seller is reconciled.
        back: How far back the orders reach that are counted, by their creation.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    ledger: Ledger
    clock: Clock
    every: timedelta
    back: timedelta
    _counts: dict[SellerId, _Count] = field(default_factory=dict)

    def run(self, seller: SellerId) -> Outcome:
        """Reads one page of a due count; at its end, what differs becomes notices.

        Raises:
            AmazonThrottled: the quota is spent.
            AmazonUnavailable: Amazon is down; the same page is asked for again.
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        count = self._counts.get(seller)
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
            return self._read(seller, reader, count=count, tally=tally)

    def _due(self, seller: SellerId) -> datetime | None:
        """Returns the first of the seller's own instants after its last finished count, or its start."""
        finished = self.storage.sync_runs.latest(
            seller, 1, SyncSource.RECONCILIATION, outcome=SyncOutcome.COMPLETE
        )
        last = finished[0] if finished else self.storage.sync_runs.oldest(seller, SyncSource.SWEEP)
        return None if last is None else next_turn(seller, last.started_at, self.every)

    def _begun(self, seller: SellerId, now: datetime) -> _Count | None:
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
        self._counts[seller] = _Count(started_at=now, since=since, until=until)
        return self._counts[seller]

    def _spare_at(self, seller: SellerId, api: OrdersApi, now: datetime) -> datetime:
        operation = GET_ORDERS_V0 if api is OrdersApi.V0 else SEARCH_ORDERS
        bucket = self.storage.buckets.load(seller, operation.name)
        return now if bucket is None else spare_at(bucket, now)

    def _read(self, seller: SellerId, reader: OrdersReader, *, count: _Count, tally: Tally) -> Outcome:
        page = self._page(seller, reader, count=count, tally=tally)
        self._compare(seller, page, count)
        count.page_token = page.next_token
        tally.pages += 1
        tally.orders = len(count.listed)
        if count.page_token:
            tally.outcome = SyncOutcome.UNFINISHED
            return Outcome(more=True)
        del self._counts[seller]
        return self._finish(seller, count, tally)

    def _page(self, seller: SellerId, reader: OrdersReader, *, count: _Count, tally: Tally) -> OrdersPage:
        tally.calls += 1
        try:
            return reader.search(
                since=count.since, until=count.until, page_token=count.page_token, created=True
            )
        except AmazonThrottled:
            tally.calls -= 1
            raise
        except AccessDenied:
            raise
        except AmazonRefused:
            del self._counts[seller]  # the token is dead: the next run counts anew
            raise

    def _compare(self, seller: SellerId, page: OrdersPage, count: _Count) -> None:
        listed = [
            order
            for order in page.orders
            if order.fulfilled_by is not FulfilledBy.AMAZON and order.amazon_order_id not in count.listed
        ]
        unreadable = {each.amazon_order_id for each in page.unreadable if each.amazon_order_id}
        ids = [*(order.amazon_order_id for order in listed), *unreadable]
        kept = self.storage.orders.among(seller, ids)
        noticed = self.storage.notices.open_among(seller, ids)
        complete_to = count.until
        for order in listed:
            known = kept.get(order.amazon_order_id)
            if order.amazon_order_id in noticed or (known and _up_to_date(known, order, complete_to)):
                count.here += 1
            elif known is None and order.status in _OVER:
                count.over_before += 1
            else:
                count.unseen[order.amazon_order_id] = order.updated_at
        for order_id in unreadable - count.listed:  # held with its reason as soon as it is noticed
            if order_id in kept or order_id in noticed:
                count.here += 1
            else:
                count.unseen[order_id] = count.until
        count.listed.update(ids)

    def _finish(self, seller: SellerId, count: _Count, tally: Tally) -> Outcome:
        only_here = [
            order.id
            for order in self.storage.orders.every(_OPEN, seller)
            if order.id not in count.listed and _created_within(order, count)
        ]
        now = self.clock.now()
        with self.storage.transaction():
            for order_id in [*count.unseen, *only_here]:
                self.storage.notices.add(_notice(seller, order_id, count, now))
        if count.unseen or only_here:
            log.warning("reconciliation.differs", seller=seller, count=len(count.unseen), more=len(only_here))
        tally.news = len(count.unseen)
        tally.sentence = sentence(count_of(count), only_here=len(only_here), now=now)
        return Outcome(done=len(count.unseen) + len(only_here))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a count came to."""

    amazon: int
    here: int
    """Of these: kept, or about to be read, or over before we first saw them."""
    over_before: int = 0
    """Of `here`: seen, not kept."""
    oldest_unseen: datetime | None = None


def count_of(count: _Count) -> Counted:
    """Sums a finished count up."""
    return Counted(
        amazon=len(count.listed),
        here=count.here + count.over_before,
        over_before=count.over_before,
        oldest_unseen=min(count.unseen.values(), default=None),
    )


def sentence(counted: Counted, *, only_here: int, now: datetime) -> str:
    """Says what a count came to, such as `Amazon 1 204 · us 1 204 · oldest unseen 0 s`."""
    age = timedelta() if counted.oldest_unseen is None else max(timedelta(), now - counted.oldest_unseen)
    parts = [
        f"Amazon {grouped(counted.amazon)}",
        f"us {grouped(counted.here)}",
        f"oldest unseen {grouped(int(age.total_seconds()))} s",
    ]
    if counted.over_before:
        parts.append(f"{grouped(counted.over_before)} over before we saw them, so not kept")
    if missing := counted.amazon - counted.here:
        parts.append(f"{grouped(missing)} now being fetched")
    if only_here:
        parts.append(f"{grouped(only_here)} open here and not in Amazon's list, now being read one by one")
    return " · ".join(parts)


def grouped(number: int) -> str:
    """Writes a number with a thin space between its thousands."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


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


def _up_to_date(known: Order, listed: AmazonOrder, complete_to: datetime) -> bool:
    """Tells whether we have the order as listed; a change after the watermark is the next sweep's to bring.

    One that is held as unreadable is here, and somebody was told.
    """
    if known.hold is not None and known.hold.code == "unreadable":
        return True
    return known.amazon.updated_at >= listed.updated_at or listed.updated_at > complete_to


def _created_within(order: Order, count: _Count) -> bool:
    created = order.amazon.purchased_at
    return created is not None and count.since <= created <= count.until


def _notice(seller: SellerId, order_id: str, count: _Count, now: datetime) -> Notice:
    return Notice(
        id=f"reconciliation/{order_id}/{count.started_at.isoformat()}",
        seller=seller,
        amazon_order_id=AmazonOrderId(order_id),
        source=NoticeSource.RECONCILIATION,
        noticed_at=now,
    )
