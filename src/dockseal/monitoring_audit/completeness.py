"""How complete each seller is: what the tables say of its synchronisation, on one page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.outage import Outage, outages
from dockseal.domain.seller import Seller
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from dockseal.monitoring_audit.addresses import Addresses, addresses
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLeft:
    """How one of Amazon's buckets stands."""

    operation: str
    left: int
    """Calls that can be made at once."""
    burst: int
    next_at: datetime | None
    """When the next call can be made; None: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How complete one seller is."""

    seller: SellerId
    rests_because: str
    complete_to: datetime | None
    """Everything Amazon changed before this instant is here; None before the first sweep ended."""
    under_way_to: datetime | None
    """How far it will be complete once the open window is read; None: no window is open."""
    late: bool
    """It is less complete than it should be."""
    open_notices: int
    oldest_notice: datetime | None
    reconciled: SyncRun | None
    """The last count against a second list that was finished."""
    addresses: Addresses
    """Whether the addresses of its orders can be read."""
    quotas: tuple[QuotaLeft, ...]
    outages: tuple[Outage, ...] = ()
    """What Amazon refuses although it worked before, the longest first."""
    now: datetime

    @property
    def sentence(self) -> str:
        """Says how far it is complete, such as `last complete to 14:03:10 UTC`, and what is out at Amazon."""
        if self.rests_because:
            return f"rests: {self.rests_because}"
        if self.complete_to is None:
            words = "not complete yet: its first sweep is under way"
        else:
            words = f"last complete to {moment(self.complete_to, self.now)}" + (", late" if self.late else "")
        return "; ".join([words, *(self._out(outage) for outage in self.outages)])

    def _out(self, outage: Outage) -> str:
        since = moment(outage.since, self.now)
        return f"Amazon's {outage.operation} is out since {since} ({outage.status}, {outage.times} times)"

    @property
    def waiting(self) -> str:
        """Says how many notices wait, and how long the oldest does."""
        if self.oldest_notice is None:
            return "no notice waits"
        age = int(max(timedelta(), self.now - self.oldest_notice).total_seconds())
        number = f"{self.open_notices} notices wait" if self.open_notices > 1 else "1 notice waits"
        return f"{number}, the oldest for {age} s"

    @property
    def proof(self) -> str:
        """Says what the last finished count came to, and when that was."""
        if self.reconciled is None:
            return "not reconciled yet"
        return f"{self.reconciled.sentence} (at {moment(self.reconciled.ended_at, self.now)})"


def completeness(storage: Storage, seller: Seller, clock: Clock, *, late_after: timedelta) -> Completeness:
    """Looks at one seller.

    Args:
        storage: The tables.
        seller: Which one.
        clock: Tells the time.
        late_after: A seller that is complete up to a longer time ago is late.

    Raises:
        StorageError: the tables cannot be read.
    """
    now = clock.now()
    mark = storage.watermarks.get(seller.id)
    complete_to = _finished(storage, seller.id) and mark and mark.complete_to
    finished = storage.sync_runs.latest(seller.id, 1, SyncSource.RECONCILIATION, outcome=SyncOutcome.COMPLETE)
    return Completeness(
        seller=seller.id,
        rests_because=seller.rests_because,
        complete_to=complete_to or None,
        under_way_to=mark.window_until if mark is not None and mark.page_token else None,
        late=not complete_to or now - complete_to >= late_after,
        open_notices=storage.notices.open_count(seller.id),
        oldest_notice=storage.notices.oldest(seller.id),
        reconciled=finished[0] if finished else None,
        addresses=addresses(storage, seller),
        quotas=quotas(storage, seller.id, now),
        outages=tuple(outages(storage.circuits.refused(seller.id), now)),
        now=now,
    )


def quotas(storage: Storage, seller: SellerId, now: datetime) -> tuple[QuotaLeft, ...]:
    """Returns how the buckets of a seller stand, refilled up to now."""
    found = []
    for whose, operation, bucket in storage.buckets.all():
        if whose != seller:
            continue
        left = bucket.tokens_at(now)
        wait = None if left >= 1 else now + timedelta(seconds=(1 - left) / bucket.rate)
        found.append(
            QuotaLeft(operation=operation, left=max(0, int(left)), burst=int(bucket.burst), next_at=wait)
        )
    return tuple(found)


def moment(instant: datetime, now: datetime) -> str:
    """Writes an instant as people read it: the day only if it is another one."""
    return f"{instant:%H:%M:%S} UTC" if instant.date() == now.date() else f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _finished(storage: Storage, seller: SellerId) -> bool:
    """Tells whether any window of a seller was read to its end; its first page already sets a watermark."""
    return bool(storage.sync_runs.latest(seller, 1, SyncSource.SWEEP, outcome=SyncOutcome.COMPLETE))
