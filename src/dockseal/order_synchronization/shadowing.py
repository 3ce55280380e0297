"""Shadow mode: what was read with one Orders API is read with the other too, and compared.

It runs at leisure. The other API has buckets of its own, which nothing else spends; the seller's own API is
asked again only where something differs, and only while most of its bucket is there for the real intake. The
newest readings come first, and each newer reading of an order has it compared once more: what no longer
differs is settled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.orders import OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.lane import NOTHING, Outcome, work_through
from dockseal.domain.order import AmazonOrder, Order, OrdersApi
from dockseal.domain.sync_run import Difference, SyncOutcome, SyncSource
from dockseal.errors import AccessDenied, AmazonRefused, AnswerUnreadable
from dockseal.order_synchronization.comparing import Differs, compare
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.storage.store import Storage

AT_ONCE = 10
"""So many orders in one run: ten a minute."""
RESERVE = 15
"""So many calls of the seller's own API are left to the real intake."""
BACK = timedelta(days=14)
"""Orders that were last read longer ago are not compared."""
REMEMBERED = timedelta(days=30)
"""How long a comparison counts as proof; longer than `BACK`, so that none is made twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowing:
    """Reads the orders of sellers in shadow with the other Orders API, and keeps what differs.

    Attributes:
        orders: Gives the reader of a seller's orders in a generation.
        left: Tells how many orders could be read by their ids in a generation.
        ledger: Keeps a row of each run.
        canaries: Gives orders that Amazon knows nothing of.
    """

    storage: Storage
    orders: Callable[[SellerId, OrdersApi], OrdersReader]
    left: Callable[[SellerId, OrdersApi], float]
    ledger: Ledger
    clock: Clock
    canaries: Callable[[], frozenset[OrderRef]] = frozenset

    def sellers(self) -> list[SellerId]:
        """Returns the sellers in shadow that do not rest."""
        return self.storage.sellers.awake(shadow=True)

    def run(self, seller: SellerId) -> Outcome:
        """Compares a few orders of a seller in shadow.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            AccessDenied: Amazon lets us read none of the seller's orders with the other API.
            CredentialRefused: the seller's credentials ended.
        """
        home = self.storage.sellers.get(seller)
        if not home.shadow:
            return NOTHING
        since = self.clock.now() - BACK
        due = self.storage.orders.uncompared(seller, since=since, but=self.canaries(), limit=AT_ONCE)
        if not due:
            return NOTHING
        with self.ledger.run(seller, SyncSource.SHADOW) as tally:
            outcome = work_through(
                due, lambda order: self._compare(order, home.orders_api, tally), postpone=_again_next_time
            )
            if outcome.again_at is not None:
                tally.outcome = SyncOutcome.THROTTLED
        return outcome

    def _compare(self, order: Order, own: OrdersApi, tally: Tally) -> bool:
        """Compares one order; tells whether it was compared."""
        at = self.clock.now()
        other = OrdersApi.V2026 if own is OrdersApi.V0 else OrdersApi.V0
        theirs = self._read(order, other, tally)
        found = _differs(order.amazon, theirs, own)
        if found:
            # What is kept may be older than what was read just now: only the same moment can be compared.
            if self.left(order.seller, own) < RESERVE:
                return False
            found = _differs(self._read(order, own, tally), theirs, own)
        differences = [_difference(order, each, at) for each in found]
        with self.storage.transaction():
            self.storage.differences.compared(order.seller, order.id, differences, at=at)
        tally.orders += 1
        tally.news += bool(differences)
        return True

    def _read(self, order: Order, api: OrdersApi, tally: Tally) -> AmazonOrder | str:
        """Reads an order; a word where that API gives none that can be read."""
        tally.calls += 1
        try:
            return self.orders(order.seller, api).get(order.id)
        except AccessDenied:
            raise
        except AmazonRefused:
            return "not shown"
        except AnswerUnreadable:
            return "unreadable"


def _differs(ours: AmazonOrder | str, theirs: AmazonOrder | str, own: OrdersApi) -> tuple[Differs, ...]:
    v0, v2026 = (ours, theirs) if own is OrdersApi.V0 else (theirs, ours)
    if isinstance(v0, AmazonOrder) and isinstance(v2026, AmazonOrder):
        return compare(v0, v2026)
    words = ("readable" if isinstance(each, AmazonOrder) else each for each in (v0, v2026))
    answer = Differs(field="answer", v0=next(words), v2026=next(words))
    return () if answer.v0 == answer.v2026 else (answer,)


def _difference(order: Order, differs: Differs, at: datetime) -> Difference:
    return Difference(
        seller=order.seller,
        amazon_order_id=AmazonOrderId(order.id),
        field=differs.field,
        v0=differs.v0,
        v2026=differs.v2026,
        found_at=at,
    )


def _again_next_time(order: Order) -> None:
    """Leaves an order as it is: whatever was not compared is due again."""
    del order
