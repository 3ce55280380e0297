"""Alerts and mutes, as they are kept."""

from datetime import datetime

from django.db.models import Q

from dockseal.domain.alert import Alert, AlertState, Mute
from dockseal.domain.clock import parse_instant
from dockseal.storage.edge import edge
from dockseal.storage.operations.alerting import AlertMuteRow, AlertRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted

_BY_PERSONS = frozenset({"ref", "acknowledged_by", "acknowledged_until"})


@edge
class Alerts:
    """The table of alerts."""

    def find(self, ref: str) -> Alert | None:
        """Returns one alert."""
        row = AlertRow.objects.filter(pk=ref).first()
        return None if row is None else _alert(row)

    def live(self) -> list[Alert]:
        """Returns every alert that is not resolved, the oldest first."""
        return [_alert(row) for row in AlertRow.objects.filter(resolved_at=None).order_by("since", "ref")]

    def resolved(self, since: datetime) -> list[Alert]:
        """Returns the alerts that were resolved since then, the last first."""
        rows = AlertRow.objects.filter(resolved_at__gte=since)
        return [_alert(row) for row in rows.order_by("-resolved_at", "ref")]

    def add(self, alert: Alert) -> None:
        """Keeps a new alert."""
        AlertRow(ref=alert.ref, **_columns(alert)).save(using=OPERATIONS, force_insert=True)

    def change(self, alert: Alert) -> None:
        """Keeps how an alert stands now; who acknowledged it is not touched."""
        AlertRow.objects.filter(pk=alert.ref).update(**_columns(alert))

    def acknowledge(self, ref: str, by: str, until: datetime | None) -> None:
        """Keeps who sees to an alert, and until when; None: nobody any more."""
        AlertRow.objects.filter(pk=ref).update(acknowledged_by=by, acknowledged_until=until)

    def drop(self, ref: str) -> None:
        """Deletes an alert that nobody was told of."""
        AlertRow.objects.filter(pk=ref).delete()

    def purge(self, before: datetime) -> int:
        """Deletes the alerts that were resolved before then; returns how many."""
        return AlertRow.objects.filter(resolved_at__lt=before).delete()[0]


@edge
class AlertMutes:
    """The table of what is kept quiet."""

    def all(self, now: datetime) -> list[Mute]:
        """Returns the mutes that are not over, the first to end first."""
        rows = AlertMuteRow.objects.filter(until__gt=now).order_by("until", "ref")
        return [
            Mute(ref=row.ref, rule=row.rule, about=row.about, until=row.until, by=row.by, made_at=row.made_at)
            for row in rows
        ]

    def put(self, mute: Mute) -> None:
        """Keeps a mute."""
        row = AlertMuteRow(
            ref=mute.ref,
            rule=mute.rule,
            about=mute.about,
            until=mute.until,
            by=mute.by,
            made_at=mute.made_at,
        )
        upserted(row, OPERATIONS, by=("ref",))

    def end(self, ref: str, now: datetime) -> bool:
        """Ends a mute; tells whether it was not over."""
        found = AlertMuteRow.objects.filter(Q(pk=ref) & Q(until__gt=now))
        return bool(found.update(until=now))

    def purge(self, before: datetime) -> int:
        """Deletes the mutes that ended before then; returns how many."""
        return AlertMuteRow.objects.filter(until__lt=before).delete()[0]


def _columns(alert: Alert) -> dict[str, object]:
    names = {field.attname for field in AlertRow._meta.concrete_fields} - _BY_PERSONS
    told = {channel: at.isoformat() for channel, at in alert.told.items()}
    return {name: getattr(alert, name) for name in names - {"told", "state"}} | {
        "told": told,
        "state": alert.state.value,
    }


def _alert(row: AlertRow) -> Alert:
    return Alert(
        ref=row.ref,
        what=row.what,
        rule=row.rule,
        about=row.about,
        sentence=row.sentence,
        state=AlertState(row.state),
        since=row.since,
        fired_at=row.fired_at,
        well_since=row.well_since,
        resolved_at=row.resolved_at,
        returns=row.returns,
        acknowledged_by=row.acknowledged_by,
        acknowledged_until=row.acknowledged_until,
        told={channel: parse_instant(at) for channel, at in row.told.items()},
    )
