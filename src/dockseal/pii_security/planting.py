"""Plants canary orders among the orders that people and warehouses can open, and retires them in time.

Each is made in the likeness of a real order that is released now: its seller, warehouse, articles, hours, and
the rows of its trail. It is never sent to anybody, and Amazon never hears of it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import (
    AmazonOrderId,
    OrderRef,
    SellerId,
    WarehouseId,
    new_order_ref,
    release_ref,
)
from dockseal.domain.lane import Outcome
from dockseal.domain.order import Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shelf import ShelfKind
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.canaries import Canaries
from dockseal.pii_security.invented import invented
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage

OPENED_AT = frozenset({"by_hand", "rest"})
"""Adapters whose orders are opened one at a time, by a person or by the warehouse: only there a canary sings.

What is pushed is opened by our own release. `shipstation` opens everything that it lists, so that honest
work would open the canaries too.
"""
LEAVES_BEFORE = timedelta(hours=4)
"""So long before its ship-by a canary is retired: nobody shall chase it as late."""
REMEMBERED = timedelta(days=90)
"""So long a canary is left out of what is counted; longer than anything is counted back."""
MOST = 200
_MODELS = 100
"""So many orders, chosen at random, are looked at for one to make canaries like."""
_ONE_IN = 6
"""Each run of the lane plants one of so many that wait: with a run every few minutes, within an hour."""
_PLANTER = Actor(kind=ActorKind.SERVICE, name="order-synchronization")
"""As the trail names who takes orders in: the rows of a canary are those of any order."""
_STEPS = {name: Actor(kind=ActorKind.SERVICE, name=name) for name in ("examination", "retrieval", "release")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    """Keeps canary orders among those that can be opened.

    Attributes:
        percent: So many of a hundred that can be opened shall be canaries, kept up by the lane; 0: none but
            those that somebody plants.
    """

    vault: Vault
    canaries: Canaries
    percent: int = 0

    def run(self, seller: SellerId) -> Outcome:
        """Retires what would soon be late, wants what is missing, and plants some of what is wanted."""
        self.retire(seller)
        missing = self._missing(seller)
        if missing:
            self.want(seller, min(missing, MOST), _PLANTER)
        return Outcome(done=len(self.grow(seller)))

    def want(self, seller: SellerId, number: int, by: Actor) -> None:
        """Writes canary orders into the register; they become orders by and by, within an hour or so.

        At once they would stand in the audit trail right behind the row of the register, and could be told.

        Args:
            seller: Among whose orders.
            number: How many.
            by: Who wants it.

        Raises:
            BadInput: there is nothing to make them like, or too many are wanted.
            MoveRefused: somebody else changed the register at the same moment; want them again.
        """
        if not 1 <= number <= MOST:
            raise BadInput(f"plant 1 to {MOST} canary orders at a time")
        if not self._models(seller):
            raise BadInput(
                f"seller {seller} has no order that a person or a warehouse could open now: canary orders "
                f"are made like those, at {' or '.join(sorted(OPENED_AT))} warehouses, so plant them then"
            )
        self.canaries.add({new_order_ref(): seller for _ in range(number)}, by)

    def grow(self, seller: SellerId, *, at_once: bool = False) -> list[Order]:
        """Makes orders of some of what is wanted, in the likeness of the seller's own.

        Args:
            seller: Whose.
            at_once: All of them, in place of one in `_ONE_IN`.
        """
        waiting = self._waiting(seller)
        chosen = [ref for ref in waiting if at_once or not secrets.randbelow(_ONE_IN)]
        models = self._models(seller) if chosen else []
        if not models:
            return []
        return [self._plant(ref, secrets.choice(models)) for ref in chosen]

    def living(self, seller: SellerId | None = None) -> list[Order]:
        """Returns the canary orders that can be opened."""
        return [
            order
            for order in self._known()
            if order.state is OrderState.RELEASED and seller in {None, order.seller}
        ]

    def retire(self, seller: SellerId, *, every: bool = False) -> int:
        """Takes canary orders away, as orders go that their buyers cancel; returns how many.

        Args:
            seller: Whose.
            every: All of them; else those that would soon be late.
        """
        until = self.vault.clock.now() + LEAVES_BEFORE
        due = [each for each in self.living(seller) if every or _ship_by(each) <= until]
        for order in due:
            self._retire(order)
        long_ago = self.vault.clock.now() - REMEMBERED
        gone = [each.ref for each in self._known() if each.accepted_at < long_ago]
        if gone:
            self.canaries.drop(gone, _PLANTER)
        return len(due)

    def _known(self) -> list[Order]:
        storage = self.vault.storage
        return [order for ref in sorted(self.canaries()) if (order := _found(storage, ref)) is not None]

    def _waiting(self, seller: SellerId) -> list[OrderRef]:
        storage = self.vault.storage
        wanted = [ref for ref, whose in self.canaries.by_order().items() if whose == seller]
        return [ref for ref in wanted if _found(storage, ref) is None]

    def _missing(self, seller: SellerId) -> int:
        living = self.living(seller)
        real = self._real(seller, living) if self.percent else 0
        wanted = ceil(real * self.percent / (100 - self.percent))
        return max(0, wanted - len(living) - len(self._waiting(seller)))

    def _real(self, seller: SellerId, living: Sequence[Order]) -> int:
        """Counts the orders of buyers that can be opened; canaries look like them, and are taken off."""
        until = self._until()
        found = self.vault.storage.openable.count(seller, self._places(), ships_after=until)
        return max(0, found - sum(_ship_by(each) > until for each in living))

    def _models(self, seller: SellerId) -> list[Order]:
        """Returns some of them, that canaries are made like."""
        canaries, openable = self.canaries(), self.vault.storage.openable
        some = openable.some(seller, self._places(), ships_after=self._until(), limit=_MODELS)
        return [each for each in some if each.ref not in canaries]

    def _places(self) -> set[WarehouseId]:
        return {each.id for each in self.vault.storage.warehouses.all() if each.adapter in OPENED_AT}

    def _until(self) -> datetime:
        return self.vault.clock.now() + 2 * LEAVES_BEFORE

    def _plant(self, ref: OrderRef, model: Order) -> Order:
        """Makes one an order at once: no lane sees it in a state in which there is something to do."""
        storage, now = self.vault.storage, self.vault.clock.now()
        (like,) = storage.releases.of_order(model.ref)
        order, ref_there = _likeness(ref, model, now), release_ref(ref, 1)
        release = Release(
            ref=ref_there,
            order=ref,
            warehouse=like.warehouse,
            state=ReleaseState.ACCEPTED,
            intended_at=now,
            settled_at=now,
            receipt=ref_there if like.receipt == like.ref else "",
        )
        recipient = invented(order.amazon, self._fields_of(model))
        with storage.transaction():
            storage.orders.insert(order)
            self._tell_arrival(order, recipient.fields())
            sealed = self.vault.seal(order, recipient)
            storage.releases.intend(release)
            if storage.warehouses.get(like.warehouse).adapter != "by_hand":
                storage.shelf.put(like.warehouse, release.ref, ShelfKind.RELEASED, now)
            planted = storage.orders.move(sealed, OrderState.RELEASED)
            self._tell_release(release)
        return planted

    def _fields_of(self, model: Order) -> frozenset[Field]:
        """Returns which fields the buyer of an order has, as its trail tells; opens nothing."""
        rows = self.vault.storage.audit.search(order=model.ref)
        sealed = next(dict(row.fields) for row in rows if row.tag == Tag.ORDER_DATA_SEALED)
        return frozenset(Field(name) for name in sealed["field_names"].split(","))

    def _tell_arrival(self, order: Order, names: frozenset[str]) -> None:
        record = self.vault.trail.record
        record(Tag.ORDER_LIFE_ACCEPTED, actor=_PLANTER, order=order.ref)
        record(
            Tag.ORDER_LIFE_ROUTED,
            actor=_STEPS["examination"],
            order=order.ref,
            warehouse=order.warehouse or "",
        )
        record(
            Tag.ORDER_DATA_RETRIEVED,
            actor=_STEPS["retrieval"],
            order=order.ref,
            seller=order.seller,
            purpose=Purpose.HAND_OVER,
            source="ahead",
            grant=secrets.token_hex(16),
            fields=len(names),
            field_names=",".join(sorted(names)),
        )

    def _tell_release(self, release: Release) -> None:
        for tag in (Tag.ORDER_RELEASE_INTENDED, Tag.ORDER_LIFE_RELEASED):
            self.vault.trail.record(
                tag,
                actor=_STEPS["release"],
                order=release.order,
                release=release.ref,
                warehouse=release.warehouse,
            )

    def _retire(self, order: Order) -> None:
        storage = self.vault.storage
        with storage.transaction():
            now = storage.orders.get(order.ref)
            if now.state is not OrderState.RELEASED:
                return
            storage.orders.move(now, OrderState.CANCELLED)
            self.vault.trail.record(Tag.ORDER_LIFE_CANCELLED, actor=_PLANTER, order=order.ref)
            storage.shelf.order_over(order.ref, self.vault.clock.now(), cancelled=True)
        self.vault.erase(order.ref)


def refuse_canary(canaries: frozenset[OrderRef], order: Order) -> None:
    """Refuses work on a canary order, so that nothing of it comes to Amazon or to a warehouse.

    Raises:
        BadInput: it is one; the sentence does not say so.
    """
    if order.ref in canaries:
        raise BadInput(f"order {order.id} is being cancelled by its buyer: there is nothing to do with it")


def _likeness(ref: OrderRef, model: Order, now: datetime) -> Order:
    """Returns a canary that is like another order."""
    first, _, _ = model.id.partition("-")
    number = f"{first}-{secrets.randbelow(10**7):07}-{secrets.randbelow(10**7):07}"
    amazon = replace(
        model.amazon,
        amazon_order_id=AmazonOrderId(number),
        lines=tuple(map(_line_like, model.amazon.lines)),
        has_gift_message=False,
        replaces="",
    )
    return Order(
        ref=ref,
        seller=model.seller,
        state=OrderState.RELEASABLE,
        amazon=amazon,
        read_at=now,
        accepted_at=now,
        warehouse=model.warehouse,
    )


def _found(storage: Storage, ref: OrderRef) -> Order | None:
    try:
        return storage.orders.get(ref)
    except BadInput:
        return None


def _line_like(line: OrderLine) -> OrderLine:
    digits = len(line.order_item_id)
    return replace(line, order_item_id="".join(secrets.choice("123456789") for _ in range(digits)))


def _ship_by(order: Order) -> datetime:
    return order.amazon.ship_by or order.accepted_at
