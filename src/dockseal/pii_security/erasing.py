"""Deletes the sealed data of one order before its epoch ends."""

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


def erase(storage: Storage, trail: Trail, *, order: OrderRef, actor: Actor, reason: str) -> bool:
    """Deletes the row; tells whether there was one. Copies in backups die with the epoch's key.

    The audit row is committed first: a crash in between leaves a row that the next run erases.

    Args:
        storage: Where the vault is.
        trail: Where it is recorded.
        order: Which order.
        actor: Who does it.
        reason: A code for the audit trail.
    """
    if storage.sealed.get(order) is None:
        return False
    with storage.transaction():
        trail.record(Tag.ORDER_DATA_ERASED, actor=actor, order=order, reason=reason)
    return storage.sealed.delete(order)
