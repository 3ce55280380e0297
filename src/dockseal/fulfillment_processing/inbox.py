"""Takes in whatever warehouses tell, in one place for every protocol."""

import hashlib
from dataclasses import dataclass, replace
from typing import Protocol

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.shipment import Package, ShipmentReport
from dockseal.domain.unmatched import Unmatched, UnmatchedState
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput, ReferenceUnknown
from dockseal.fulfillment_processing.keepable import keepable, line_of
from dockseal.fulfillment_processing.late_answers import LateAnswers
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.tags import Tag

_LONGEST_REASON = 2000
_LONGEST_NAME = 200


class StopReplies(Protocol):
    """Takes in what became of wishes that a warehouse does not ship an order."""

    def replied(self, warehouse: WarehouseId, reply: StopReply) -> None:
        """Takes one in, inside a transaction; the same one again changes nothing.

        Raises:
            BadInput: nothing of the kind was asked of this warehouse; the sentence says what to do.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Leads each message to what takes it in. The same message twice changes nothing.

    Attributes:
        tracking: Takes shipment reports in.
        stops: Takes in replies to stops; None: they fit nothing.
    """

    tracking: Tracking
    stops: StopReplies | None = None

    def take(
        self,
        warehouse: WarehouseId,
        message: WarehouseMessage,
        *,
        actor: Actor | None = None,
        keep: bool = False,
        delivery: str = "",
    ) -> Package | None:
        """Takes one message in, in a transaction of its own.

        Args:
            warehouse: Who tells.
            message: What it tells.
            actor: Who brings it; the warehouse itself if left out.
            keep: What cannot be used is kept for a person: for ways on which nobody can be answered.
            delivery: In what it came, such as a file, by its name.

        Returns:
            The package that a shipment report made; None for another message, or one that was kept.

        Raises:
            BadInput: it cannot be used; the sentence says what to do.
            MoveRefused: another message of the same order was taken in at the same moment; take it again.
        """
        who = actor or Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        storage = self.tracking.storage
        try:
            with storage.transaction():
                package = self._led(warehouse, message, who)
                if keep:
                    self._settle_kept(warehouse, message, who)
                return package
        except BadInput as fault:
            if not keep:
                raise
            reason, waits = str(fault), isinstance(fault, ReferenceUnknown)
        self._keep(warehouse, message, reason=reason, waits=waits, delivery=delivery, who=who)
        return None

    def unreadable(self, warehouse: WarehouseId, sentence: str, *, delivery: str) -> None:
        """Keeps for a person that a part of a delivery could not be read; the same part once.

        Args:
            warehouse: Whose delivery.
            sentence: Says what could not be read, and repeats nothing of a buyer.
            delivery: The delivery's name.
        """
        who = Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        self._keep(warehouse, None, reason=sentence, waits=False, delivery=delivery, who=who)

    def _led(self, warehouse: WarehouseId, message: WarehouseMessage, who: Actor) -> Package | None:
        tracking = self.tracking
        answers = LateAnswers(storage=tracking.storage, trail=tracking.trail, clock=tracking.clock)
        match message:
            case ShipmentReport():
                # Whoever tells is who it comes from, whatever stands in it.
                return tracking.report(replace(message, warehouse=warehouse), actor=who)
            case Taken():
                answers.taken(warehouse, message, who)
            case LateRefusal():
                answers.refused(warehouse, message, who)
            case StopReply():
                if self.stops is None:
                    raise BadInput(
                        f"warehouse {warehouse} answers a wish to stop an order, and none was told to it; "
                        "ask it what it means"
                    )
                self.stops.replied(warehouse, message)
        return None

    def _keep(
        self,
        warehouse: WarehouseId,
        message: WarehouseMessage | None,
        *,
        reason: str,
        waits: bool,
        delivery: str,
        who: Actor,
    ) -> None:
        storage, name = self.tracking.storage, line_of(delivery, _LONGEST_NAME)
        told = (delivery, reason) if message is None else message
        unmatched = Unmatched(
            warehouse=warehouse,
            received_at=self.tracking.clock.now(),
            message=None if message is None else keepable(message),
            delivery=name,
            reason=line_of(reason, _LONGEST_REASON),
            waits=waits,
        )
        with storage.transaction():
            kept = storage.unmatched.add(unmatched, digest_of(told))
            if kept is not None:
                self.tracking.trail.record(
                    Tag.WAREHOUSE_MESSAGE_KEPT,
                    actor=who,
                    warehouse=warehouse,
                    number=kept.number,
                    kind=kept.kind,
                )

    def _settle_kept(self, warehouse: WarehouseId, message: WarehouseMessage, who: Actor) -> None:
        """Closes what was kept of this message when it came before and did not fit."""
        storage = self.tracking.storage
        kept = storage.unmatched.find(warehouse, digest_of(message))
        if kept is not None and kept.state is UnmatchedState.OPEN:
            self.settle_matched(kept, who)

    def settle_matched(self, kept: Unmatched, who: Actor) -> None:
        """Writes down that something kept was taken in, inside the transaction that did."""
        tracking = self.tracking
        tracking.storage.unmatched.settle(kept, UnmatchedState.MATCHED, str(who), tracking.clock.now())
        tracking.trail.record(
            Tag.WAREHOUSE_MESSAGE_MATCHED, actor=who, warehouse=kept.warehouse, number=kept.number
        )


def digest_of(told: object) -> str:
    """Returns what is the same for the same message, and tells nothing of it."""
    return hashlib.sha256(repr(told).encode()).hexdigest()
