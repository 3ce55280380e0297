"""The calendars of all warehouses at one instant, and changing one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.working_hours import Calendar, WorkingHours, usual_hours
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.holidays import known_region, public_holidays
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """What warehouses told of their hours, with the holidays of the years around one instant."""

    told: Mapping[WarehouseId, Calendar]

    def of(self, warehouse: WarehouseId, marketplace_id: str) -> Calendar:
        """Returns a warehouse's calendar.

        Where it told none: Monday to Friday, 9 to 17 in the zone of the marketplace, the last parcel at 17,
        no holidays.
        """
        known = self.told.get(warehouse)
        if known is not None:
            return known
        marketplace = MARKETPLACES.get(marketplace_id)
        return _usual(marketplace.zone if marketplace else "UTC")


def calendars_at(storage: Storage, now: datetime) -> Calendars:
    """Returns the calendars of all warehouses, with the holidays of this year and those beside it."""
    year = now.astimezone(UTC).year
    years = (year - 1, year, year + 1)
    return Calendars(
        told={
            warehouse: Calendar(hours=hours, holidays=public_holidays(hours.region, years))
            for warehouse, hours in storage.working_hours.all().items()
        }
    )


def set_hours(
    storage: Storage, trail: Trail, *, warehouse: WarehouseId, hours: WorkingHours | None, actor: Actor
) -> None:
    """Keeps a warehouse's hours in place of those before; None: it has told none.

    Raises:
        BadInput: no warehouse has this name, or nobody knows the holidays of its region.
    """
    known = storage.warehouses.get(warehouse)
    if hours is not None:
        hours = replace(hours, region=known_region(hours.region))
    with storage.transaction():
        storage.working_hours.set(known.id, hours)
        trail.record(
            Tag.WAREHOUSE_HOURS_CHANGED,
            actor=actor,
            warehouse=known.id,
            days=0 if hours is None else sum(1 for plan in hours.week if plan.spans),
        )


@lru_cache(maxsize=100)
def _usual(zone: str) -> Calendar:
    return Calendar(hours=usual_hours(zone))
