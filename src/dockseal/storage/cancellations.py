"""The cancellations: what Amazon is asked to cancel, written before it is asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from dockseal.domain.cancellation import OPEN, Cancellation, CancellationState, CancelReason
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.after_release import CancellationRow
from dockseal.storage.rows import due_by, each

States = CancellationState | Iterable[CancellationState]
_LOOKED_AT = (CancellationState.WANTED, CancellationState.TAKEN)
"""What is sent is looked at with its feed."""


@edge
class Cancellations:
    """The table of cancellations."""

    def want(self, cancellation: Cancellation) -> Cancellation:
        """Keeps a wish, and gives it its number.

        Raises:
            MoveRefused: the order is being cancelled already.
        """
        if self.open(cancellation.order) is not None:
            raise MoveRefused(f"order {cancellation.order} is being cancelled already; read it again")
        columns = {name: value for name, value in _columns(cancellation).items() if name != "number"}
        row = CancellationRow(**columns)
        row.save(force_insert=True)
        return _cancellation(row)

    def open(self, order: OrderRef) -> Cancellation | None:
        """Returns the cancellation of an order that is under way, if there is one."""
        row = CancellationRow.objects.filter(order=order, state__in=each(OPEN)).order_by("number").first()
        return None if row is None else _cancellation(row)

    def of_order(self, order: OrderRef) -> list[Cancellation]:
        """Returns the cancellations of an order, the oldest first."""
        return [_cancellation(row) for row in CancellationRow.objects.filter(order=order).order_by("number")]

    def of_feed(self, feed: int) -> list[Cancellation]:
        """Returns the cancellations that a feed has, by their number."""
        return [_cancellation(row) for row in CancellationRow.objects.filter(feed=feed).order_by("number")]

    def due(
        self, state: CancellationState, seller: SellerId, *, now: datetime, limit: int
    ) -> list[Cancellation]:
        """Returns cancellations of a seller's orders with a next step now, the oldest first."""
        rows = _in(state, seller).filter(due_by(now)).order_by("number")
        return [_cancellation(row) for row in rows[:limit]]

    def sellers_due(self, now: datetime) -> list[SellerId]:
        """Returns the sellers that have cancellations to send, or to see at Amazon."""
        rows = CancellationRow.objects.filter(due_by(now), state__in=each(_LOOKED_AT)).order_by()
        return [SellerId(name) for name in rows.values_list("order__seller", flat=True).distinct()]

    def next_try(self, seller: SellerId, *, after: datetime) -> datetime | None:
        """Returns the earliest instant after `after` at which a cancellation of the seller is due."""
        rows = _in(_LOOKED_AT, seller).filter(next_try__gt=after)
        least: datetime | None = rows.aggregate(least=Min("next_try"))["least"]
        return least

    def change(self, cancellation: Cancellation, **changes: Any) -> Cancellation:
        """Changes fields of a cancellation.

        Raises:
            MoveRefused: it is in another state than as passed in.
        """
        new = replace(cancellation, **changes)
        rows = CancellationRow.objects.filter(pk=cancellation.number, state=cancellation.state.value)
        if not rows.update(**_columns(new)):
            raise MoveRefused(f"cancellation {cancellation.number} was changed meanwhile; read it again")
        return new


def _in(states: States, seller: SellerId) -> QuerySet[CancellationRow]:
    return CancellationRow.objects.filter(state__in=each(states), order__seller=seller)


def _columns(cancellation: Cancellation) -> dict[str, Any]:
    return {
        "number": cancellation.number,
        "order_id": cancellation.order,
        "reason": cancellation.reason.value,
        "items": list(cancellation.items),
        "state": cancellation.state.value,
        "wanted_at": cancellation.wanted_at,
        "feed_id": cancellation.feed,
        "words": cancellation.words,
        "next_try": cancellation.next_try,
        "tries": cancellation.tries,
    }


def _cancellation(row: CancellationRow) -> Cancellation:
    return Cancellation(
        number=row.number,
        order=OrderRef(row.order_id),
        reason=CancelReason(row.reason),
        items=tuple(row.items),
        state=CancellationState(row.state),
        wanted_at=row.wanted_at,
        feed=row.feed_id,
        words=row.words,
        next_try=row.next_try,
        tries=row.tries,
    )
