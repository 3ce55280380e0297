"""The tables of what changes after a release: stops at warehouses, cancellations at Amazon, their feeds."""

from django.db import models
from django.db.models import Index, Q

_NAME = 40
_REF = 64
_STATE = 20
_SENTENCE = 2000


class StopRow(models.Model):
    """The wish that a warehouse does not ship one release."""

    release = models.CharField(primary_key=True, max_length=_REF)
    order = models.ForeignKey("operations.OrderRow", on_delete=models.PROTECT, related_name="stops")
    warehouse = models.CharField(max_length=_NAME)
    reason = models.CharField(max_length=_STATE)
    state = models.CharField(max_length=_STATE)
    wanted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False)
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        """Names the table; few of its rows are not settled, and only those are looked for."""

        db_table = "operations_stop"
        indexes = (Index(fields=["next_try"], condition=Q(settled=False), name="stop_due"),)


class FeedRow(models.Model):
    """One feed that Amazon is or was sent."""

    number = models.BigAutoField(primary_key=True)
    seller = models.CharField(max_length=_NAME)
    kind = models.CharField(max_length=_REF)
    state = models.CharField(max_length=_STATE)
    intended_at = models.DateTimeField()
    feed_id = models.CharField(max_length=_REF, blank=True, default="")
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        """Names the table; a seller's open feeds of one kind are looked for."""

        db_table = "operations_feed"
        indexes = (Index(fields=["kind", "state", "seller"], name="feed_open"),)


class CancellationRow(models.Model):
    """The wish that Amazon cancels an order, or lines of it."""

    number = models.BigAutoField(primary_key=True)
    order = models.ForeignKey("operations.OrderRow", on_delete=models.PROTECT, related_name="cancellations")
    reason = models.CharField(max_length=_NAME)
    items = models.JSONField()
    state = models.CharField(max_length=_STATE)
    wanted_at = models.DateTimeField()
    feed = models.ForeignKey(FeedRow, null=True, on_delete=models.PROTECT, related_name="cancellations")
    words = models.CharField(max_length=_SENTENCE, blank=True, default="")
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        """Names the table; those of one state are looked for by time."""

        db_table = "operations_cancellation"
        indexes = (Index(fields=["state", "next_try"], name="cancellation_due"),)
