"""Releases orders to their warehouses, each reference at most once.

An intent is written before the warehouse is called, under a reference that is the same each time. Whatever
cuts the work off in between, the next run sends the same reference again and the warehouse sees a repeat.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId, release_ref
from dockseal.domain.lane import Outcome, longer_wait
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.errors import (
    KeyDestroyed,
    MoveRefused,
    NothingSealed,
    PastDeadline,
    SealBroken,
    WarehouseRefused,
    WarehouseUnavailable,
)
from dockseal.fulfillment_processing.known_skus import unknown_at
from dockseal.fulfillment_processing.obstacles import (
    changed_meanwhile,
    other_release,
    refused_at_once,
    refused_before,
    refused_late,
    seal_broken,
    sent_before_elsewhere,
    unrouted,
)
from dockseal.fulfillment_processing.validation import faults, one_hold, to_ship
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage
from dockseal.warehouses.fitting import fit
from dockseal.warehouses.limits import limits_of
from dockseal.warehouses.personal_data import is_pulled
from dockseal.warehouses.port import HandOver, Receipt, WarehouseAdapter

BATCH = 50
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = 3
"""Unavailable answers in a row after which a warehouse is left alone until the next run."""
TELL_AFTER = 3
"""Tries after which a person is told that an order does not get through."""
RACES = 3

_RELEASER = Actor(kind=ActorKind.SERVICE, name="release")


@dataclass(slots=True)
class _Round:
    """What one run knows of the warehouses it talks to."""

    adapters: dict[WarehouseId, tuple[Warehouse, WarehouseAdapter]] = field(default_factory=dict)
    failures: Counter[WarehouseId] = field(default_factory=Counter)
    without_recipient: frozenset[WarehouseId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """The lane that hands releasable orders whose personal data was retrieved to their warehouses.

    Attributes:
        adapters: Gives the adapter of a warehouse.
        without_recipient: Gives the warehouses that need no personal data.
    """

    storage: Storage
    vault: Vault
    grants: Grants
    trail: Trail
    adapters: Callable[[Warehouse], WarehouseAdapter]
    clock: Clock
    without_recipient: Callable[[], frozenset[WarehouseId]] = frozenset

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders ready for a warehouse."""
        return self.storage.orders.sellers_ready(
            self.clock.now(), self.without_recipient(), self.vault.passing.orders()
        )

    def run(self, seller: SellerId) -> Outcome:
        """Releases the due orders of a seller, the earliest ship-by first.

        Raises:
            SettingsFault: a warehouse's adapter cannot be built; none of its orders was touched.
        """
        now = self.clock.now()
        this_round = _Round(without_recipient=self.without_recipient())
        ready = self.storage.orders.ready(
            now=now,
            seller=seller,
            spared=this_round.without_recipient,
            passed=self.vault.passing.orders(seller),
            limit=BATCH + 1,
        )
        done = sum(self._settled(order, this_round) for order in ready[:BATCH])
        given_up = any(count >= GIVE_UP_AFTER for count in this_round.failures.values())
        return Outcome(
            done=done,
            more=len(ready) > BATCH and not given_up,
            again_at=self.storage.orders.next_try(OrderState.RELEASABLE, seller, after=now),
        )

    def _settled(self, order: Order, this_round: _Round) -> bool:
        """Releases an order or holds it, and then drops what was passed on for it; tells whether it did."""
        done = self._release(order, this_round)
        if done:
            self.vault.passing.drop(order.ref)
        return done

    def _release(self, order: Order, this_round: _Round) -> bool:
        known = self.storage.releases.get(release_ref(order.ref, order.revision))
        target = known.warehouse if known else order.warehouse
        if target is not None and this_round.failures[target] >= GIVE_UP_AFTER:
            return False
        if target is not None:
            self._adapter(target, this_round)
        try:
            release = self._intend(order)
        except MoveRefused:
            # Somebody changed the order since it was listed; the next run sees it as it is.
            return False
        if release is None:
            return True
        return self._send(order, release, this_round=this_round, sent_before=known is not None)

    def _send(self, order: Order, release: Release, *, this_round: _Round, sent_before: bool) -> bool:
        warehouse, adapter = self._adapter(release.warehouse, this_round)
        # A warehouse that comes and gets its orders opens the address when it does.
        spared = release.warehouse in this_round.without_recipient or is_pulled(adapter)
        recipient = Recipient({}) if spared else self._open(order)
        if recipient is None:
            return False
        try:
            fitted = fit(recipient, limits_of(adapter))
            receipt = adapter.submit(_hand_over(order, release, warehouse=warehouse, recipient=fitted))
        except WarehouseUnavailable as fault:
            this_round.failures[release.warehouse] += 1
            self._park(order, str(fault))
            return False
        except WarehouseRefused as fault:
            this_round.failures[release.warehouse] = 0
            self._refused(order, release, fault, sent_before=sent_before)
            return True
        this_round.failures[release.warehouse] = 0
        self._taken(order, release, receipt=receipt)
        return True

    def _adapter(self, warehouse: WarehouseId, this_round: _Round) -> tuple[Warehouse, WarehouseAdapter]:
        if warehouse not in this_round.adapters:
            known = self.storage.warehouses.get(warehouse)
            this_round.adapters[warehouse] = (known, self.adapters(known))
        return this_round.adapters[warehouse]

    def _intend(self, order: Order) -> Release | None:
        """Writes the intent, unless it is written; returns None if there is nothing to send.

        Raises:
            MoveRefused: the order is no longer as it was listed.
        """
        ref = release_ref(order.ref, order.revision)
        with self.storage.transaction():
            if self.storage.orders.get(order.ref) != order:
                raise MoveRefused(f"order {order.id} was changed meanwhile")
            known = self.storage.releases.get(ref)
            if known is not None and known.state is ReleaseState.ACCEPTED:
                self._move_released(order, known)
                return None
            hold = self._obstacle(order, known)
            if hold is not None:
                # Under a reference that the warehouse surely never took, a later try needs a new one.
                refused = known is not None and known.state is ReleaseState.REFUSED
                self._hold(order, hold, revision=order.revision + refused)
                return None
            return self._new_intent(order) if known is None else known

    def _new_intent(self, order: Order) -> Release:
        assert order.warehouse is not None  # noqa: S101  _obstacle holds orders without one
        release = Release(
            ref=release_ref(order.ref, order.revision),
            order=order.ref,
            warehouse=order.warehouse,
            state=ReleaseState.INTENDED,
            intended_at=self.clock.now(),
        )
        self.trail.record(
            Tag.ORDER_RELEASE_INTENDED,
            actor=_RELEASER,
            order=order.ref,
            release=release.ref,
            warehouse=release.warehouse,
        )
        return self.storage.releases.intend(release)

    def _obstacle(self, order: Order, known: Release | None) -> Hold | None:
        """Returns why an order must not be sent, although it is releasable."""
        if known is not None:
            return refused_before(order, known) if known.state is ReleaseState.REFUSED else None
        for other in self.storage.releases.of_order(order.ref):
            if other.state is not ReleaseState.REFUSED:
                return other_release(order, other)
        if order.warehouse is None:
            return unrouted(order)
        found = faults(order)
        return one_hold(found) if found else unknown_at(self.storage, order.warehouse, order)

    def _open(self, order: Order) -> Recipient | None:
        grant = self.grants.issue(_RELEASER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            return self.vault.open(order.ref, grant)
        except (NothingSealed, PastDeadline, KeyDestroyed):
            self._change(order, sealed_until=None)
        except SealBroken:
            self._try_hold(order, seal_broken(order), sealed_until=None)
        finally:
            self.grants.end(grant)
        return None

    def _park(self, order: Order, words: str) -> None:
        attention = {"attention": words} if order.tries + 1 >= TELL_AFTER else {}
        next_try = self.clock.now() + longer_wait(order.tries, first=FIRST_WAIT, longest=LONGEST_WAIT)
        self._change(order, next_try=next_try, tries=order.tries + 1, **attention)

    def _refused(self, order: Order, release: Release, fault: WarehouseRefused, *, sent_before: bool) -> None:
        """Holds the order; if an earlier try may have been taken, its release stays open."""
        refused = refused_late if sent_before else refused_at_once
        hold = refused(order, release, fault)
        revision = order.revision if sent_before else order.revision + 1
        with self.storage.transaction():
            if not sent_before:
                self.storage.releases.settle(release, ReleaseState.REFUSED, self.clock.now())
            self.trail.record(
                Tag.ORDER_RELEASE_REFUSED,
                actor=_RELEASER,
                order=order.ref,
                release=release.ref,
                warehouse=release.warehouse,
                code=hold.code,
            )
            self._try_hold(order, hold, revision=revision)

    def _taken(self, order: Order, release: Release, *, receipt: Receipt) -> None:
        """Writes down that the warehouse has the order, whatever became of the order meanwhile."""
        for race in range(1, RACES + 1):
            try:
                with self.storage.transaction():
                    settled = self.storage.releases.settle(
                        release,
                        ReleaseState.ACCEPTED,
                        self.clock.now(),
                        receipt=receipt.reference_at_warehouse,
                    )
                    if is_pulled(self.adapters(self.storage.warehouses.get(release.warehouse))):
                        self.storage.shelf.put(
                            release.warehouse, release.ref, ShelfKind.RELEASED, self.clock.now()
                        )
                    self._note_taken(self.storage.orders.get(order.ref), settled)
            except MoveRefused:
                if race == RACES:
                    raise
            else:
                return

    def _note_taken(self, order: Order, release: Release) -> None:
        if order.state is OrderState.RELEASABLE:
            self._move_released(order, release)
        elif order.state in {OrderState.CANCELLED, OrderState.HELD, OrderState.ACCEPTED}:
            self.storage.orders.change(
                order,
                attention=(
                    f"Warehouse {release.warehouse} took order {order.id} while it was being stopped; tell "
                    f"it not to ship reference {release.ref}."
                ),
            )

    def _move_released(self, order: Order, release: Release) -> None:
        sentences = []
        if release.ref != release_ref(order.ref, order.revision):
            sentences.append(changed_meanwhile(order, release))
        if release.differing:
            sentences.append(sent_before_elsewhere(order, release))
        attention = with_earlier("", sentences)
        self.storage.orders.move(
            order, OrderState.RELEASED, warehouse=release.warehouse, hold=None, attention=attention
        )
        self.trail.record(
            Tag.ORDER_LIFE_RELEASED,
            actor=_RELEASER,
            order=order.ref,
            release=release.ref,
            warehouse=release.warehouse,
        )

    def _hold(self, order: Order, hold: Hold, **changes: datetime | int | None) -> None:
        self.storage.orders.move(order, OrderState.HELD, hold=hold, **changes)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=_RELEASER, order=order.ref, code=hold.code)

    def _try_hold(self, order: Order, hold: Hold, **changes: datetime | int | None) -> None:
        try:
            with self.storage.transaction():
                self._hold(order, hold, **changes)
        except MoveRefused:
            return  # changed meanwhile; the next run meets the same obstacle and holds it then

    def _change(self, order: Order, **changes: datetime | int | str | None) -> None:
        try:
            self.storage.orders.change(order, **changes)
        except MoveRefused:
            return  # changed meanwhile; the next run takes it as it is now


def _hand_over(order: Order, release: Release, *, warehouse: Warehouse, recipient: Recipient) -> HandOver:
    return HandOver(
        reference=release.ref,
        warehouse=warehouse,
        amazon_order_id=order.id,
        marketplace_id=order.amazon.marketplace_id,
        ship_by=order.amazon.ship_by,
        deliver_by=order.amazon.deliver_by,
        programs=order.amazon.programs,
        lines=to_ship(order),
        recipient=recipient,
    )
