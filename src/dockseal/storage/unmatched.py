"""What warehouses told that fits nothing we know; each thing is kept once, and never deleted."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.unmatched import Unmatched, UnmatchedState, kind_of
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import PackageRow, ReleaseRow
from dockseal.storage.operations.warehouse_side import FormerReportRow, UnmatchedRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted

Json = dict[str, Any]
_OPEN = UnmatchedState.OPEN.value


@edge
class UnmatchedTable:
    """The table of what fits nothing."""

    def add(self, unmatched: Unmatched, digest: str) -> Unmatched | None:
        """Keeps one; returns None if its warehouse told the same before.

        Args:
            unmatched: What to keep.
            digest: The same for the same message, in hex.
        """
        message = unmatched.message
        row = UnmatchedRow(
            warehouse=unmatched.warehouse,
            digest=digest,
            received_at=unmatched.received_at,
            kind=kind_of(message),
            delivery=unmatched.delivery,
            release="" if message is None else message.release,
            amazon_order_id=message.order_id if isinstance(message, ShipmentReport) else "",
            corrects=message.corrects if isinstance(message, ShipmentReport) else "",
            message={} if message is None else _json(message),
            reason=unmatched.reason,
            waits=unmatched.waits,
            state=unmatched.state.value,
        )
        return _unmatched(row) if inserted(row, OPERATIONS) else None

    def get(self, number: int) -> Unmatched:
        """Returns one.

        Raises:
            BadInput: none has this number.
        """
        row = UnmatchedRow.objects.filter(pk=number).first()
        if row is None:
            raise BadInput(f"nothing unmatched has the number {number}; see `dockseal tracking list`")
        return _unmatched(row)

    def find(self, warehouse: WarehouseId, digest: str) -> Unmatched | None:
        """Returns the one that a warehouse told with this digest."""
        row = UnmatchedRow.objects.filter(warehouse=warehouse, digest=digest).first()
        return None if row is None else _unmatched(row)

    def open(self, limit: int = 100) -> list[Unmatched]:
        """Returns those that somebody must see to, the oldest first."""
        rows = UnmatchedRow.objects.filter(state=_OPEN).order_by("number")
        return [_unmatched(row) for row in rows[:limit]]

    def settled(self, limit: int = 20) -> list[Unmatched]:
        """Returns those that somebody saw to, or that fitted by themselves, the newest first."""
        rows = UnmatchedRow.objects.exclude(state=_OPEN).order_by("-settled_at", "-number")
        return [_unmatched(row) for row in rows[:limit]]

    def open_counts(self) -> dict[WarehouseId, int]:
        """Returns how many are open of each warehouse that has any."""
        rows = UnmatchedRow.objects.filter(state=_OPEN).values_list("warehouse").annotate(Count("pk"))
        return {WarehouseId(name): number for name, number in rows.order_by("warehouse")}

    def waiting(self) -> list[WarehouseId]:
        """Returns the warehouses of those that may fit by themselves."""
        rows = UnmatchedRow.objects.filter(state=_OPEN, waits=True).values_list("warehouse", flat=True)
        return [WarehouseId(name) for name in rows.order_by("warehouse").distinct()]

    def ready(self, warehouse: WarehouseId, limit: int = 100) -> list[Unmatched]:
        """Returns those of a warehouse that waited for something that is here now, the oldest first."""
        releases = ReleaseRow.objects.filter(warehouse=OuterRef("warehouse"))
        reports = {"warehouse": OuterRef("warehouse"), "report_id": OuterRef("corrects")}
        named = Exists(releases.filter(pk=OuterRef("release"))) | Exists(
            releases.filter(order__amazon_order_id=OuterRef("amazon_order_id"))
        )
        corrected = Exists(PackageRow.objects.filter(**reports)) | Exists(
            FormerReportRow.objects.filter(**reports)
        )
        rows = UnmatchedRow.objects.filter(warehouse=warehouse, state=_OPEN, waits=True)
        rows = rows.filter(named | Q(release="", amazon_order_id=""), Q(corrects="") | corrected)
        return [_unmatched(row) for row in rows.order_by("number")[:limit]]

    def settle(self, unmatched: Unmatched, state: UnmatchedState, by: str, at: datetime) -> None:
        """Writes down what became of one.

        Raises:
            MoveRefused: somebody else saw to it meanwhile.
        """
        rows = UnmatchedRow.objects.filter(pk=unmatched.number, state=_OPEN)
        if not rows.update(state=state.value, settled_by=by, settled_at=at, waits=False):
            raise MoveRefused(f"somebody else saw to number {unmatched.number} meanwhile; look at it again")

    def explain(self, unmatched: Unmatched, reason: str, *, waits: bool) -> None:
        """Writes down why an open one still does not fit."""
        UnmatchedRow.objects.filter(pk=unmatched.number, state=_OPEN).update(reason=reason, waits=waits)


def _unmatched(row: UnmatchedRow) -> Unmatched:
    read = _READERS.get(row.kind)
    return Unmatched(
        number=row.number,
        warehouse=WarehouseId(row.warehouse),
        received_at=row.received_at,
        message=None if read is None else read(row.message, WarehouseId(row.warehouse)),
        delivery=row.delivery,
        reason=row.reason,
        waits=row.waits,
        state=UnmatchedState(row.state),
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )


def _json(message: WarehouseMessage) -> Json:
    values = asdict(message)
    values.pop("warehouse", None)
    if isinstance(message, ShipmentReport):
        values["shipped_at"] = message.shipped_at.isoformat()
    return values


def _report(values: Json, warehouse: WarehouseId) -> ShipmentReport:
    lists = {
        "contents": tuple(map(_content, values["contents"])),
        "by_sku": tuple(SkuContent(**_with_codes(each)) for each in values["by_sku"]),
        "shipped_at": datetime.fromisoformat(values["shipped_at"]),
        "release": ReleaseRef(values["release"]),
    }
    return ShipmentReport(**{**values, **lists, "warehouse": warehouse})


_READERS: Mapping[str, Callable[[Json, WarehouseId], WarehouseMessage]] = MappingProxyType(
    {
        "parcel": _report,
        "taken": lambda values, _: Taken(**values),
        "refusal": lambda values, _: LateRefusal(**values),
        "stop": lambda values, _: StopReply(**values),
    }
)


def _content(values: Json) -> Content:
    return Content(**_with_codes(values))


def _with_codes(values: Json) -> Json:
    return values | {"transparency_codes": tuple(values.get("transparency_codes", ()))}
