"""The stops: each release that a warehouse is not to ship, once."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from dockseal.domain.identifiers import OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.release import Release
from dockseal.domain.stop import Stop, StopReason, StopState
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.after_release import StopRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import due_by, inserted

_WAITS_FOR_OTHERS = StopState.SILENT.value


@edge
class Stops:
    """The table of stops."""

    def want(self, release: Release, reason: StopReason, at: datetime) -> Stop | None:
        """Writes down that a release is to be stopped; returns None if nothing is new.

        A more serious reason takes the place of the one there is. Once it was too late, any reason is looked
        at again: what is to be done about the parcel depends on it.
        """
        stop = Stop(
            release=release.ref,
            order=release.order,
            warehouse=release.warehouse,
            reason=reason,
            state=StopState.WANTED,
            wanted_at=at,
        )
        if inserted(StopRow(**_columns(stop)), OPERATIONS):
            return stop
        known = self.get(release.ref)
        if known is None or known.state is StopState.STOPPED:
            return None
        if known.state is StopState.TOO_LATE:
            return self.change(known, reason=reason, settled=False, next_try=None, tries=0)
        return self.change(known, reason=reason) if reason.weight > known.reason.weight else None

    def get(self, release: ReleaseRef) -> Stop | None:
        """Returns the stop of a release, if there is one."""
        row = StopRow.objects.filter(pk=release).first()
        return None if row is None else _stop(row)

    def is_open(self, release: ReleaseRef) -> bool:
        """Tells whether a release is to be stopped, and nothing followed from that yet."""
        return StopRow.objects.filter(pk=release, settled=False).exists()

    def of_order(self, order: OrderRef) -> list[Stop]:
        """Returns the stops of an order, the oldest first."""
        return [_stop(row) for row in StopRow.objects.filter(order=order).order_by("wanted_at", "release")]

    def due(self, seller: SellerId, *, now: datetime, limit: int) -> list[Stop]:
        """Returns the stops of a seller's orders with a next step now, the earliest ship-by first."""
        rows = _due(now).filter(order__seller=seller).order_by("order__ship_by", "wanted_at", "release")
        return [_stop(row) for row in rows[:limit]]

    def sellers_due(self, now: datetime) -> list[SellerId]:
        """Returns the sellers for which `due` finds something."""
        rows = _due(now).order_by().values_list("order__seller", flat=True).distinct()
        return [SellerId(name) for name in rows]

    def next_try(self, seller: SellerId, *, after: datetime) -> datetime | None:
        """Returns the earliest instant after `after` at which a stop of the seller is due."""
        rows = _open().filter(order__seller=seller, next_try__gt=after)
        least: datetime | None = rows.aggregate(least=Min("next_try"))["least"]
        return least

    def change(self, stop: Stop, **changes: Any) -> Stop:
        """Changes fields of a stop.

        Raises:
            MoveRefused: it is no longer as passed in.
        """
        new = replace(stop, **changes)
        rows = StopRow.objects.filter(**_columns(stop))
        if not rows.update(**_columns(new)):
            raise MoveRefused(f"the stop of release {stop.release} was changed meanwhile; read it again")
        return new


def _open() -> QuerySet[StopRow]:
    return StopRow.objects.filter(settled=False).exclude(state=_WAITS_FOR_OTHERS)


def _due(now: datetime) -> QuerySet[StopRow]:
    return _open().filter(due_by(now))


def _columns(stop: Stop) -> dict[str, Any]:
    return {
        "release": stop.release,
        "order_id": stop.order,
        "warehouse": stop.warehouse,
        "reason": stop.reason.value,
        "state": stop.state.value,
        "wanted_at": stop.wanted_at,
        "asked_at": stop.asked_at,
        "answered_at": stop.answered_at,
        "settled": stop.settled,
        "next_try": stop.next_try,
        "tries": stop.tries,
    }


def _stop(row: StopRow) -> Stop:
    return Stop(
        release=ReleaseRef(row.release),
        order=OrderRef(row.order_id),
        warehouse=WarehouseId(row.warehouse),
        reason=StopReason(row.reason),
        state=StopState(row.state),
        wanted_at=row.wanted_at,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        settled=row.settled,
        next_try=row.next_try,
        tries=row.tries,
    )
