"""What waits for each step, and since when: the oldest of it alone, found by an index."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dockseal.domain.cancellation import OPEN, CancellationState
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.label import LabelState
from dockseal.domain.order import OVER, OrderState
from dockseal.domain.shipment import PackageState
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import (
    CancellationRow,
    LabelRow,
    NoticeRow,
    OrderRow,
    PackageRow,
    StopRow,
)
from dockseal.storage.rows import each

_UNTOLD = (PackageState.REPORTED, PackageState.INTENDED)
_BUYING = (LabelState.INTENDED, LabelState.VOID_INTENDED)
_CANCELLING = tuple(state for state in CancellationState if state in OPEN)


@edge
class Waits:
    """Looks over the notices, orders, packages and what else has a next step."""

    def oldest(self, now: datetime, *, spared: Iterable[WarehouseId] = ()) -> Mapping[str, datetime | None]:
        """Returns since when the oldest piece of work waits for each step; None: nothing does.

        What is put off on purpose, such as an unpaid order, waits from the instant it was put off to. What
        was tried and failed waits from its beginning.

        Args:
            now: The present instant.
            spared: Warehouses that need no personal data: their orders wait for none.
        """
        releasable = OrderRow.objects.filter(state=OrderState.RELEASABLE.value)
        ready = Q(sealed_until__isnull=False) | Q(warehouse__in=list(spared))
        packages = PackageRow.objects
        # What Amazon took of an order that is over by now is not read back.
        unverified = packages.filter(state=PackageState.CONFIRMED.value).exclude(order__state__in=each(OVER))
        return {
            "take_in": _since(NoticeRow.objects.filter(open=True), "noticed_at", now),
            "examine": _since(OrderRow.objects.filter(state=OrderState.ACCEPTED.value), "accepted_at", now),
            "retrieve": _since(releasable.exclude(ready), "accepted_at", now),
            "release": _since(releasable.filter(ready), "accepted_at", now),
            "label": _first(LabelRow.objects.filter(state__in=each(_BUYING)), "intended_at"),
            "stop": _since(StopRow.objects.filter(settled=False), "wanted_at", now),
            "cancel": _since(CancellationRow.objects.filter(state__in=each(_CANCELLING)), "wanted_at", now),
            "confirm": _since(packages.filter(state__in=each(_UNTOLD)), "shipped_at", now),
            "verify": _first(unverified, "confirmed_at"),
        }


def _since(rows: QuerySet[Any], begins: str, now: datetime) -> datetime | None:
    begun = _first(rows.filter(Q(next_try__isnull=True) | Q(tries__gt=0)), begins)
    put_off = _first(rows.filter(tries=0, next_try__lte=now), "next_try")
    return min((at for at in (begun, put_off) if at is not None), default=None)


def _first(rows: QuerySet[Any], column: str) -> datetime | None:
    # Ordered, not aggregated: the database stops at the first row of an index that has this instant.
    found: datetime | None = rows.order_by(column).values_list(column, flat=True).first()
    return found
