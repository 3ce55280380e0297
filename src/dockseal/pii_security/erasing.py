"""Deletes the sealed data of one order before its epoch ends."""

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import NOTHING_KEPT, Order
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


def erase(
    storage: Storage,
    trail: Trail,
    *,
    order: OrderRef,
    actor: Actor,
    reason: str,
    known: Order | None = None,
) -> bool:
    """Deletes the row; tells whether there was one. Copies in backups die with the epoch's key.

    The audit row is committed first, and with it the order forgets the record, so that none that is put back
    opens: a crash in between leaves a row that the next run erases.

    Args:
        storage: Where the vault is.
        trail: Where it is recorded.
        order: Which order.
        actor: Who does it.
        reason: A code for the audit trail.
        known: The order as it was read; None: it is not kept, or is over and opens nothing.

    Raises:
        MoveRefused: the order was changed since it was read.
    """
    if storage.sealed.get(order) is None:
        return False
    with storage.transaction():
        told = {} if known is None else {"seller": known.seller}
        trail.record(Tag.ORDER_DATA_ERASED, actor=actor, order=order, reason=reason, **told)
        if known is not None:
            storage.orders.change(known, **NOTHING_KEPT)
    return storage.sealed.delete(order)
