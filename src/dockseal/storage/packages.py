"""The packages: what warehouses reported and how far Amazon knows of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from dockseal.domain.identifiers import OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import OVER, Hold, Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState, WaitingPackage
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.feeds import open_numbers
from dockseal.storage.operations.models import OrderRow
from dockseal.storage.operations.parcels import PackageRow
from dockseal.storage.operations.warehouse_side import FormerReportRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import due_by, each, inserted
from dockseal.storage.translate import stamp

_UNTRACKED = ~Q(told_carrier="") & Q(told_number="")
"""Judged already, and found to have no number whatever stands in its place."""
_NOT_WAITED_FOR = Q(state=PackageState.HELD.value, order__state__in=each(OVER)) | Q(
    state=PackageState.REFUSED.value,
    order__state__in=each((OrderState.CONFIRMED, OrderState.VERIFIED, *OVER)),
)
States = PackageState | Iterable[PackageState]


@edge
class Packages:
    """The table of packages."""

    def add(self, package: Package, *, warehouse: WarehouseId | None = None) -> Package:
        """Keeps a package under the reference it carries.

        Args:
            package: The package.
            warehouse: Who reported it; None: the warehouse that its order goes to.

        Raises:
            MoveRefused: its order is not kept, or the reference or the report is already taken.
        """
        of_order = OrderRow.objects.filter(pk=package.order).values_list("warehouse", flat=True).first()
        if of_order is None:
            raise MoveRefused(f"package {package.reference_id} names an order that is not kept")
        row = PackageRow(warehouse=of_order if warehouse is None else warehouse, **_columns(package))
        if not inserted(row, OPERATIONS):
            raise MoveRefused(
                f"package {package.reference_id} of order {package.order} or its report is already kept; "
                "read it again"
            )
        return replace(package, warehouse=WarehouseId(row.warehouse), number=row.pk)

    def find_report(self, warehouse: WarehouseId, report_id: str) -> Package | None:
        """Returns the package that a warehouse told of under this id, as it is now."""
        row = PackageRow.objects.filter(warehouse=warehouse, report_id=report_id).first()
        if row is None:
            former = _former(warehouse, report_id).order_by("-pk").first()
            if former is None:
                return None
            row = PackageRow.objects.get(order=former.order_id, reference_id=former.reference_id)
        return _package(row)

    def former(self, warehouse: WarehouseId, report_id: str) -> list[Package]:
        """Returns a package as earlier reports with this id told of it, the oldest first."""
        rows = list(_former(warehouse, report_id).order_by("pk"))
        found = self.find_report(warehouse, report_id) if rows else None
        if found is None:
            return []
        return [
            replace(
                found,
                report_id=row.report_id,
                carrier=row.carrier,
                service=row.service,
                tracking_number=row.tracking_number,
                contents=_contents(row.contents),
            )
            for row in rows
        ]

    def keep_former(self, package: Package, warehouse: WarehouseId, at: datetime) -> None:
        """Keeps what a report told of a package, before it is corrected or because another told the same."""
        FormerReportRow.objects.create(
            warehouse=warehouse,
            report_id=package.report_id,
            order_id=package.order,
            reference_id=package.reference_id,
            carrier=package.carrier,
            service=package.service,
            tracking_number=package.tracking_number,
            contents=_pairs(package.contents),
            at=at,
        )

    def reported_by(self, warehouse: WarehouseId, after: int, *, limit: int) -> list[tuple[int, Package]]:
        """Returns what a warehouse reported after a number, in that order, with the number of each."""
        rows = PackageRow.objects.filter(warehouse=warehouse, pk__gt=after).order_by("pk")
        return [(row.pk, _package(row)) for row in rows[:limit]]

    def get(self, order: Order, reference_id: int) -> Package:
        """Returns one package of an order.

        Raises:
            BadInput: the order has no such package.
        """
        packages = self.of_order(order.ref)
        for package in packages:
            if package.reference_id == reference_id:
                return package
        numbers = ", ".join(str(package.reference_id) for package in packages)
        has = f"it has {numbers}" if numbers else "none was reported"
        raise BadInput(f"order {order.id} has no parcel {reference_id}; {has}")

    def of_order(self, order: OrderRef) -> list[Package]:
        """Returns the packages of an order by their reference."""
        return [_package(row) for row in PackageRow.objects.filter(order=order).order_by("reference_id")]

    def with_number(self, told_number: str, *, limit: int = 20) -> list[Package]:
        """Returns packages that Amazon was told of with a number, normalised, the newest first."""
        rows = PackageRow.objects.exclude(told_number="").filter(told_number=told_number)
        rows = rows.order_by("-pk")[:limit]
        return [_package(row) for row in rows]

    def of_feed(self, feed: int) -> list[Package]:
        """Returns the packages that went to Amazon with a feed last, by our number of it."""
        return [_package(row) for row in PackageRow.objects.filter(feed=feed).order_by("pk")]

    def in_states(
        self,
        states: States,
        *,
        held_for: str = "",
        warehouse: WarehouseId | None = None,
        limit: int = 100,
    ) -> list[Package]:
        """Returns packages in these states, the earliest ship-by first, whenever their next step is due.

        What waits for nobody is left out: what is held of an order that is over, or was refused of one that
        Amazon knows by its other parcels.

        Args:
            states: Which.
            held_for: Only those with this code of a hold; empty: all.
            warehouse: Only those that it reported; None: of all.
            limit: At most so many.
        """
        rows = PackageRow.objects.filter(state__in=each(states)).exclude(_NOT_WAITED_FOR)
        if held_for:
            rows = rows.filter(hold_code=held_for)
        if warehouse is not None:
            rows = rows.filter(warehouse=warehouse)
        return [_package(row) for row in rows.order_by("order__ship_by", "pk")[:limit]]

    def held_sentences(
        self, *, of: Iterable[OrderRef] | None = None, limit: int = 1000
    ) -> dict[OrderRef, str]:
        """Returns why packages are held, by their order, the earliest ship-by first.

        Args:
            of: Only those of these orders; None: of all.
            limit: Of so many orders at most.
        """
        rows = PackageRow.objects.filter(state=PackageState.HELD.value).exclude(_NOT_WAITED_FOR)
        if of is not None:
            rows = rows.filter(order__in=list(of))
        one = rows.values_list("order").annotate(said=Min("hold_sentence"))
        return {OrderRef(ref): said for ref, said in one.order_by("order__ship_by", "order")[:limit]}

    def hold_counts(self) -> list[tuple[str, int]]:
        """Returns how many packages are held for each code, by code."""
        held = PackageRow.objects.filter(state=PackageState.HELD.value).exclude(_NOT_WAITED_FOR)
        codes = held.values_list("hold_code")
        return [(code, number) for code, number in codes.annotate(Count("pk")).order_by("hold_code")]

    def numbered(self, numbers: Iterable[int]) -> list[Package]:
        """Returns packages by their numbers, the lowest first."""
        return [_package(row) for row in PackageRow.objects.filter(pk__in=list(numbers)).order_by("pk")]

    def waiting(self, seller: SellerId, *, now: datetime, limit: int) -> list[WaitingPackage]:
        """Returns what Amazon is not told of yet, in short, the earliest ship-by first.

        A package without a tracking number is among them although its next try may not have come.
        """
        second = PackageRow.objects.filter(order=OuterRef("order"), reference_id__gt=1)
        rows = _in(PackageState.REPORTED, seller).filter(due_by(now) | Q(tracking_number="") | _UNTRACKED)
        rows = rows.annotate(alone=~Exists(second))
        order = ("order__ship_by", "order__state")
        columns = rows.values(
            "pk", *order, "alone", "tracking_number", "told_carrier", "told_number", "confirmed_at", "tries",
            "feed", "bought",
        )  # fmt: skip
        ordered = columns.order_by("order__ship_by", "shipped_at", "pk")[:limit]
        return [_waiting(row) for row in ordered]

    def former_numbers(self, package: Package) -> frozenset[str]:
        """Returns the tracking numbers that earlier reports gave a package."""
        rows = FormerReportRow.objects.filter(order=package.order, reference_id=package.reference_id)
        return frozenset(rows.values_list("tracking_number", flat=True))

    def report_ids(self, package: Package) -> list[str]:
        """Returns the ids of all reports that told of a package, that of its present version last."""
        rows = FormerReportRow.objects.filter(order=package.order, reference_id=package.reference_id)
        return [*rows.order_by("pk").values_list("report_id", flat=True), package.report_id]

    def former_carriers(self, package: Package) -> frozenset[str]:
        """Returns the carriers that earlier reports named for a package with the number it has now."""
        rows = FormerReportRow.objects.filter(order=package.order, reference_id=package.reference_id)
        same = rows.filter(tracking_number=package.tracking_number)
        return frozenset(same.values_list("carrier", flat=True))

    def due(
        self, states: States, *, now: datetime, seller: SellerId | None = None, limit: int = 100
    ) -> list[Package]:
        """Returns packages whose next step is due, the earliest ship-by of their orders first.

        Those whose feed is not over are not among them.
        """
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


def _waiting(row: dict[str, Any]) -> WaitingPackage:
    number = row["told_number"] if row["told_carrier"] else row["tracking_number"]
    return WaitingPackage(
        number=row["pk"],
        ship_by=row["order__ship_by"],
        whole=row["alone"] and row["order__state"] == OrderState.SHIPPED.value,
        untracked=not number and not row["bought"],
        untried=not (row["tries"] or row["told_carrier"] or row["confirmed_at"] or row["bought"])
        and row["feed"] is None,
    )


def _in(states: States, seller: SellerId | None) -> QuerySet[PackageRow]:
    # Few feeds are ever open, and hardly a package is corrected while its feed is.
    rows = PackageRow.objects.filter(state__in=each(states)).exclude(feed__in=open_numbers())
    return rows if seller is None else rows.filter(order__seller=seller)


def _former(warehouse: WarehouseId, report_id: str) -> QuerySet[FormerReportRow]:
    return FormerReportRow.objects.filter(warehouse=warehouse, report_id=report_id)


def _pairs(contents: Iterable[Content]) -> list[list[Any]]:
    return [
        [content.order_item_id, content.quantity, *filter(None, [list(content.transparency_codes)])]
        for content in contents
    ]


def _contents(pairs: Iterable[list[Any]]) -> tuple[Content, ...]:
    return tuple(
        Content(order_item_id=item, quantity=quantity, transparency_codes=tuple(*codes))
        for item, quantity, *codes in pairs
    )


def _columns(package: Package) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "order_id": package.order,
        "reference_id": package.reference_id,
        "report_id": package.report_id,
        "release": package.release,
        "carrier": package.carrier,
        "service": package.service,
        "tracking_number": package.tracking_number,
        "shipped_at": package.shipped_at,
        "contents": _pairs(package.contents),
        "state": package.state.value,
        "refusal": package.refusal,
        "confirmed_at": package.confirmed_at,
        "next_try": package.next_try,
        "tries": package.tries,
        "repairs": package.repairs,
        "bought": package.bought,
        "hold_code": package.hold.code if package.hold else "",
        "hold_sentence": package.hold.sentence if package.hold else "",
        "cleared": sorted(package.cleared),
        "warning": package.warning,
        "feed": package.feed,
        "amazon_reference": package.amazon_reference,
        "told_number": package.told_number,
        "told_carrier": package.told_carrier,
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
        contents=_contents(row.contents),
        state=PackageState(row.state),
        report_id=row.report_id,
        release=ReleaseRef(row.release),
        refusal=row.refusal,
        confirmed_at=row.confirmed_at,
        next_try=row.next_try,
        tries=row.tries,
        repairs=row.repairs,
        bought=row.bought,
        hold=Hold(code=row.hold_code, sentence=row.hold_sentence) if row.hold_code else None,
        cleared=frozenset(row.cleared),
        warning=row.warning,
        feed=row.feed,
        amazon_reference=row.amazon_reference,
        told_number=row.told_number,
        told_carrier=row.told_carrier,
        warehouse=WarehouseId(row.warehouse),
        number=row.pk,
    )
