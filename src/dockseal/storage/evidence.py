"""What the tables show of compliance: counts and ages over all rows, without looking into any."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q

from dockseal.domain.order import OrderState
from dockseal.storage.edge import edge
from dockseal.storage.operations.access import OpenCountRow
from dockseal.storage.operations.models import AuditLogRow, OrderRow, ReleaseRow
from dockseal.storage.router import OPERATIONS, VAULT
from dockseal.storage.vault.models import SealedRow

_BATCH = 1000
_TRIGGERS = {"sqlite": 4, "postgresql": 2}
"""As many keep the audit rows and their head from being changed; see the migration `audit_only_grows`."""
_GUARDS = {
    "sqlite": (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'operations_audit_%%' "
        "AND sql LIKE '%%RAISE(ABORT%%'"
    ),
    "postgresql": (
        "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'operations_audit_%%' AND tgenabled = 'A' "
        "AND NOT tgisinternal"
    ),
}


@edge
class EvidenceTables:
    """Questions over whole tables."""

    def past_deadline(self, now: datetime) -> int:
        """Returns how many sealed records are there past their deadline."""
        return SealedRow.objects.filter(deadline__lt=now).count()

    def sealed_for_longer(self, than: timedelta) -> int:
        """Returns how many records have a deadline that lies further from their sealing."""
        life = ExpressionWrapper(F("deadline") - F("sealed_at"), output_field=DurationField())
        return SealedRow.objects.annotate(life=life).filter(life__gt=than).count()

    def oldest_sealed_at(self) -> datetime | None:
        """Returns when the oldest record was sealed."""
        least: datetime | None = SealedRow.objects.aggregate(least=Min("sealed_at"))["least"]
        return least

    def oldest_order_at(self) -> datetime | None:
        """Returns when the oldest order was taken in."""
        least: datetime | None = OrderRow.objects.aggregate(least=Min("accepted_at"))["least"]
        return least

    def any_order_before(self, instant: datetime) -> bool:
        """Tells whether an order was taken in before an instant; an index answers."""
        return any(
            OrderRow.objects.filter(state=state, accepted_at__lt=instant).exists() for state in OrderState
        )

    def orders_before(self, instant: datetime) -> int:
        """Returns how many orders were taken in before an instant."""
        return OrderRow.objects.filter(accepted_at__lt=instant).count()

    def without_seller(self, sellers: Iterable[str]) -> int:
        """Returns how many orders and sealed records belong to none of these sellers."""
        known = list(sellers)
        orders = OrderRow.objects.exclude(seller__in=known).count()
        return orders + SealedRow.objects.exclude(seller__in=known).count()

    def of_another_seller(self) -> int:
        """Returns how many sealed records name another seller than their order does."""
        return sum(_of_another(batch) for batch in _sealed_sellers())

    def released_elsewhere(self, warehouses: Iterable[str]) -> int:
        """Returns how many hand-overs were made to none of these warehouses."""
        return ReleaseRow.objects.exclude(warehouse__in=list(warehouses)).count()

    def purposes(self) -> frozenset[str]:
        """Returns the purposes that services and warehouses opened anything for within the last hours."""
        return frozenset(OpenCountRow.objects.order_by().values_list("purpose", flat=True).distinct())

    def actors(self, tag: str) -> list[tuple[str, int]]:
        """Returns how many rows of a tag each actor has, the most first."""
        rows = AuditLogRow.objects.filter(tag=tag).values_list("actor").annotate(count=Count("seq"))
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def rows_of(self, tag: str) -> int:
        """Returns how many audit rows have a tag."""
        return AuditLogRow.objects.filter(tag=tag).count()

    def unfinished(self, begun: str, done: str, before: datetime) -> int:
        """Returns how many subjects have a row `begun` from before an instant and none `done` after it."""
        last: dict[tuple[str, str], tuple[str, datetime]] = {}
        rows = AuditLogRow.objects.filter(Q(tag=begun) | Q(tag=done)).order_by("seq")
        for tag, at, fields in rows.values_list("tag", "at", "fields"):
            key = (fields.get("what", ""), fields.get("subject", ""))
            # Who asks again for what is not done yet has not begun anew.
            if not (tag == begun and last.get(key, ("", at))[0] == begun):
                last[key] = (tag, at)
        return sum(tag == begun and at < before for tag, at in last.values())

    def sent(self, database: str) -> tuple[str, bool]:
        """Returns the `sslmode` of this thread's connection to PostgreSQL, and whether it is encrypted."""
        connection = connections[database]
        connection.ensure_connection()
        libpq = connection.connection
        return libpq.info.get_parameters().get("sslmode", "prefer"), bool(libpq.pgconn.ssl_in_use)

    def trail_guarded(self) -> bool:
        """Tells whether the database itself still refuses to change or delete an audit row."""
        connection = connections[OPERATIONS]
        with connection.cursor() as cursor:
            cursor.execute(_GUARDS[connection.vendor], ())
            (found,) = cursor.fetchone()
        return int(found) >= _TRIGGERS[connection.vendor]


def _sealed_sellers() -> Iterator[dict[str, str]]:
    rows = SealedRow.objects.using(VAULT).order_by("order").values_list("order", "seller")
    after = ""
    while batch := dict(rows.filter(order__gt=after)[:_BATCH]):
        yield batch
        after = max(batch)


def _of_another(sealed: dict[str, str]) -> int:
    orders = OrderRow.objects.filter(ref__in=list(sealed)).values_list("ref", "seller")
    return sum(seller != sealed[ref] for ref, seller in orders)
