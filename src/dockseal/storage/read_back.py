"""What is to be read back: packages that Amazon took, and parcels that are not delivered yet."""

from datetime import datetime

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import OVER, AmazonStatus, Order, OrderState
from dockseal.domain.shipment import PackageState
from dockseal.storage.edge import edge
from dockseal.storage.operations.after_release import FeedRow
from dockseal.storage.operations.models import OrderRow
from dockseal.storage.operations.parcels import PackageRow
from dockseal.storage.rows import due_by, each
from dockseal.storage.translate import order_from

_PARCELS = 4
"""Counted on for an order, so that a batch holds as many orders as it may."""


@edge
class ReadBack:
    """Queries over orders and packages, for those that verify."""

    def due(
        self, seller: SellerId, *, now: datetime, unread_until: datetime | None = None, limit: int
    ) -> list[Order]:
        """Returns orders with packages to verify, the earliest ship-by first.

        Packages whose next try has come, or whose order was read for the first time since Amazon took them;
        and confirmed orders all of whose packages are verified.

        Args:
            seller: Whose orders.
            now: The present instant.
            unread_until: Also those whose orders were not read since, and that wait until then at most.
            limit: At most so many.
        """
        wanted = _due_package(now)
        if unread_until is not None:
            wanted |= Q(tries=0, order__read_at__lt=F("confirmed_at"), next_try__lte=unread_until)
        packages = _waiting().filter(wanted, order__seller=seller)
        packed = packages.order_by("order__ship_by", "order_id").values_list("order_id", flat=True)
        bare = _bare().filter(seller=seller).order_by("ship_by").values_list("ref", flat=True)
        # From the packages on, which are few, and not from all the orders a seller ever had.
        found = [*dict.fromkeys(packed[: _PARCELS * limit]), *bare[:limit]][:limit]
        rows = OrderRow.objects.filter(pk__in=found)
        return [order_from(row) for row in rows.order_by("ship_by", "accepted_at", "ref")]

    def to_follow(self, seller: SellerId, *, now: datetime, limit: int) -> list[Order]:
        """Returns verified orders whose parcels are to be looked after now, the longest due first."""
        rows = _followed().filter(seller=seller, next_try__lte=now).order_by("next_try", "ref")
        return [order_from(row) for row in rows[:limit]]

    def partly_shipped(self, seller: SellerId, *, limit: int) -> list[Order]:
        """Returns orders that left in part, and of which Amazon waits for nothing more, the newest first."""
        rows = OrderRow.objects.filter(seller=seller, state=OrderState.PARTLY_SHIPPED.value)
        shipped = rows.filter(amazon__status=AmazonStatus.SHIPPED.value)
        return [order_from(row) for row in shipped.order_by("-accepted_at", "ref")[:limit]]

    def sellers_due(self, now: datetime) -> list[SellerId]:
        """Returns the sellers for which `due` or `to_follow` finds something."""
        packed = _waiting().filter(_due_package(now)).order_by().values_list("order__seller", flat=True)
        bare = _bare().order_by().values_list("seller", flat=True)
        followed = _followed().filter(next_try__lte=now).order_by().values_list("seller", flat=True)
        names = {*packed.distinct(), *bare.distinct(), *followed.distinct()}
        return [SellerId(name) for name in sorted(names)]

    def next_try(self, seller: SellerId, *, after: datetime) -> datetime | None:
        """Returns the earliest instant later than `after` at which something is to be looked at."""
        packages = _waiting().filter(order__seller=seller, next_try__gt=after)
        orders = _followed().filter(seller=seller, next_try__gt=after)
        found: list[datetime | None] = [
            rows.aggregate(least=Min("next_try"))["least"] for rows in (packages, orders)
        ]
        return min((instant for instant in found if instant is not None), default=None)

    def unread(self, seller: SellerId) -> int:
        """Returns how many packages Amazon took whose orders were not read since."""
        return _waiting().filter(order__seller=seller, order__read_at__lt=F("confirmed_at")).count()

    def sent_at(self, feed: int) -> datetime | None:
        """Returns when a feed was intended, by our number of it."""
        intended: datetime | None = (
            FeedRow.objects.filter(number=feed).values_list("intended_at", flat=True).first()
        )
        return intended


def _due_package(now: datetime) -> Q:
    return due_by(now) | Q(tries=0, order__read_at__gte=F("confirmed_at"))


def _waiting() -> QuerySet[PackageRow]:
    rows = PackageRow.objects.filter(state=PackageState.CONFIRMED.value)
    return rows.exclude(order__state__in=each((OrderState.VERIFIED, *OVER)))


def _bare() -> QuerySet[OrderRow]:
    """Returns confirmed orders that no package keeps from being verified."""
    others = PackageRow.objects.filter(order=OuterRef("pk"))
    unverified = others.exclude(state__in=each((PackageState.VERIFIED, PackageState.REFUSED)))
    return OrderRow.objects.filter(~Exists(unverified), state=OrderState.CONFIRMED.value)


def _followed() -> QuerySet[OrderRow]:
    return OrderRow.objects.filter(state=OrderState.VERIFIED.value, next_try__isnull=False)
