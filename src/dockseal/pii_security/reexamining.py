"""Has orders examined again that waited for a role, once there is reason to think that the role is there.

The reasons: their seller gave its consent anew; Amazon showed the address of another order of the seller.
Amazon may give a role without a new consent, and may take a while to act on one. So once an hour, unless a
newer order tried the same, one of the waiting orders is examined again by itself: one call. If its address
is shown, the others follow. An order that is held again waits an hour, whatever others show: where Amazon
hides the address of this one for good, no more than a call an hour is spent on it.
"""

from collections.abc import Container, Iterable
from datetime import datetime, timedelta

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import ADDRESS_HOLDS, Hold, Order, OrderState
from dockseal.errors import MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

TRIED_EVERY = timedelta(hours=1)
_AT_ONCE = 200


def tried_again_at(hold: Hold, now: datetime) -> datetime | None:
    """Returns until when an order waits at least that is held now; None if it waits for a person."""
    return now + TRIED_EVERY if hold.code in ADDRESS_HOLDS else None


def examine_again(
    storage: Storage, trail: Trail, *, seller: SellerId, actor: Actor, now: datetime | None = None
) -> int:
    """Sends a seller's orders that were held for want of a role back to examination; returns how many.

    Args:
        storage: Where the orders are.
        trail: Where each is recorded.
        seller: Whose orders.
        actor: On whose behalf.
        now: Only those that have waited their hour; None: all of them.
    """
    done = 0
    while held := storage.orders.held(seller, ADDRESS_HOLDS, limit=_AT_ONCE, now=now):
        moved = _examined(storage, trail, held, actor)
        if not moved:
            break
        done += moved
    return done


def look_again(
    storage: Storage,
    trail: Trail,
    *,
    seller: SellerId,
    actor: Actor,
    now: datetime,
    tried: Iterable[Order],
    passed: Container[OrderRef] = (),
) -> int:
    """Finds out whether the role is there by now; returns how many orders are examined again.

    Args:
        storage: Where the orders are.
        trail: Where each is recorded.
        seller: Whose orders.
        actor: On whose behalf.
        now: The present instant.
        tried: Orders whose addresses Amazon was just asked for.
        passed: Orders whose personal data is on its way to a warehouse, and was shown.
    """
    waiting = storage.orders.held(seller, ADDRESS_HOLDS, limit=1, now=now)
    if not waiting:
        return 0
    asked = storage.orders.among(seller, [order.id for order in tried])
    if any(_shown(order, passed) for order in asked.values()):
        return examine_again(storage, trail, seller=seller, actor=actor, now=now)
    last = storage.orders.held_until(seller, ADDRESS_HOLDS)
    return _examined(storage, trail, waiting, actor) if last is None or last <= now else 0


def _shown(order: Order, passed: Container[OrderRef]) -> bool:
    # What is passed on may have reached its warehouse by now.
    return order.sealed_until is not None or order.ref in passed or order.state is OrderState.RELEASED


def _examined(storage: Storage, trail: Trail, held: Iterable[Order], actor: Actor) -> int:
    moved = 0
    with storage.transaction():
        for order in held:
            try:
                storage.orders.move(order, OrderState.ACCEPTED, hold=None)
            except MoveRefused:
                continue  # changed meanwhile: it is examined as it is
            code = order.hold.code if order.hold else ""
            trail.record(Tag.ORDER_LIFE_UNHELD, actor=actor, order=order.ref, code=code)
            moved += 1
    return moved
