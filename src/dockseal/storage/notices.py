"""The notices: reasons to read orders, kept until the reading."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, When

from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import NoticeRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import due_by, inserted

_SHIP_BY = F("ship_by").asc(nulls_last=True)
_NEWS_FIRST = Case(When(source=NoticeSource.VERIFICATION.value, then=1), default=0)


@edge
class Notices:
    """The table of notices. A closed one stays until it is purged, so that a repeat of it is known."""

    def add(self, notice: Notice) -> bool:
        """Keeps a notice; tells whether it was new to this seller."""
        row = NoticeRow(
            notice_id=notice.id,
            seller=notice.seller,
            amazon_order_id=notice.amazon_order_id,
            source=notice.source.value,
            noticed_at=notice.noticed_at,
            ship_by=notice.ship_by,
            next_try=notice.next_try,
            tries=notice.tries,
        )
        return inserted(row, OPERATIONS)

    def due(self, seller: SellerId, now: datetime, limit: int = 100, *, newest: bool = False) -> list[Notice]:
        """Returns one notice per order to read: its earliest open one, if its next try has come.

        News comes before what is only to be read back; then the earliest ship-by, unknown ones last; then the
        order of noticing, and of one instant by order id, as pages are taken to come.

        Args:
            seller: Whose orders.
            now: Notices that wait for a later try are left out.
            limit: At most so many.
            newest: Those noticed last come first, whatever their ship-by.
        """
        mine = NoticeRow.objects.filter(seller=seller, open=True)
        earlier = NoticeRow.objects.filter(
            Q(noticed_at__lt=OuterRef("noticed_at"))
            | Q(noticed_at=OuterRef("noticed_at"), pk__lt=OuterRef("pk")),
            seller=OuterRef("seller"),
            amazon_order_id=OuterRef("amazon_order_id"),
            open=True,
        )
        rows = mine.filter(due_by(now)).filter(~Exists(earlier))
        turn = ("noticed_at", "amazon_order_id")
        order = [f"-{each}" for each in turn] if newest else [_NEWS_FIRST, _SHIP_BY, *turn]
        return [_notice(row) for row in rows.order_by(*order)[:limit]]

    def sellers_due(self, now: datetime) -> list[SellerId]:
        """Returns the sellers that have an open notice whose next try has come."""
        rows = NoticeRow.objects.filter(due_by(now), open=True).order_by()
        return [SellerId(name) for name in rows.values_list("seller", flat=True).distinct()]

    def postpone(self, notice: Notice, next_try: datetime, tries: int) -> None:
        """Tries a notice again at `next_try`, not before."""
        rows = NoticeRow.objects.filter(seller=notice.seller, notice_id=notice.id)
        rows.update(next_try=next_try, tries=tries)

    def close(
        self, seller: SellerId, amazon_order_id: AmazonOrderId, noticed_until: datetime, *, but: str = ""
    ) -> int:
        """Closes the open notices of an order up to the instant it was read, but one; returns how many."""
        rows = NoticeRow.objects.filter(
            seller=seller, amazon_order_id=amazon_order_id, noticed_at__lte=noticed_until, open=True
        )
        return rows.exclude(notice_id=but).update(open=False)

    def close_listed(self, seller: SellerId, amazon_order_id: AmazonOrderId, listed_until: datetime) -> int:
        """Closes what sweeps noticed of an order up to the instant a page was read; returns how many."""
        return NoticeRow.objects.filter(
            seller=seller,
            amazon_order_id=amazon_order_id,
            source=NoticeSource.SWEEP.value,
            noticed_at__lte=listed_until,
            open=True,
        ).update(open=False)

    def open_count(self, seller: SellerId | None = None) -> int:
        """Returns how many notices are open, of one seller or of all."""
        rows = NoticeRow.objects.filter(open=True)
        return (rows if seller is None else rows.filter(seller=seller)).count()

    def open_counts(self) -> dict[SellerId, int]:
        """Returns how many notices are open of each seller that has any."""
        rows = NoticeRow.objects.filter(open=True).values_list("seller").annotate(Count("pk")).order_by()
        return {SellerId(seller): number for seller, number in rows}

    def oldest(self, seller: SellerId) -> datetime | None:
        """Returns when the oldest open notice of a seller was noticed."""
        rows = NoticeRow.objects.filter(seller=seller, open=True)
        least: datetime | None = rows.aggregate(least=Min("noticed_at"))["least"]
        return least

    def open_among(self, seller: SellerId, order_ids: Iterable[str]) -> frozenset[str]:
        """Returns those of these orders that an open notice tells of."""
        rows = NoticeRow.objects.filter(seller=seller, open=True, amazon_order_id__in=list(order_ids))
        return frozenset(rows.values_list("amazon_order_id", flat=True))

    def of_source(self, seller: SellerId, source: NoticeSource) -> frozenset[str]:
        """Returns the orders of a seller that an open notice from this source tells of."""
        rows = NoticeRow.objects.filter(seller=seller, open=True, source=source.value)
        return frozenset(rows.values_list("amazon_order_id", flat=True))

    def of_order(self, amazon_order_id: str) -> list[Notice]:
        """Returns the open notices of an order at every seller, the oldest first."""
        rows = NoticeRow.objects.filter(amazon_order_id=amazon_order_id, open=True)
        return [_notice(row) for row in rows.order_by("noticed_at", "pk")]

    def next_try(self, seller: SellerId, *, after: datetime | None = None) -> datetime | None:
        """Returns the earliest instant at which an open notice is tried again, later than `after`."""
        rows = NoticeRow.objects.filter(seller=seller, open=True)
        if after is not None:
            rows = rows.filter(next_try__gt=after)
        least: datetime | None = rows.aggregate(least=Min("next_try"))["least"]
        return least

    def purge_closed(self, before: datetime) -> int:
        """Deletes closed notices noticed before this instant; returns how many."""
        return NoticeRow.objects.filter(open=False, noticed_at__lt=before).delete()[0]


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.notice_id,
        seller=SellerId(row.seller),
        amazon_order_id=AmazonOrderId(row.amazon_order_id),
        source=NoticeSource(row.source),
        noticed_at=row.noticed_at,
        ship_by=row.ship_by,
        next_try=row.next_try,
        tries=row.tries,
    )
