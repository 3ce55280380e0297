"""What holds an order at the warehouse's door, and what a person is told who must ask the warehouse."""

from collections.abc import Collection, Mapping, Sequence

from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import Hold, Order
from dockseal.domain.release import Release
from dockseal.fulfillment_processing.parts import in_words

REFUSED = "warehouse_refused"
UNCERTAIN = "release_uncertain"
UNFIT = "does_not_fit"


def refused(
    order: Order,
    by: Sequence[Release],
    taken: Sequence[Release],
    words: Mapping[ReleaseRef, str],
    *,
    unfit: Collection[ReleaseRef] = (),
) -> Hold:
    """Holds an order that a warehouse refused, as a whole or in part, and surely does not have.

    Args:
        order: The order.
        by: The releases that were refused.
        taken: Those that warehouses have.
        words: What was said to a refused one; nothing where that was lost.
        unfit: Those of `by` whose recipient does not fit the warehouse's system: they were not sent.
    """
    if by and all(each.ref in unfit for each in by):
        said = [_does_not_fit(order, each, words[each.ref]).sentence for each in by]
        return Hold(code=UNFIT, sentence=" ".join([*said, *_has_already(order, taken)]))
    if not any(words.get(each.ref) for each in by) and not by[0].contents:
        return _refused_before(order, by[0])
    said = [_sentence(words.get(each.ref) or _refusal(order, each)) for each in by]
    advice = "Settle it with the warehouse, then examine the order again."
    if taken:
        advice = (
            "Settle it with the warehouse, then examine the order again: only what no warehouse has is sent."
        )
    return Hold(code=REFUSED, sentence=" ".join([*said, *_has_already(order, taken), advice]))


def _does_not_fit(order: Order, release: Release, words: str) -> Hold:
    return Hold(
        code=UNFIT,
        sentence=(
            f"Order {order.id} was not sent to warehouse {release.warehouse}, since {words}: have it routed "
            "to another warehouse, or ship it from Seller Central."
        ),
    )


def uncertain(
    order: Order, by: Sequence[Release], taken: Sequence[Release], words: Mapping[ReleaseRef, str]
) -> Hold:
    """Holds an order that a warehouse refused after a try of which we never saw the answer.

    Args:
        order: The order.
        by: The releases that were refused so.
        taken: Those that warehouses have.
        words: What was said to each of `by`.
    """
    said = [
        f"{_sentence(words[each.ref])} It may have taken {_what(order, each)} in an earlier try whose answer "
        f"was lost: ask it about reference {each.ref} before you examine the order again, or it may ship "
        "twice."
        for each in by
    ]
    return Hold(code=UNCERTAIN, sentence=" ".join([*said, *_has_already(order, taken)]))


def taken_while_stopped(order: Order, release: Release) -> str:
    """Returns what a person is told of an order that a warehouse took after it was stopped here."""
    return (
        f"Warehouse {release.warehouse} took {_what(order, release)} while it was being stopped; tell "
        f"it not to ship reference {release.ref}."
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
    if release.contents:
        return (
            f"The address of order {order.id} changed between the hand-overs of its parts "
            f"({release.differing}): ask warehouse {release.warehouse} which address reference {release.ref} "
            "has, and have it ship to the one that Seller Central shows."
        )
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


def _refused_before(order: Order, release: Release) -> Hold:
    """Holds an order that changed just while the warehouse refused it."""
    return Hold(
        code=REFUSED,
        sentence=(f"{_refusal(order, release)}: settle it with the warehouse, then examine the order again."),
    )


def _refusal(order: Order, release: Release) -> str:
    return f"Warehouse {release.warehouse} refused {_what(order, release)} under reference {release.ref}"


def _what(order: Order, release: Release) -> str:
    part = f" ({in_words(order, release)})" if release.contents else ""
    return f"{'its part of ' if part else ''}order {order.id}{part}"


def _has_already(order: Order, taken: Sequence[Release]) -> list[str]:
    return [
        f"Warehouse {each.warehouse} has its part already ({in_words(order, each)}), as {each.ref}."
        for each in taken
    ]
