"""Labels bought from Amazon, so that a warehouse can ship an order whose address it never gets.

What is printed on a label is personal data. It is never kept: each time it is printed Amazon shows it anew,
under a grant, and it passes through memory alone. A purchase has no idempotency key: its intent is written
first, no second one of the order begins before it is settled, and a lost answer is settled by looking at the
order, where Amazon shows the parcel of a label that it sold.
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from dockseal.amazon.merchant_fulfillment import Bought, buying, showing, voiding
from dockseal.amazon.orders import OrdersReader
from dockseal.amazon.tokens import Rdt, Resource
from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.label import PRINTED_FOR, Label, LabelAsk, LabelFile, LabelState, Rate
from dockseal.domain.order import AmazonOrder, Order
from dockseal.domain.release import Release
from dockseal.domain.secret import Secret
from dockseal.errors import (
    AmazonError,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    BadInput,
    OutcomeUnknown,
    PastDeadline,
)
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage

LABELLER = Actor(kind=ActorKind.SERVICE, name="labels")
SHOWN_AFTER = timedelta(minutes=2)
"""Amazon shows a parcel it has just sold a label for after so long at the latest (its own reads lag)."""
GIVEN_UP_AFTER = timedelta(minutes=30)
"""A purchase of which nothing is shown after so long was none."""
_BATCH = 20
_NOT_SENT = (AmazonThrottled, AmazonUnavailable)
_PURPOSES = {ActorKind.PERSON: Purpose.SHIPPING_LABEL, ActorKind.WAREHOUSE: Purpose.HAND_OVER}


class LabelSource(Protocol):
    """What of Amazon's Merchant Fulfillment is needed here."""

    def rates(self, seller: SellerId, ask: LabelAsk) -> tuple[Rate, ...]:
        """Returns the services that would carry a parcel (getEligibleShipmentServices)."""

    def buy(self, seller: SellerId, ask: LabelAsk, rate: Rate, rdt: Secret) -> Bought:
        """Buys a label (createShipment)."""

    def show(self, seller: SellerId, order_id: AmazonOrderId, shipment_id: str, rdt: Secret) -> LabelFile:
        """Returns what is printed on a label (getShipment)."""

    def is_voided(self, seller: SellerId, order_id: AmazonOrderId, shipment_id: str, rdt: Secret) -> bool:
        """Tells whether the money of a label was asked back before (getShipment)."""

    def void(self, seller: SellerId, shipment_id: str, rdt: Secret) -> None:
        """Asks for the money of a label back (cancelShipment)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Buys, prints and voids labels.

    Attributes:
        issue: Asks for a restricted data token (createRestrictedDataToken).
        orders: Gives the reader of a seller's orders, to settle lost answers.
    """

    storage: Storage
    vault: Vault
    trail: Trail
    source: LabelSource
    issue: Callable[[SellerId, Sequence[Resource]], Rdt]
    orders: Callable[[SellerId], OrdersReader]
    clock: Clock

    def rates(self, order: Order, ask: LabelAsk) -> tuple[Rate, ...]:
        """Returns the services that would carry a parcel of an order, the cheapest first; shows nobody."""
        return self.source.rates(order.seller, ask)

    def buy(
        self, order: Order, release: Release, ask: LabelAsk, rate: Rate, *, parcel_id: str, actor: Actor
    ) -> Label:
        """Buys one label for a parcel of a release.

        Raises:
            MoveRefused: another label of this order is not settled yet.
            OutcomeUnknown: Amazon's answer was lost; the lane finds out whether it was bought.
            AmazonError: it was not bought.
        """
        rdt = self.issue(order.seller, [buying()])
        label = self._intend(release, ask, rate, parcel_id=parcel_id, actor=actor)
        try:
            bought = self.source.buy(order.seller, ask, rate, rdt.token)
        except (OutcomeUnknown, AnswerUnreadable):
            raise OutcomeUnknown(
                f"Amazon's answer to a label for order {order.id} was lost: whether it was bought is looked "
                "up within half an hour; buy no other one before that"
            ) from None
        except AmazonError as fault:
            self._not_bought(label, _code(fault))
            raise
        return self._settle(
            label,
            LabelState.BOUGHT,
            Tag.ORDER_LABEL_BOUGHT,
            shipment_id=bought.shipment_id,
            tracking_number=bought.tracking_number,
        )

    def show(self, label: Label, actor: Actor) -> LabelFile:
        """Returns what is printed on a label, for one print. It is recorded before Amazon is asked.

        Raises:
            BadInput: there is nothing to print.
            VaultError: the actor may not see it now; the sentence says why.
        """
        if label.state is not LabelState.BOUGHT:
            raise BadInput(_not_to_print(label))
        if self.clock.now() >= label.intended_at + PRINTED_FOR:
            raise PastDeadline(f"label {label.id} could be printed for {PRINTED_FOR.days} days")
        order = self.storage.orders.get(label.order)
        purpose = _PURPOSES.get(actor.kind, Purpose.SHIPPING_LABEL)
        rdt = self.issue(order.seller, [showing(label.shipment_id)])
        grant = self.vault.grants.issue(actor, purpose, seller=order.seller, order=order.ref)
        try:
            self.vault.admit(order.ref, grant)
            return self.source.show(order.seller, order.id, label.shipment_id, rdt.token)
        finally:
            self.vault.grants.end(grant)

    def void(self, label: Label, actor: Actor) -> Label:
        """Gives a label back to Amazon. Safe to ask again after a lost answer.

        Raises:
            BadInput: it is not one that can be given back here.
            MoveRefused: another label of this order is not settled yet.
            AmazonError: Amazon does not take it back, or did not answer.
        """
        if label.state not in {LabelState.BOUGHT, LabelState.VOID_INTENDED}:
            raise BadInput(_not_to_print(label))
        order = self.storage.orders.get(label.order)
        rdt = self.issue(order.seller, [voiding(label.shipment_id), showing(label.shipment_id)]).token
        asked_before = label.state is LabelState.VOID_INTENDED
        if not asked_before:
            label = self._settle(label, LabelState.VOID_INTENDED, Tag.ORDER_LABEL_VOID_INTENDED, actor)
        try:
            if not (asked_before and self.source.is_voided(order.seller, order.id, label.shipment_id, rdt)):
                self.source.void(order.seller, label.shipment_id, rdt)
        except AmazonRefused:
            self._settle(label, LabelState.BOUGHT, Tag.ORDER_LABEL_VOID_REFUSED)
            raise
        return self._settle(label, LabelState.VOIDED, Tag.ORDER_LABEL_VOIDED)

    def void_again(self) -> list[Label]:
        """Asks again for what was to be voided when an answer was lost; returns what was voided.

        Raises:
            AmazonUnavailable: Amazon is down; they wait.
            AmazonThrottled: the quota is spent; they wait.
        """
        before = self.clock.now() - SHOWN_AFTER
        lost = self.storage.labels.in_states([LabelState.VOID_INTENDED], before=before, limit=_BATCH)
        voided = []
        for label in lost:
            with contextlib.suppress(AmazonRefused):  # it stays bought, and its parcel reported
                voided.append(self.void(label, LABELLER))
        return voided

    def look_up(self) -> list[Label]:
        """Settles purchases whose answer was lost, by looking at their orders; returns those it settled.

        Raises:
            AmazonUnavailable: Amazon is down; they wait.
            AmazonThrottled: the quota is spent; they wait.
        """
        now = self.clock.now()
        lost = self.storage.labels.in_states([LabelState.INTENDED], before=now - SHOWN_AFTER, limit=_BATCH)
        return [settled for label in lost if (settled := self._looked_up(label)) is not None]

    def _looked_up(self, label: Label) -> Label | None:
        order = self.storage.orders.get(label.order)
        reading = self.orders(order.seller).get(order.id)
        known = {each.tracking_number for each in self.storage.packages.of_order(order.ref)}
        tracking = _unexplained(label, reading, known)
        if tracking:
            return self._settle(
                label, LabelState.FOUND, Tag.ORDER_LABEL_BOUGHT, tracking_number=tracking, found=True
            )
        if self.clock.now() - label.intended_at < GIVEN_UP_AFTER:
            return None
        if reading.packages is None and not _counts_agree(order, reading):
            # Orders v0 shows no parcels, and more is shipped than is known here: a person must look.
            return self._settle(label, LabelState.FOUND, Tag.ORDER_LABEL_BOUGHT, found=True)
        return self._not_bought(label, "not_shown")

    def _intend(self, release: Release, ask: LabelAsk, rate: Rate, *, parcel_id: str, actor: Actor) -> Label:
        label = Label(
            id=secrets.token_hex(8),
            order=release.order,
            release=release.ref,
            warehouse=release.warehouse,
            state=LabelState.INTENDED,
            carrier=rate.carrier,
            service=rate.service,
            service_id=rate.service_id,
            offer_id=rate.offer_id,
            amount=rate.amount,
            currency=rate.currency,
            contents=ask.contents,
            parcel_id=parcel_id,
            intended_at=self.clock.now(),
        )
        with self.storage.transaction():
            kept = self.storage.labels.intend(label)
            self._record(Tag.ORDER_LABEL_INTENDED, kept, actor)
        return kept

    def _not_bought(self, label: Label, code: str) -> Label:
        with self.storage.transaction():
            changed = self.storage.labels.change(
                label, state=LabelState.NOT_BOUGHT, settled_at=self.clock.now()
            )
            self._record(Tag.ORDER_LABEL_NOT_BOUGHT, changed, LABELLER, code=code)
        return changed

    def _settle(
        self,
        label: Label,
        state: LabelState,
        tag: Tag,
        actor: Actor = LABELLER,
        *,
        found: bool = False,
        **more: str,
    ) -> Label:
        told = {"found": True} if found else {}
        with self.storage.transaction():
            changed = self.storage.labels.change(label, state=state, settled_at=self.clock.now(), **more)
            self._record(tag, changed, actor, **told)
        return changed

    def _record(self, tag: Tag, label: Label, actor: Actor, **told: str | bool) -> None:
        self.trail.record(
            tag,
            actor=actor,
            order=label.order,
            label=label.id,
            release=label.release,
            warehouse=label.warehouse,
            **told,
        )


def _unexplained(label: Label, reading: AmazonOrder, known: set[str]) -> str:
    """Returns the tracking number of a parcel like this one that nobody reported here; empty for none."""
    contents = tuple(sorted((each.order_item_id, each.quantity) for each in label.contents))
    return next(
        (
            each.tracking_number
            for each in reading.packages or ()
            if each.tracking_number and each.tracking_number not in known and each.contents in {(), contents}
        ),
        "",
    )


def _counts_agree(order: Order, reading: AmazonOrder) -> bool:
    before = {line.order_item_id: line.shipped for line in order.amazon.lines}
    return all(line.shipped <= before.get(line.order_item_id, 0) for line in reading.lines)


def _code(fault: AmazonError) -> str:
    return "not_sent" if isinstance(fault, _NOT_SENT) else "refused"


def _not_to_print(label: Label) -> str:
    if label.state is LabelState.FOUND:
        return (
            f"label {label.id} was bought, but Amazon's answer was lost: print or void it in Seller Central"
        )
    if label.state in {LabelState.INTENDED, LabelState.VOID_INTENDED}:
        return f"label {label.id} is not settled yet: look at it again in a few minutes"
    return f"label {label.id} is {label.state.value}: buy another one"
