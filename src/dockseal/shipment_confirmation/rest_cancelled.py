"""Moves on an order of which a part has left, once Amazon has cancelled all that had not.

Nothing more of it is reported then, so that no parcel would move it on.
"""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import KNOWN_TO_AMAZON
from dockseal.domain.stop import StopState
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.comparison import covered, standing
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCancelled:
    """Looks after orders that are partly shipped here, and shipped at Amazon."""

    storage: Storage
    trail: Trail
    clock: Clock
    actor: Actor

    def look(self, order: Order) -> bool:
        """Moves an order on if its parcels hold all that is left of it; tells whether it did.

        One that a warehouse may still ship more of stays with the person who was told so.
        """
        packages = standing(self.storage.packages.of_order(order.ref))
        known = [each.confirmed_at for each in packages if each.state in KNOWN_TO_AMAZON]
        told = [instant for instant in known if instant is not None]
        if not packages or len(told) < len(packages) or not covered(order, packages):
            return False
        if any(stop.state is not StopState.STOPPED for stop in self.storage.stops.of_order(order.ref)):
            return False
        with self.storage.transaction():
            left = max(each.shipped_at for each in packages)
            shipped = self.storage.orders.move(order, OrderState.SHIPPED, shipped_at=left)
            self.storage.shelf.order_over(order.ref, self.clock.now())
            self.trail.record(Tag.ORDER_LIFE_SHIPPED, actor=self.actor, order=order.ref)
            self.storage.orders.move(shipped, OrderState.CONFIRMED, confirmed_at=max(told))
            self.trail.record(Tag.ORDER_LIFE_CONFIRMED, actor=self.actor, order=order.ref)
        return True
