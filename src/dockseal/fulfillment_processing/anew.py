"""What an order needs before it may be released once more."""

from dockseal.domain.identifiers import revision_of
from dockseal.domain.order import Order
from dockseal.storage.store import Storage


def fresh(storage: Storage, order: Order) -> dict[str, int | None]:
    """Returns the changes after which no reference and no sealed address of before is used again.

    Args:
        storage: Knows its releases.
        order: No warehouse has it any more.
    """
    refs = [release.ref for release in storage.releases.of_order(order.ref)]
    used = any(revision_of(ref) == order.revision for ref in refs)
    changes: dict[str, int | None] = {"revision": order.revision + used}
    # What is sealed may be out of date by now: it is retrieved again.
    return changes if not refs or order.sealed_until is None else {**changes, "sealed_until": None}
