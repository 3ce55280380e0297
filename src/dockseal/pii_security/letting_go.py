"""Lets go, in memory, of what belongs to an order that was cancelled or erased, by whichever process."""

import threading
from dataclasses import dataclass, field

from dockseal.domain.audit import AuditRow
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.lane import Outcome
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.passing import Passing
from dockseal.storage.store import Storage

_ENDS = (Tag.ORDER_LIFE_CANCELLED, Tag.ORDER_LIFE_SHREDDED, Tag.ORDER_DATA_ERASED, Tag.DATA_ERASURE_INTENDED)


@dataclass(slots=True, kw_only=True)
class LettingGo:
    """The lane that follows the audit trail, and lets go of what is over. Opens do not wait for it.

    What another process erases is known here by its rows alone: `dockseal erase` reaches the memory of the
    running `dockseal serve` within a turn of this lane.
    """

    storage: Storage
    hand: Hand
    passing: Passing
    _read_to: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def run(self) -> Outcome:
        """Reads the rows since the last run, and drops what they tell is over.

        Raises:
            StorageError: the database cannot be used; run again.
        """
        with self._lock:
            newest = self.storage.audit.noted_head()[0]
            # In the first run there is nothing in memory yet that an earlier row could end.
            rows = [] if self._read_to is None else self.storage.audit.since(self._read_to, _ENDS)
            for row in rows:
                self._forget(row)
            self._read_to = max(newest, rows[-1].seq if rows else 0)
        return Outcome(done=len(rows))

    def _forget(self, row: AuditRow) -> None:
        if row.order:
            self._forget_order(OrderRef(row.order))
            return
        told = dict(row.fields)
        if told["what"] == "seller":
            self._forget_seller(SellerId(told["subject"]))

    def _forget_order(self, ref: OrderRef) -> None:
        self.passing.drop(ref)
        try:
            order = self.storage.orders.get(ref)
        except BadInput:
            return
        self.hand.drop(order.seller, order.id)

    def _forget_seller(self, seller: SellerId) -> None:
        for ref in self.passing.orders(seller):
            self.passing.drop(ref)
        for order_id in self.hand.orders(seller):
            self.hand.drop(seller, order_id)
