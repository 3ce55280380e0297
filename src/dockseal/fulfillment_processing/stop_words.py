"""What a person reads of orders that a warehouse is asked to stop, or ships all the same."""

from dockseal.domain.cancellation import BEING_CANCELLED
from dockseal.domain.order import Hold, Order
from dockseal.domain.release import Release
from dockseal.domain.stop import WHAT_HAPPENS, WHAT_HAPPENS_TO_THE_REST, Stop, StopReason

STOPPED = "stopped"
"""Code of the hold of an order that a person had stopped."""


def ask_yourself(order: Order, stop: Stop) -> str:
    """Returns what a person is told of a warehouse that nothing can ask but a person."""
    return (
        f"Warehouse {stop.warehouse} cannot be asked by itself: ask it not to ship reference {stop.release}, "
        f"and record its answer with `dockseal orders stopped {order.id}`, or with --too-late."
    )


def not_reached(order: Order, stop: Stop, words: str) -> str:
    """Returns what a person is told of a warehouse that could not be asked several times."""
    return (
        f"Warehouse {stop.warehouse} could not be asked to stop order {order.id} ({words.rstrip('.')}): it "
        f"is asked again; if it cannot wait, ask it about reference {stop.release}."
    )


def silent(order: Order, stop: Stop) -> str:
    """Returns what a person is told of a warehouse that did not answer."""
    return (
        f"Warehouse {stop.warehouse} has not said whether it stopped order {order.id}: ask it about "
        f"reference {stop.release}, and record its answer with `dockseal orders stopped {order.id}`, or with "
        "--too-late."
    )


def over_now(order: Order, stop: Stop) -> tuple[str, ...]:
    """Returns the sentences that need nobody any more once a stop is answered."""
    fixed = [StopReason.BUYER, StopReason.CANCELLED]
    told = (WHAT_HAPPENS[each] for each in fixed)
    of_the_rest = (WHAT_HAPPENS_TO_THE_REST[each] for each in fixed)
    return (*told, *of_the_rest, ask_yourself(order, stop), silent(order, stop))


def being_cancelled(order: Order) -> Hold:
    """Holds an order until Amazon shows that it is cancelled."""
    return Hold(
        code=BEING_CANCELLED,
        sentence=(
            f"Order {order.id} is being cancelled at Amazon: nothing is shipped meanwhile; it is over once "
            "Amazon shows it cancelled."
        ),
    )


def stopped_by_a_person(order: Order) -> Hold:
    """Holds an order that a person had stopped until the person says how it goes on."""
    return Hold(
        code=STOPPED,
        sentence=(
            f"Order {order.id} was stopped at the warehouse because a person asked: cancel it with `dockseal "
            f"orders cancel {order.id}`, or examine it again to have it released anew."
        ),
    )


def waits_for_stop(order: Order, release: Release) -> Hold:
    """Holds an order that may lie at a warehouse which is being asked to stop it: it is not sent again."""
    return Hold(
        code="stop_wanted",
        sentence=(
            f"Order {order.id} may be at warehouse {release.warehouse} as {release.ref}, which is asked to "
            "stop it: it goes on once that is certain."
        ),
    )


def shipped_all_the_same(order: Order, release: Release) -> str:
    """Returns what a person is told of a parcel that a warehouse said it had stopped."""
    return (
        f"Warehouse {release.warehouse} shipped reference {release.ref} of order {order.id}, which it said "
        f"it had stopped: see that the order ships only once (`dockseal orders stop {order.id}`), and that "
        "it is not refunded as well."
    )


def answered_twice(order: Order, stop: Stop) -> str:
    """Returns what a person is told of a warehouse that takes back that it stopped an order."""
    return (
        f"Warehouse {stop.warehouse} said that it had stopped reference {stop.release} of order {order.id}, "
        "and now that it was too late: ask it, and see that the order ships only once (`dockseal orders "
        f"stop {order.id}`)."
    )


def shipped_though_held(order: Order, release: Release, hold: Hold) -> str:
    """Returns what a person is told of a parcel of an order that was held here."""
    return (
        f"Warehouse {release.warehouse} shipped order {order.id} although it was held here ({hold.code}); "
        "check with the warehouse that it ships nothing twice."
    )


def shipped_though_given_back(order: Order, release: Release) -> str:
    """Returns what a person is told of a parcel that its warehouse had refused to ship."""
    return (
        f"Warehouse {release.warehouse} shipped a parcel of order {order.id} under reference {release.ref}, "
        "which it had given back; see that it is not shipped a second time."
    )
