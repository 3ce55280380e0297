"""The tables of who tries what how often: opens within an hour, and failures in a row."""

from django.db import models
from django.db.models import UniqueConstraint

_SOURCE = 100


class OpenCountRow(models.Model):
    """How often one service opened personal data for one purpose within one minute."""

    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    minute = models.DateTimeField()
    opens = models.PositiveIntegerField()

    class Meta:
        """Names the table and the key of its rows."""

        db_table = "operations_open_count"
        constraints = (UniqueConstraint(fields=["actor", "purpose", "minute"], name="open_count_once"),)


class LockoutRow(models.Model):
    """One source of failures in a row."""

    source = models.CharField(primary_key=True, max_length=_SOURCE)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        """Names the table."""

        db_table = "operations_lockout"
