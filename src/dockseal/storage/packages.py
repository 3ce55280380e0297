"""The packages: what warehouses reported and how far Amazon knows of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min, OuterRef, QuerySet, Subquery

from dockseal.domain.identifiers import OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import OrderRow, PackageRow, ReleaseRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import due_by, each, inserted
from dockseal.storage.translate import stamp

States = PackageState | Iterable[PackageState]


@edge
class Packages:
    """The table of packages."""

    def add(self, package: Package) -> Package:
        """Keeps a package under the reference it carries.

        Raises:
            MoveRefused: its order is not kept, or the reference or the report is already taken.
        """
        warehouse = OrderRow.objects.filter(pk=package.order).values_list("warehouse", flat=True).first()
        if warehouse is None:
            raise MoveRefused(f"package {package.reference_id} names an order that is not kept")
        if not inserted(PackageRow(warehouse=warehouse, **_columns(package)), OPERATIONS):
            raise MoveRefused(
                f"package {package.reference_id} of order {package.order} or its report is already kept; "
                "read it again"
            )
        return package

    def find_report(self, warehouse: WarehouseId, report_id: str) -> Package | None:
        """Returns the package a warehouse reported under this id."""
        row = PackageRow.objects.filter(warehouse=warehouse, report_id=report_id).first()
        return None if row is None else _package(row)

    def reported_by(
        self, warehouse: WarehouseId, after: int, *, limit: int
    ) -> list[tuple[int, ReleaseRef, Package]]:
        """Returns what a warehouse reported after a number, in that order, with the number of each.

        Beside each package stands the newest release of its order to that warehouse.
        """
        newest = ReleaseRow.objects.filter(order=OuterRef("order"), warehouse=warehouse)
        rows = PackageRow.objects.filter(warehouse=warehouse, pk__gt=after).annotate(
            release=Subquery(newest.order_by("-intended_at", "-ref").values("ref")[:1])
        )
        return [(row.pk, ReleaseRef(row.release or ""), _package(row)) for row in rows.order_by("pk")[:limit]]

    def of_order(self, order: OrderRef) -> list[Package]:
        """Returns the packages of an order by their reference."""
        return [_package(row) for row in PackageRow.objects.filter(order=order).order_by("reference_id")]

    def due(
        self, states: States, *, now: datetime, seller: SellerId | None = None, limit: int = 100
    ) -> list[Package]:
        """Returns packages whose next step is due, the earliest ship-by of their orders first."""
        rows = _in(states, seller).filter(due_by(now))
        ordered = rows.order_by("order__ship_by", "shipped_at", "pk")[:limit]
        return [_package(row) for row in ordered]

    def sellers_due(self, states: States, now: datetime) -> list[SellerId]:
        """Returns the sellers that have packages in these states whose next try has come."""
        rows = _in(states, None).filter(due_by(now)).order_by()
        return [SellerId(name) for name in rows.values_list("order__seller", flat=True).distinct()]

    def next_try(
        self, states: States, seller: SellerId | None = None, *, after: datetime | None = None
    ) -> datetime | None:
        """Returns the earliest instant at which a package waits to be tried again, later than `after`."""
        rows = _in(states, seller)
        if after is not None:
            rows = rows.filter(next_try__gt=after)
        least: datetime | None = rows.aggregate(least=Min("next_try"))["least"]
        return least

    def change(self, package: Package, **changes: Any) -> Package:
        """Changes fields of a package.

        Raises:
            MoveRefused: the package is no longer as passed in, or a new report id is already taken.
        """
        before, after = _columns(package), _columns(replace(package, **changes))
        rows = PackageRow.objects.filter(
            order=package.order, reference_id=package.reference_id, stamp=before["stamp"]
        )
        changed = {name: value for name, value in after.items() if value != before[name]}
        try:
            with transaction.atomic(using=OPERATIONS):
                written = rows.update(**changed) if changed else rows.count()
        except IntegrityError:
            written = 0
        if not written:
            raise MoveRefused(
                f"package {package.reference_id} of order {package.order} was changed by somebody else "
                "meanwhile, or its new report is already kept; read it again"
            )
        return replace(package, **changes)


def _in(states: States, seller: SellerId | None) -> QuerySet[PackageRow]:
    rows = PackageRow.objects.filter(state__in=each(states))
    return rows if seller is None else rows.filter(order__seller=seller)


def _columns(package: Package) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "order_id": package.order,
        "reference_id": package.reference_id,
        "report_id": package.report_id,
        "carrier": package.carrier,
        "service": package.service,
        "tracking_number": package.tracking_number,
        "shipped_at": package.shipped_at,
        "contents": [[content.order_item_id, content.quantity] for content in package.contents],
        "state": package.state.value,
        "refusal": package.refusal,
        "confirmed_at": package.confirmed_at,
        "next_try": package.next_try,
        "tries": package.tries,
        "bought": package.bought,
    }
    return columns | {"stamp": stamp(columns)}


def _package(row: PackageRow) -> Package:
    return Package(
        order=OrderRef(row.order_id),
        reference_id=row.reference_id,
        carrier=row.carrier,
        service=row.service,
        tracking_number=row.tracking_number,
        shipped_at=row.shipped_at,
        contents=tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in row.contents),
        state=PackageState(row.state),
        report_id=row.report_id,
        refusal=row.refusal,
        confirmed_at=row.confirmed_at,
        next_try=row.next_try,
        tries=row.tries,
        bought=row.bought,
    )
