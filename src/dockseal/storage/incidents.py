"""The incidents, and the entries of their chains of custody: those are appended, never changed."""

from dataclasses import asdict, replace
from typing import Any

from django.db.models import F

from dockseal.domain.incident import Entry, EntryKind, Incident, Source
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.incidents import IncidentEntryRow, IncidentRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted

_OPEN_FIRST = (F("closed_at").desc(nulls_first=True), "-detected_at", "id")


@edge
class Incidents:
    """The table of cases, and that of their entries."""

    def add(self, incident: Incident) -> Incident:
        """Keeps a new case.

        Raises:
            MoveRefused: one of this id is kept; draw another one.
        """
        if not inserted(IncidentRow(**asdict(incident)), OPERATIONS):
            raise MoveRefused(f"incident {incident.id} is kept already: open it again")
        return incident

    def get(self, incident_id: str) -> Incident:
        """Returns a case.

        Raises:
            BadInput: there is none of this id.
        """
        row = IncidentRow.objects.filter(pk=incident_id).first()
        if row is None:
            raise BadInput(f"no incident has the id {incident_id[:40]}: see `dockseal incidents list`")
        return _incident(row)

    def all(self, *, open_only: bool = False, limit: int = 500) -> list[Incident]:
        """Returns the cases: those that are open first, then those that were closed last."""
        rows = IncidentRow.objects.filter(closed_at__isnull=True) if open_only else IncidentRow.objects.all()
        return [_incident(row) for row in rows.order_by(*_OPEN_FIRST)[:limit]]

    def open_of(self, actor: str) -> Incident | None:
        """Returns the open case of an actor that a canary opened."""
        rows = IncidentRow.objects.filter(actor=actor, source=Source.CANARY.value, closed_at__isnull=True)
        return next((_incident(row) for row in rows.order_by("detected_at")[:1]), None)

    def change(self, incident: Incident, **changes: Any) -> Incident:
        """Changes an open case.

        Raises:
            MoveRefused: it is no longer as passed in.
        """
        rows = IncidentRow.objects.filter(pk=incident.id, closed_at__isnull=True, told_at=incident.told_at)
        if not rows.update(**changes):
            raise MoveRefused(f"incident {incident.id} was changed by somebody else meanwhile: look again")
        return replace(incident, **changes)

    def append(self, entry: Entry) -> Entry:
        """Appends an entry to a chain.

        Raises:
            MoveRefused: another entry has its number: build it again.
        """
        if not inserted(IncidentEntryRow(**asdict(entry)), OPERATIONS):
            raise MoveRefused(f"incident {entry.incident} has another entry {entry.number}: add it again")
        return entry

    def entries(self, incident_id: str) -> list[Entry]:
        """Returns a chain from its beginning."""
        rows = IncidentEntryRow.objects.filter(incident=incident_id).order_by("number")
        return [_entry(row) for row in rows]


def _incident(row: IncidentRow) -> Incident:
    values = {name: getattr(row, name) for name in Incident.__slots__}
    return Incident(**{**values, "source": Source(row.source)})


def _entry(row: IncidentEntryRow) -> Entry:
    values = {name: getattr(row, name) for name in Entry.__slots__}
    return Entry(**{**values, "kind": EntryKind(row.kind)})
