"""The orders that people and warehouses can open one at a time, counted by the database however many."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import OrderRow
from dockseal.storage.translate import UNKNOWN_SHIP_BY, order_from


@edge
class OpenableOrders:
    """Released orders at some warehouses, sealed, as one release, with nothing for a person to look at."""

    def count(self, seller: SellerId, places: Iterable[WarehouseId], *, ships_after: datetime) -> int:
        """Returns how many there are.

        Args:
            seller: Whose.
            places: The warehouses they lie at.
            ships_after: Only those that are to be shipped later than this.
        """
        return _openable(seller, places, ships_after).count()

    def some(
        self, seller: SellerId, places: Iterable[WarehouseId], *, ships_after: datetime, limit: int
    ) -> list[Order]:
        """Returns some of them at random; see `count`."""
        rows = _openable(seller, places, ships_after).order_by("?")[:limit]
        return [order_from(row) for row in rows]


def _openable(seller: SellerId, places: Iterable[WarehouseId], ships_after: datetime) -> QuerySet[OrderRow]:
    rows = OrderRow.objects.filter(
        state=OrderState.RELEASED.value,
        seller=seller,
        warehouse__in=list(places),
        sealed_until__isnull=False,
        ship_by__gt=ships_after,
        ship_by__lt=UNKNOWN_SHIP_BY,
        attention="",
    )
    return rows.annotate(handed_over=Count("releases")).filter(handed_over=1)
