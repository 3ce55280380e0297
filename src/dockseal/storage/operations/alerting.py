"""The tables of alerts: what was found, who is told, what was told, what is kept quiet; habits of opening."""

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

_REF = 64
_NAME = 40
_ACTOR = 64
_SENTENCE = 1000


class AlertRow(models.Model):
    """One alert."""

    ref = models.CharField(primary_key=True, max_length=_REF)
    what = models.CharField(max_length=200)
    rule = models.CharField(max_length=_NAME)
    about = models.CharField(max_length=200, blank=True, default="")
    sentence = models.CharField(max_length=_SENTENCE)
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    well_since = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    returns = models.PositiveIntegerField(default=0)
    acknowledged_by = models.CharField(max_length=_ACTOR, blank=True, default="")
    acknowledged_until = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        """Names the table, what makes its queries fast, and that a check has one open alert."""

        db_table = "operations_alert"
        constraints = (
            UniqueConstraint(fields=["what"], condition=Q(resolved_at__isnull=True), name="alert_once"),
        )
        indexes = (
            Index(fields=["resolved_at"], condition=Q(resolved_at__isnull=False), name="alert_resolved"),
        )


class AlertMuteRow(models.Model):
    """One rule that is kept quiet for a while."""

    ref = models.CharField(primary_key=True, max_length=_REF)
    rule = models.CharField(max_length=_NAME)
    about = models.CharField(max_length=200, blank=True, default="")
    until = models.DateTimeField()
    by = models.CharField(max_length=_ACTOR)
    made_at = models.DateTimeField()

    class Meta:
        """Names the table."""

        db_table = "operations_alert_mute"


class AlertChannelRow(models.Model):
    """One place that alerts are sent to; what of it is secret lies in the vault."""

    id = models.CharField(primary_key=True, max_length=_NAME)
    kind = models.CharField(max_length=20)
    least = models.CharField(max_length=20)
    options = models.JSONField(default=dict)

    class Meta:
        """Names the table."""

        db_table = "operations_alert_channel"


class AlertMessageRow(models.Model):
    """One message to one channel, written before it is sent."""

    ref = models.CharField(primary_key=True, max_length=_REF)
    channel = models.CharField(max_length=_NAME)
    group = models.CharField(max_length=_NAME, db_column="told_of")
    made_at = models.DateTimeField()
    lines = models.JSONField()
    state = models.CharField(max_length=20)
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=_SENTENCE, blank=True, default="")

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_alert_message"
        indexes = (
            Index(fields=["channel", "made_at"], condition=Q(settled_at__isnull=True), name="message_waits"),
            Index(fields=["channel", "group", "-made_at"], name="message_newest"),
            Index(fields=["made_at"], name="message_age"),
        )


class OpenHourRow(models.Model):
    """How often one actor opened personal data within one hour, as the audit trail tells."""

    actor = models.CharField(max_length=_ACTOR)
    hour = models.DateTimeField(db_index=True)
    opens = models.PositiveIntegerField()

    class Meta:
        """Names the table and the key of its rows."""

        db_table = "operations_open_hour"
        constraints = (UniqueConstraint(fields=["actor", "hour"], name="open_hour_once"),)


class OpenHourMarkRow(models.Model):
    """The number of the audit row up to which the hours are counted; one row."""

    seq = models.BigIntegerField()

    class Meta:
        """Names the table."""

        db_table = "operations_open_hour_mark"
