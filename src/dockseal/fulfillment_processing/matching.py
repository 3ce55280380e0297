"""Sees to what was kept because it fitted nothing: by a person, or by itself once what it names is here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.shipment import Content, ShipmentReport
from dockseal.domain.unmatched import Unmatched, UnmatchedState
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import BadInput, ReferenceUnknown
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.references import References
from dockseal.monitoring_audit.tags import Tag

_MOST_DIGITS = 6
_MATCHER = Actor(kind=ActorKind.SERVICE, name="collect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Matches what was kept to a release, or dismisses it. What is matched goes the way of every message."""

    inbox: Inbox

    def match(self, number: int, order: str, actor: Actor, *, contents: Sequence[Content] = ()) -> Unmatched:
        """Takes something kept in, for the order that a person names.

        Args:
            number: Which one.
            order: The reference of its release, ours of the order, or Amazon's order id.
            actor: Who says so.
            contents: What lies in the parcel, where the report says it wrongly; empty: as it says.

        Returns:
            It, as it is kept now.

        Raises:
            BadInput: it is seen to already, or does not fit that order either; the sentence says what to do.
            MoveRefused: another message of the same order was taken in at the same moment; try again.
        """
        storage = self.inbox.tracking.storage
        with storage.transaction():
            kept = self._open(number)
            if kept.message is None:
                raise BadInput(
                    f"number {number} could not be read, so it fits no order: have warehouse "
                    f"{kept.warehouse} send it again, and dismiss it"
                )
            release = References(storage=storage).typed(kept.warehouse, order.strip())
            message: WarehouseMessage = replace(kept.message, release=release.ref)
            if isinstance(message, ShipmentReport):
                message = replace(message, order_id="")
                if contents:
                    message = replace(message, contents=tuple(contents), by_sku=())
            elif contents:
                raise BadInput(f"number {number} is no parcel: leave the quantities out")
            self.inbox.take(kept.warehouse, message, actor=actor)
            self.inbox.settle_matched(kept, actor)
            return storage.unmatched.get(number)

    def dismiss(self, number: int, actor: Actor) -> Unmatched:
        """Takes note that nothing is to be done with something kept; told again, it is not kept again.

        Raises:
            BadInput: it is seen to already.
        """
        tracking = self.inbox.tracking
        with tracking.storage.transaction():
            kept = self._open(number)
            tracking.storage.unmatched.settle(
                kept, UnmatchedState.DISMISSED, str(actor), tracking.clock.now()
            )
            tracking.trail.record(
                Tag.WAREHOUSE_MESSAGE_DISMISSED, actor=actor, warehouse=kept.warehouse, number=number
            )
            return tracking.storage.unmatched.get(number)

    def again(self, warehouse: WarehouseId) -> int:
        """Takes in what waited for something that is here by now; returns how much of it fits."""
        return sum(self._fits(kept) for kept in self.inbox.tracking.storage.unmatched.ready(warehouse))

    def _fits(self, kept: Unmatched) -> bool:
        assert kept.message is not None  # noqa: S101 - only messages wait for something
        storage = self.inbox.tracking.storage
        try:
            with storage.transaction():
                self.inbox.take(kept.warehouse, kept.message, actor=_MATCHER)
                self.inbox.settle_matched(kept, _MATCHER)
        except BadInput as fault:
            reason, waits = str(fault), isinstance(fault, ReferenceUnknown)
        else:
            return True
        storage.unmatched.explain(kept, reason, waits=waits)
        return False

    def _open(self, number: int) -> Unmatched:
        kept = self.inbox.tracking.storage.unmatched.get(number)
        if kept.state is not UnmatchedState.OPEN:
            raise BadInput(f"number {number} is {kept.state} already, by {kept.settled_by}")
        return kept


def read_lines(texts: Sequence[str]) -> tuple[Content, ...]:
    """Reads what lies in a parcel.

    Raises:
        BadInput: one of them is not LINE=QUANTITY.
    """
    contents = []
    for text in texts:
        item, _, quantity = text.rpartition("=")
        digits = quantity.isascii() and quantity.isdigit() and len(quantity) <= _MOST_DIGITS
        if not (item and digits):
            raise BadInput(f"{text!r} is not LINE=QUANTITY, such as 00000000000001=2")
        contents.append(Content(order_item_id=item, quantity=int(quantity)))
    return tuple(contents)
