"""Takes in what a warehouse says after a hand-over: that it has the order, or will not ship it after all."""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OVER, Hold, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import PackageState
from dockseal.domain.warehouse_message import LateRefusal, Taken
from dockseal.fulfillment_processing.references import References
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_UNDER_WAY = frozenset({ReleaseState.INTENDED, ReleaseState.ACCEPTED})
_BEFORE_A_PARCEL = frozenset({OrderState.RELEASABLE, OrderState.RELEASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswers:
    """Settles releases by messages; always inside a transaction. The same answer twice changes nothing."""

    storage: Storage
    trail: Trail
    clock: Clock

    def taken(self, warehouse: WarehouseId, message: Taken, who: Actor) -> None:
        """Notes that a warehouse has an order. Its lane moves a releasable one on.

        Raises:
            ReferenceUnknown: nothing was released to it under this reference.
        """
        order, release = References(storage=self.storage).named(warehouse, message.release)
        if release.state not in _UNDER_WAY:
            self._tell(
                order,
                f"Warehouse {warehouse} says that it has order {order.id} under reference {release.ref}, "
                "which it had given back: ask it which of both is so before the order is handed over again.",
            )
            return
        receipt = message.reference_at_warehouse or release.receipt
        if release.state is ReleaseState.ACCEPTED and receipt == release.receipt:
            return
        self.storage.releases.settle(release, ReleaseState.ACCEPTED, self.clock.now(), receipt=receipt)
        self._record(Tag.ORDER_RELEASE_TAKEN, release, who)
        if release.state is ReleaseState.INTENDED:
            self._note_taken(order, release, who)

    def refused(self, warehouse: WarehouseId, message: LateRefusal, who: Actor) -> None:
        """Holds an order that a warehouse gives back; tells a person where something else is under way.

        Raises:
            ReferenceUnknown: nothing was released to it under this reference.
        """
        order, release = References(storage=self.storage).named(warehouse, message.release)
        if release.state not in _UNDER_WAY:
            return
        words = f": {message.words}" if message.words else ""
        if self._left_under(order, release):
            self._tell(
                order,
                f"Warehouse {warehouse} will not ship the rest of order {order.id}{words}. Parcels of it "
                "left already: settle the rest with the warehouse, or with the buyer in Seller Central.",
            )
            return
        self.storage.releases.take_back(release, self.clock.now())
        self._record(Tag.ORDER_RELEASE_REFUSED, release, who, code="refused_late")
        sentence = f"Warehouse {warehouse} took order {order.id} and will not ship it after all{words}."
        if order.state in _BEFORE_A_PARCEL and not self._elsewhere(order, release):
            self._hold(order, sentence, who)
        elif order.state not in OVER:
            self._tell(order, f"{sentence} See that somebody ships what reference {release.ref} held.")

    def _note_taken(self, order: Order, release: Release, who: Actor) -> None:
        if order.state is OrderState.RELEASABLE and not release.contents:
            self.storage.orders.move(order, OrderState.RELEASED, warehouse=release.warehouse, hold=None)
            self._record(Tag.ORDER_LIFE_RELEASED, release, who)
        elif order.state in {OrderState.CANCELLED, OrderState.HELD, OrderState.ACCEPTED}:
            self._tell(
                order,
                f"Warehouse {release.warehouse} took order {order.id} while it was being stopped; tell "
                f"it not to ship reference {release.ref}.",
            )

    def _hold(self, order: Order, sentence: str, who: Actor) -> None:
        hold = Hold(
            code="warehouse_refused",
            sentence=f"{sentence} Settle it with the warehouse, then examine the order again.",
        )
        # Under the reference that was given back nothing is sent again: a later try has a new one.
        self.storage.orders.move(order, OrderState.HELD, hold=hold, revision=order.revision + 1)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=who, order=order.ref, code=hold.code)

    def _left_under(self, order: Order, release: Release) -> bool:
        """Tells whether a parcel of this release left."""
        return any(
            package.release == release.ref
            for package in self.storage.packages.of_order(order.ref)
            if package.state is not PackageState.REFUSED
        )

    def _elsewhere(self, order: Order, release: Release) -> bool:
        """Tells whether another release of the order may be under way."""
        return any(
            each.ref != release.ref and each.state in _UNDER_WAY
            for each in self.storage.releases.of_order(order.ref)
        )

    def _tell(self, order: Order, sentence: str) -> None:
        attention = with_earlier(order.attention, [sentence])
        if attention != order.attention:
            self.storage.orders.change(order, attention=attention)

    def _record(self, tag: Tag, release: Release, who: Actor, **fields: str) -> None:
        self.trail.record(
            tag, actor=who, order=release.order, release=release.ref, warehouse=release.warehouse, **fields
        )
