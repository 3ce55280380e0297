"""The tables of incidents: cases, their chains of custody, and who is locked because of one."""

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

_ACTOR = 100
_SENTENCE = 2000


class IncidentRow(models.Model):
    """One case."""

    id = models.CharField(primary_key=True, max_length=40)
    source = models.CharField(max_length=20)
    actor = models.CharField(max_length=_ACTOR, blank=True, default="")
    order = models.CharField(max_length=64, blank=True, default="", db_column="order_ref")
    what = models.CharField(max_length=_SENTENCE)
    detected_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=_ACTOR)
    seq = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=_ACTOR, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=_ACTOR, blank=True, default="")
    root_cause = models.CharField(max_length=_SENTENCE, blank=True, default="")
    remediation = models.CharField(max_length=_SENTENCE, blank=True, default="")
    corrective_control = models.CharField(max_length=_SENTENCE, blank=True, default="")

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_incident"
        indexes = (Index(fields=["detected_at"], condition=Q(closed_at__isnull=True), name="incident_open"),)


class IncidentEntryRow(models.Model):
    """One link of a chain of custody; it is never changed."""

    incident = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    by = models.CharField(max_length=_ACTOR)
    text = models.CharField(max_length=_SENTENCE)
    note = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        """Names the table and the key of its rows."""

        db_table = "operations_incident_entry"
        constraints = (UniqueConstraint(fields=["incident", "number"], name="incident_entry_once"),)


class LockRow(models.Model):
    """An actor that may open nothing, or everybody."""

    subject = models.CharField(primary_key=True, max_length=_ACTOR)
    since = models.DateTimeField()
    incident = models.CharField(max_length=40)

    class Meta:
        """Names the table."""

        db_table = "operations_lock"


class ShelfReadRow(models.Model):
    """How far a warehouse has read its shelf."""

    warehouse = models.CharField(primary_key=True, max_length=40)
    number = models.BigIntegerField()

    class Meta:
        """Names the table."""

        db_table = "operations_shelf_read"
