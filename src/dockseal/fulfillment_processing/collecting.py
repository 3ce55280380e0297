"""Looks at warehouses that have to be looked at, such as for files, and takes in what lies there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.lane import Outcome
from dockseal.domain.release import Warehouse
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import MoveRefused
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.matching import Matching
from dockseal.storage.store import Storage
from dockseal.warehouses.calls import Act, Calling, untold
from dockseal.warehouses.port import Collecting, Delivery, WarehouseAdapter

RACES = 3
"""So often a message is taken anew when another one of its order came in at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The lane that takes in what warehouses lay down for us, each message in a transaction of its own.

    A delivery is put away only once all of it is taken in or kept: cut off anywhere in between it is given
    again, and what was taken in already changes nothing.

    Attributes:
        adapters: Gives the adapter of a warehouse.
        collected: Tells which of the warehouses have to be looked at.
        calling: Surrounds each call to a warehouse.
    """

    storage: Storage
    inbox: Inbox
    adapters: Callable[[Warehouse], WarehouseAdapter]
    collected: Callable[[list[Warehouse]], frozenset[WarehouseId]]
    calling: Calling = untold

    def warehouses(self) -> list[WarehouseId]:
        """Returns the warehouses to look at, and those of which something waits until it fits."""
        looked_at = self.collected(self.storage.warehouses.all())
        return sorted({*looked_at, *self.storage.unmatched.waiting()})

    def run(self, key: str) -> Outcome:
        """Takes in all that lies at a warehouse now, the oldest first, and what fits by now.

        Raises:
            WarehouseUnavailable: it cannot be looked at; what lies there still is taken in later.
            MoveRefused: an order was changed again and again; the delivery is given again.
            SettingsFault: its adapter cannot be built.
        """
        warehouse = WarehouseId(key)
        found = self.storage.warehouses.get(warehouse)
        done = Matching(inbox=self.inbox).again(warehouse)
        if warehouse not in self.collected([found]):
            return Outcome(done=done)
        adapter = self.adapters(found)
        if not isinstance(adapter, Collecting):
            return Outcome(done=done)
        for delivery in self._delivered(warehouse, adapter):
            for message in delivery.messages:
                self._take(warehouse, message, delivery.name)
            for sentence in delivery.faults:
                self.inbox.unreadable(warehouse, sentence, delivery=delivery.name)
            with self.calling(warehouse, Act.DONE, len(delivery.messages)):
                adapter.done(delivery)
            done += 1
        # An earlier file may have named what came only with a later one.
        done += Matching(inbox=self.inbox).again(warehouse)
        return Outcome(done=done)

    def _delivered(self, warehouse: WarehouseId, adapter: Collecting) -> Iterator[Delivery]:
        """Gives what lies at a warehouse; reading each delivery is a call of its own."""
        deliveries: Iterator[Delivery] | None = None
        while True:
            with self.calling(warehouse, Act.COLLECT, 0):
                deliveries = deliveries or iter(adapter.collect())
                delivery = next(deliveries, None)
            if delivery is None:
                return
            yield delivery

    def _take(self, warehouse: WarehouseId, message: WarehouseMessage, delivery: str) -> None:
        for race in range(1, RACES + 1):
            try:
                self.inbox.take(warehouse, message, keep=True, delivery=delivery)
            except MoveRefused:
                if race == RACES:
                    raise
            else:
                return
