"""Has orders examined again that waited for a role, once their seller gave its consent anew."""

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import ADDRESS_HOLDS, OrderState
from dockseal.errors import MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_AT_ONCE = 200


def examine_again(storage: Storage, trail: Trail, *, seller: SellerId, actor: Actor) -> int:
    """Sends a seller's orders that were held for want of a role back to examination; returns how many.

    Args:
        storage: Where the orders are.
        trail: Where each is recorded.
        seller: Who authorised the application again.
        actor: On whose behalf.
    """
    done = 0
    while held := storage.orders.held(seller, ADDRESS_HOLDS, limit=_AT_ONCE):
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
        if not moved:
            break
        done += moved
    return done
