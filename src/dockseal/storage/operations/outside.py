"""The tables that tell how far the audit trail is signed, and known outside."""

from django.db import models


class CheckpointRow(models.Model):
    """A signed checkpoint of the audit trail."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        """Names the table."""

        db_table = "operations_checkpoint"


class AnchoredRow(models.Model):
    """How far one place outside knows the audit trail; the trail's own row has no name."""

    place = models.CharField(primary_key=True, max_length=200)
    size = models.BigIntegerField()
    parts = models.TextField()
    at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failing = models.TextField(blank=True, default="")

    class Meta:
        """Names the table."""

        db_table = "operations_anchored"


class CutRow(models.Model):
    """Where the trail was cut, or is about to be: what came before is in a segment somewhere else."""

    size = models.BigIntegerField(primary_key=True)
    head = models.CharField(max_length=64)
    parts = models.TextField()
    standing = models.CharField(max_length=64)
    done = models.BooleanField(default=False)

    class Meta:
        """Names the table."""

        db_table = "operations_cut"
