"""What becomes of an order once its warehouses answered whether they stopped it. Pure: no table is read here.

answer      buyer's wish            cancelled by Amazon   address, items changed   a person asked
──────────  ──────────────────────  ────────────────────  ───────────────────────  ──────────────────────
stopped     cancelled at Amazon;    done                  released anew            held, for the person
            withdrawn: anew
too late    ships; person is told   parcel to be brought  ships; person is told    ships; person is told
                                    back by a person
silent      a person asks about the reference; a parcel that arrives meanwhile counts as too late
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from dockseal.domain.cancellation import wishes_cancel
from dockseal.domain.order import OVER, Order, OrderState
from dockseal.domain.stop import ANSWERED, Stop, StopReason, StopState

_GONE = frozenset({OrderState.SHIPPED, OrderState.CONFIRMED, OrderState.VERIFIED})


class Ending(Enum):
    """How an order goes on."""

    WAIT = "wait"
    """A warehouse has not answered."""
    DONE = "done"
    """There is nothing left to do."""
    CANCEL = "cancel"
    """It is cancelled at Amazon."""
    ANEW = "anew"
    """It is examined and released again, under a new reference."""
    HOLD = "hold"
    """A person decides."""
    SHIPS = "ships"
    """It ships as it is, or has; a person is told what that means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an order goes on, and what a person is told of it."""

    what: Ending
    sentence: str = ""


def end_of(order: Order, stops: Sequence[Stop]) -> End:
    """Decides how an order goes on.

    Args:
        order: As Amazon shows it now: a wish may have been withdrawn since.
        stops: Its stops that it has not gone on from yet, at least one.
    """
    if any(stop.state not in ANSWERED for stop in stops):
        return End(what=Ending.WAIT)
    late = [stop for stop in stops if stop.state is StopState.TOO_LATE]
    if late:
        return _too_late(order, late, [stop for stop in stops if stop.state is StopState.STOPPED])
    if order.state in OVER | _GONE:
        return End(what=Ending.DONE)
    if order.state is OrderState.PARTLY_SHIPPED:
        return End(what=Ending.SHIPS, sentence=_rest_stopped(order, stops))
    return End(what=Ending.CANCEL if wishes_cancel(order.amazon) else _back_here(stops))


def _back_here(stops: Sequence[Stop]) -> Ending:
    by_a_person = any(stop.reason is StopReason.PERSON for stop in stops)
    return Ending.HOLD if by_a_person else Ending.ANEW


def _too_late(order: Order, late: Sequence[Stop], stopped: Sequence[Stop]) -> End:
    reason = max((stop.reason for stop in late), key=lambda each: each.weight)
    if order.state in OVER:
        reason = StopReason.CANCELLED
    if reason is StopReason.BUYER and not wishes_cancel(order.amazon) and not stopped:
        return End(what=Ending.DONE)  # it ships, as the buyer wishes again
    sentence = f"{_who(late)} could not stop order {order.id} any more: {_NEXT[reason]}"
    if stopped:
        sentence += f" {_who(stopped)} did stop its part, which ships no more: settle that part there."
    return End(what=Ending.SHIPS, sentence=sentence)


_NEXT = {
    StopReason.CANCELLED: (
        "Amazon has cancelled it, so have the carrier bring the parcel back, or settle it with the buyer in "
        "Seller Central."
    ),
    StopReason.BUYER: (
        "it ships as it is; tell the buyer in Seller Central that the order can be returned once it arrived."
    ),
    StopReason.ADDRESS: (
        "it ships to the address before; have the carrier redirect the parcel to the one that Seller Central "
        "shows, or tell the buyer."
    ),
    StopReason.ITEMS: (
        "it ships as it was released; compare it with Seller Central, and refund or send there what differs."
    ),
    StopReason.PERSON: "it ships as it is.",
}


def _rest_stopped(order: Order, stops: Sequence[Stop]) -> str:
    return (
        f"{_who(stops)} stopped the rest of order {order.id}, of which a part has left: cancel or ship the "
        "rest in Seller Central."
    )


def _who(stops: Sequence[Stop]) -> str:
    names = [f"{stop.warehouse} ({stop.release})" for stop in stops]
    return f"Warehouse {names[0]}" if len(names) == 1 else f"Warehouses {', '.join(names)}"
