"""Writes down that an order is to be cancelled at Amazon; the shipment confirmation service asks Amazon."""

from datetime import datetime

from dockseal.domain.access import Actor
from dockseal.domain.cancellation import Cancellation, CancelReason
from dockseal.domain.order import Order, OrderState
from dockseal.fulfillment_processing.anew import fresh
from dockseal.fulfillment_processing.stop_words import being_cancelled
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


def intend_cancellation(
    storage: Storage, trail: Trail, order: Order, reason: CancelReason, *, actor: Actor, at: datetime
) -> Order:
    """Holds an order and writes down that Amazon is to cancel it; inside a transaction.

    Where the buyer asked for some of its lines alone, only those are cancelled.

    Args:
        storage: Keeps the wish.
        trail: Is told.
        order: No warehouse has it, or may have it.
        reason: Amazon's word for why.
        actor: Who wants it.
        at: When.

    Raises:
        MoveRefused: the order changed meanwhile, or is being cancelled already.
    """
    left = [line for line in order.amazon.lines if line.ordered > line.shipped]
    if reason is CancelReason.BUYER_CANCELED and any(line.buyer_wants_cancel for line in left):
        left = [line for line in left if line.buyer_wants_cancel]
    items = tuple(line.order_item_id for line in left)
    storage.cancellations.want(Cancellation(order=order.ref, reason=reason, items=items, wanted_at=at))
    trail.record(
        Tag.ORDER_CANCELLATION_INTENDED, actor=actor, order=order.ref, reason=reason, lines=len(items)
    )
    hold, changes = being_cancelled(order), fresh(storage, order)
    if order.state is OrderState.HELD:
        held = storage.orders.change(order, hold=hold, next_try=None, tries=0, **changes)
    else:
        held = storage.orders.move(order, OrderState.HELD, hold=hold, **changes)
    trail.record(Tag.ORDER_LIFE_HELD, actor=actor, order=order.ref, code=hold.code)
    return held
