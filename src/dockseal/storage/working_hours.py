"""The working hours of warehouses that told them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.working_hours import DayPlan, Span, WorkingHours
from dockseal.storage.edge import edge
from dockseal.storage.operations.warehouse_side import WorkingHoursRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted

Json = dict[str, Any]


@edge
class WorkingHoursTable:
    """The table of working hours, at most one row for each warehouse."""

    def get(self, warehouse: WarehouseId) -> WorkingHours | None:
        """Returns the hours of a warehouse; None: it told none."""
        row = WorkingHoursRow.objects.filter(pk=warehouse).first()
        return None if row is None else _hours(row.hours)

    def all(self) -> Mapping[WarehouseId, WorkingHours]:
        """Returns the hours of every warehouse that told them."""
        return {WarehouseId(row.warehouse): _hours(row.hours) for row in WorkingHoursRow.objects.all()}

    def set(self, warehouse: WarehouseId, hours: WorkingHours | None) -> None:
        """Keeps the hours of a warehouse in place of those before; None: it has told none."""
        if hours is None:
            WorkingHoursRow.objects.filter(pk=warehouse).delete()
            return
        upserted(WorkingHoursRow(warehouse=warehouse, hours=_json(hours)), OPERATIONS, by=("warehouse",))


def _json(hours: WorkingHours) -> Json:
    return {
        "zone": hours.zone,
        "week": [_plan_json(plan) for plan in hours.week],
        "closed": [day.isoformat() for day in sorted(hours.closed)],
        "extra": [[day.isoformat(), _plan_json(plan)] for day, plan in hours.extra],
        "region": hours.region,
    }


def _hours(kept: Mapping[str, Any]) -> WorkingHours:
    return WorkingHours(
        zone=kept["zone"],
        week=tuple(_plan(plan) for plan in kept["week"]),
        closed=frozenset(date.fromisoformat(day) for day in kept["closed"]),
        extra=tuple((date.fromisoformat(day), _plan(plan)) for day, plan in kept["extra"]),
        region=kept["region"],
    )


def _plan_json(plan: DayPlan) -> Json:
    return {"spans": [[span.opens, span.closes] for span in plan.spans], "cut_off": plan.cut_off}


def _plan(kept: Mapping[str, Any]) -> DayPlan:
    spans = tuple(Span(opens=opens, closes=closes) for opens, closes in kept["spans"])
    return DayPlan(spans=spans, cut_off=kept["cut_off"])
