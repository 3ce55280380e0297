"""Whether an order still makes its ship-by: on track, at risk, blocked or overdue. Pure.

For an order that nobody touches, time moves it on only: what is overdue stays so, and what is at risk never
gets back on track.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.marketplaces import local_text
from dockseal.domain.shipping import Awaited, Risk, Situation
from dockseal.domain.working_hours import Calendar, next_working_moment
from dockseal.shipment_confirmation.deadlines import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one order stands, and why."""

    risk: Risk
    deadline: Deadline | None
    """None: Amazon names no ship-by."""
    because: str
    """A sentence for a person; empty while it is on track."""


def risk_of(situation: Situation, deadline: Deadline | None, now: datetime) -> Risk:
    """Returns how orders of a situation stand at an instant.

    What is overdue comes before what is blocked: the harm is done, whoever has to act. An order that is
    stopped is blocked however much time is left, since nobody packs it.
    """
    if deadline is not None and now > deadline.ship_by:
        return Risk.OVERDUE
    if situation.stopped:
        return Risk.BLOCKED
    if deadline is not None and now >= deadline.warn_at:
        return Risk.AT_RISK
    return Risk.ON_TRACK


def verdict(order: Awaited, deadline: Deadline | None, calendar: Calendar, now: datetime) -> Verdict:
    """Returns how one order stands at an instant, and why.

    Args:
        order: The order.
        deadline: When it must leave, by its situation and the calendar.
        calendar: When people work in its warehouse.
        now: The instant.
    """
    risk = risk_of(order.situation, deadline, now)
    return Verdict(risk=risk, deadline=deadline, because=_because(order, risk, deadline, calendar, now))


def _because(order: Awaited, risk: Risk, deadline: Deadline | None, calendar: Calendar, now: datetime) -> str:
    if risk is Risk.BLOCKED:
        return order.why_stopped
    if risk is Risk.ON_TRACK or deadline is None:
        return ""

    def at(instant: datetime) -> str:
        return local_text(instant, order.situation.marketplace_id)

    left = order.situation.left
    if risk is Risk.OVERDUE:
        what = "Amazon is not told of its parcels" if left else "not all of it has left"
        return f"Ship-by was {at(deadline.ship_by)}, and {what}. {order.why_stopped}".rstrip()
    if left:
        return f"All its parcels have left; Amazon is to be told by {at(deadline.ship_by)}."
    again = next_working_moment(calendar, now)
    rests = f" Nobody works there until {at(again)}." if again is not None and again > now else ""
    return _short(deadline, at, now) + rests


def _short(deadline: Deadline, at: Callable[[datetime], str], now: datetime) -> str:
    last = deadline.last_moment
    if last is None:
        return f"No parcel leaves its warehouse before ship-by, {at(deadline.ship_by)}: look at its hours."
    if now > last:
        return (
            f"The last parcel before ship-by left at {at(last)}: have it collected or brought to the carrier "
            f"besides, by {at(deadline.ship_by)}."
        )
    if now > deadline.act_by:
        return f"The last parcel before ship-by leaves at {at(last)}: ask the warehouse to pack it first."
    return f"The last parcel before ship-by leaves at {at(last)}: act by {at(deadline.act_by)}."
