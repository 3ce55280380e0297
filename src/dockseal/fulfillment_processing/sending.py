"""Hands releases over: one by one, or many at once where the adapter takes them so.

What a warehouse may have from an earlier try is asked for first, where it can be asked. Personal data is
opened just before it is handed over, each order's under a grant of its own, and let go of right after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dockseal.domain.access import Purpose
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, Warehouse
from dockseal.errors import (
    BadInput,
    DoesNotFit,
    KeyDestroyed,
    NothingSealed,
    PastDeadline,
    SealBroken,
    WarehouseRefused,
    WarehouseUnavailable,
)
from dockseal.fulfillment_processing.obstacles import seal_broken
from dockseal.fulfillment_processing.packed import hand_over
from dockseal.fulfillment_processing.settling import RELEASER, Settling, Tried
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage
from dockseal.warehouses.calls import Act, Calling, untold
from dockseal.warehouses.port import Asking, Batching, HandOver, Receipt, WarehouseAdapter

Answer = Receipt | WarehouseRefused | WarehouseUnavailable
"""What becomes of one hand-over; None besides: nothing was sent, as no personal data could be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One release on its way."""

    tried: Tried
    release: Release
    warehouse: Warehouse
    adapter: WarehouseAdapter
    sent_before: bool
    """Whether an earlier run may have sent it."""
    spared: bool
    """Whether nothing of the recipient goes along."""
    recipient: Recipient | None = field(default=None, repr=False)
    """The recipient, where it had to be opened before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Hands releases over."""

    storage: Storage
    vault: Vault
    grants: Grants
    settling: Settling
    calling: Calling = untold

    def asked(self, errand: Errand) -> tuple[Errand, Receipt | WarehouseUnavailable | None]:
        """Asks a warehouse for what it may have from an earlier try, if it can be asked.

        Returns:
            What the errand is now, and the answer; None: it has to be sent.
        """
        if not errand.sent_before or not isinstance(errand.adapter, Asking):
            return errand, None
        try:
            with self.calling(errand.warehouse.id, Act.ASK, 1):
                receipt = errand.adapter.ask(errand.release.ref)
        except WarehouseUnavailable as fault:
            return errand, fault
        return (replace(errand, sent_before=False), None) if receipt is None else (errand, receipt)

    def one(self, errand: Errand) -> Answer | None:
        """Hands one release over."""
        try:
            packed = self._hand_over(errand, errand.tried.order)
            if packed is None:
                return None
            with self.calling(errand.warehouse.id, Act.SUBMIT, 1):
                return errand.adapter.submit(packed)
        except (WarehouseRefused, WarehouseUnavailable) as fault:
            return fault

    def many(self, errands: Sequence[Errand]) -> list[tuple[Errand, Answer | None]]:
        """Hands releases of one warehouse over in one call; its answers stand beside them."""
        going: list[tuple[Errand, HandOver]] = []
        left: list[tuple[Errand, Answer | None]] = []
        for errand in errands:
            order = self._as_it_is(errand)
            try:
                packed = None if order is None else self._hand_over(errand, order)
            except DoesNotFit as fault:
                left.append((errand, fault))
                continue
            if packed is None:
                left.append((errand, None))
            else:
                going.append((errand, packed))
        if not going:
            return left
        sent = [errand for errand, _ in going]
        return [*left, *zip(sent, self._submitted([each for _, each in going], sent[0]), strict=True)]

    def open(self, tried: Tried) -> Recipient | None:
        """Opens the recipient of an order under a grant of its own; None if that cannot be."""
        order = tried.order
        grant = self.grants.issue(RELEASER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            return self.vault.open(order.ref, grant)
        except (NothingSealed, PastDeadline, KeyDestroyed):
            self.settling.change(order, sealed_until=None)
        except SealBroken:
            self.settling.try_hold(order, seal_broken(order), sealed_until=None)
        finally:
            self.grants.end(grant)
        return None

    def _as_it_is(self, errand: Errand) -> Order | None:
        """Returns the order of an errand that waited for others, if it may still go."""
        listed = errand.tried.order
        try:
            order = self.storage.orders.get(listed.ref)
        except BadInput:
            order = None
        if order is not None and order.state is OrderState.RELEASABLE and order.revision == listed.revision:
            return order
        if not errand.sent_before:
            self.settling.withdrawn(errand.release)
        return None

    def _hand_over(self, errand: Errand, order: Order) -> HandOver | None:
        """Packs one release, fitted into what the warehouse's system takes.

        Raises:
            DoesNotFit: its recipient cannot be.
        """
        recipient = Recipient({}) if errand.spared else errand.recipient or self.open(errand.tried)
        if recipient is None:
            return None
        return hand_over(
            order,
            errand.release,
            warehouse=errand.warehouse,
            adapter=errand.adapter,
            recipient=recipient,
        )

    def _submitted(self, hand_overs: Sequence[HandOver], first: Errand) -> Sequence[Answer]:
        """Submits hand-overs at once; a warehouse that cannot take them now could take none of them."""
        assert isinstance(first.adapter, Batching)  # noqa: S101  only such errands wait for others
        try:
            with self.calling(first.warehouse.id, Act.SUBMIT, len(hand_overs)):
                answers = first.adapter.submit_all(hand_overs)
        except WarehouseUnavailable as fault:
            return [fault] * len(hand_overs)
        if len(answers) != len(hand_overs):
            wrong = WarehouseUnavailable(
                f"warehouse {first.warehouse.id} answered {len(answers)} of {len(hand_overs)} orders that "
                "were sent at once: have its adapter mended; they are sent again"
            )
            return [wrong] * len(hand_overs)
        return answers
