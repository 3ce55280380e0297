"""Refuses a sealed record that is not the one its order knows: an earlier one that was put back.

A record is bound to its order and its version, and opens as nothing else; that it is the *last* of its order
only the order can tell, in the other database.
"""

from dockseal.domain.order import Order
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import NothingSealed, SealBroken


def refuse_replayed(record: SealedRecord, order: Order) -> None:
    """Refuses a record that its order does not know, unless it is newer than what the order knows.

    A newer one is what a seal left that was cut off before its order was told: sealed by us, and later than
    all that was told. An order from before versions were kept knows its record's deadline alone.

    Args:
        record: As the vault has it.
        order: As the operations database has it.

    Raises:
        NothingSealed: nothing was sealed of the order, or it was erased.
        SealBroken: an earlier version, another record of the same version, or the same with a later deadline.
    """
    if not (order.sealed_mark if order.sealed_version else order.sealed_until):
        raise NothingSealed(f"no personal data is kept for order {order.ref}")
    if 0 < order.sealed_version < record.version:
        return
    of_the_order = (order.sealed_version, order.sealed_mark)
    another = order.sealed_version > 0 and (record.version, record.mark) != of_the_order
    longer = order.sealed_until is not None and record.deadline > order.sealed_until
    if another or longer:
        raise SealBroken(
            f"the sealed data of order {order.ref} is an earlier copy that was put back: restore the vault "
            "as it was, or have the order retrieved anew"
        )
