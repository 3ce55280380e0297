"""Asks Amazon for one order that is in no table, because a person wants to know of it, and takes it in."""

from collections.abc import Callable
from dataclasses import dataclass

from dockseal.amazon.orders import OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, amazon_order_id
from dockseal.domain.seller import Seller
from dockseal.domain.sync_run import SyncSource
from dockseal.errors import AmazonError, AnswerUnreadable, BadInput, OrderUnknown
from dockseal.monitoring_audit.why_facts import Asked
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks each seller's Amazon in turn, until one has the order.

    Attributes:
        orders: Gives the reader of a seller's orders.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    keeping: Keeping
    ledger: Ledger
    clock: Clock

    def ask(self, which: str) -> Asked:
        """Asks for an order once per seller, and keeps what is said of it.

        Raises:
            BadInput: it is no Amazon order id.
        """
        try:
            order_id = amazon_order_id(which)
        except ValueError as error:
            raise BadInput(f"Amazon can be asked for its own order ids only: {error}") from None
        unanswered = []
        for seller in self.storage.sellers.all():
            if seller.rests_because:
                unanswered.append(f"seller {seller.id} rests: {seller.rests_because}")
                continue
            try:
                asked = self._ask(seller, order_id)
            except AmazonError as error:
                unanswered.append(str(error))
                continue
            if asked is not None:
                return asked
        return Asked(unanswered=tuple(unanswered))

    def _ask(self, seller: Seller, order_id: AmazonOrderId) -> Asked | None:
        """Asks one seller's; returns None if it has no such order."""
        asked_at = self.clock.now()
        with self.ledger.run(seller.id, SyncSource.ORDER_BY_ORDER) as tally:
            tally.calls, tally.sentence = 1, f"Somebody asked for order {order_id}"
            try:
                reading = self.orders(seller.id).get(order_id)
            except OrderUnknown:
                tally.sentence += ", which Amazon does not know of this seller"
                return None
            except AnswerUnreadable as error:
                self.keeping.hold_unreadable(seller.id, order_id, sentence=str(error))
                tally.orders = tally.news = 1
                return Asked(seller=seller.id)
            tally.orders = 1
            tally.news = int(self.keeping.keep(seller.id, reading, read_at=asked_at))
            return Asked(seller=seller.id, reading=reading)
