"""Lifts a hold, or takes note that a person saw to a detour."""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef, revision_of
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import OrderState
from dockseal.domain.release import ReleaseState
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

READ_AGAIN = frozenset({"verification_open"})
"""Codes of holds whose cause changes at Amazon without its telling us: the order is read from it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """Lifts holds: the order is examined again, and held again if its cause is still there."""

    storage: Storage
    trail: Trail

    def seen(self, ref: OrderRef, actor: Actor) -> None:
        """Clears the sentence that asked for a person's look.

        Raises:
            BadInput: nothing of the order asks for a look.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            if not order.attention:
                raise BadInput(f"nothing of order {order.id} asks for a look")
            self.storage.orders.change(order, attention="")
            self.trail.record(Tag.ORDER_ATTENTION_SEEN, actor=actor, order=ref)

    def lift(self, ref: OrderRef, actor: Actor) -> None:
        """Sends a held order back to examination.

        If it may still lie at a warehouse under an earlier reference, that one is given up: the person has
        made sure that the warehouse does not have it.

        Raises:
            BadInput: it is not held.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            if order.state is not OrderState.HELD:
                raise BadInput(
                    f"order {order.id} is {order.state}, not held: there is nothing to examine again"
                )
            if self.storage.cancellations.open(ref) is not None:
                raise BadInput(f"order {order.id} is being cancelled at Amazon: wait for Amazon's answer")
            row = self.trail.record(Tag.ORDER_LIFE_UNHELD, actor=actor, order=ref)
            for release in self.storage.releases.of_order(ref):
                if release.state is ReleaseState.INTENDED and revision_of(release.ref) != order.revision:
                    self.storage.releases.settle(release, ReleaseState.REFUSED, row.at)
            self.storage.orders.move(order, OrderState.ACCEPTED, hold=None)
            if order.hold is not None and order.hold.code in READ_AGAIN:
                self.storage.notices.add(
                    Notice(
                        id=f"{ref}/{row.seq}",
                        seller=order.seller,
                        amazon_order_id=order.id,
                        source=NoticeSource.PERSON,
                        noticed_at=row.at,
                    )
                )
