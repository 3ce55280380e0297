"""What holds an order at the warehouse's door, and what a person is told who must ask the warehouse."""

from dockseal.domain.order import Hold, Order
from dockseal.domain.release import Release
from dockseal.errors import DoesNotFit, WarehouseRefused


def refused_at_once(order: Order, release: Release, fault: WarehouseRefused) -> Hold:
    """Holds an order that the warehouse refused when it first saw it, or that does not fit its system."""
    if isinstance(fault, DoesNotFit):
        return Hold(
            code="does_not_fit",
            sentence=(
                f"Order {order.id} was not sent to warehouse {release.warehouse}, since {fault}: have it "
                "routed to another warehouse, or ship it from Seller Central."
            ),
        )
    return Hold(
        code="warehouse_refused",
        sentence=f"{_sentence(str(fault))} Settle it with the warehouse, then examine the order again.",
    )


def refused_late(order: Order, release: Release, fault: WarehouseRefused) -> Hold:
    """Holds an order that the warehouse refused after a try of which we never saw the answer."""
    return Hold(
        code="release_uncertain",
        sentence=(
            f"{_sentence(str(fault))} It may have taken order {order.id} in an earlier try whose answer was "
            f"lost: ask it about reference {release.ref} before you examine the order again, or it may ship "
            "twice."
        ),
    )


def refused_before(order: Order, release: Release) -> Hold:
    """Holds an order that changed just while the warehouse refused it."""
    return Hold(
        code="warehouse_refused",
        sentence=(
            f"Warehouse {release.warehouse} refused order {order.id} under reference {release.ref}: settle "
            "it with the warehouse, then examine the order again."
        ),
    )


def other_release(order: Order, release: Release) -> Hold:
    """Holds an order that changed after it went to a warehouse: a second reference could ship it twice."""
    return Hold(
        code="released_before",
        sentence=(
            f"Order {order.id} changed after it was sent to warehouse {release.warehouse} as {release.ref}: "
            "ask the warehouse. If it has the order, let it report its parcels under that reference; if not, "
            "examine the order again."
        ),
    )


def changed_meanwhile(order: Order, release: Release) -> str:
    """Returns what a person is told of an order that changed while a warehouse took it."""
    return (
        f"Order {order.id} changed while warehouse {release.warehouse} took it; tell the warehouse "
        f"what Amazon shows now, under reference {release.ref}."
    )


def sent_before_elsewhere(order: Order, release: Release) -> str:
    """Returns what a person is told of an order sent again, to another address, after an unanswered try.

    A warehouse that took the first try takes the second for a repeat.
    """
    return (
        f"The address of order {order.id} changed between two tries to hand it over ({release.differing}), "
        f"and it is unknown whether warehouse {release.warehouse} took the first: ask it which address "
        f"reference {release.ref} has, and have it ship to the one that Seller Central shows."
    )


def seal_broken(order: Order) -> Hold:
    """Holds an order whose sealed personal data was tampered with."""
    return Hold(
        code="seal_broken",
        sentence=(
            f"The sealed address of order {order.id} was altered and is not used: tell your security "
            "officer, then examine the order again to have the address retrieved anew."
        ),
    )


def unrouted(order: Order) -> Hold:
    """Holds an order that has no warehouse."""
    return Hold(
        code="warehouse_missing",
        sentence=(
            f"Order {order.id} is routed to no warehouse: give seller {order.seller} one, then examine the "
            "order again."
        ),
    )


def _sentence(words: str) -> str:
    text = words[:1].upper() + words[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
