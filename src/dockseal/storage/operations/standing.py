"""The tables of where things stand: counts under way, what Amazon refuses, what a SIEM was told, a probe."""

from django.db import models
from django.db.models import UniqueConstraint

_NAME = 40
_REF = 64


class CountRow(models.Model):
    """How far the reconciliation of one seller has counted; deleted once it is finished."""

    seller = models.CharField(primary_key=True, max_length=_NAME)
    started_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    part_since = models.DateTimeField()
    part_until = models.DateTimeField()
    page_token = models.TextField(blank=True, default="")
    read_at = models.DateTimeField()
    listed = models.JSONField(default=dict)
    amazon = models.PositiveIntegerField(default=0)
    here = models.PositiveIntegerField(default=0)
    over_before = models.PositiveIntegerField(default=0)
    oldest_unseen = models.DateTimeField(null=True)
    only_here = models.PositiveIntegerField(default=0)

    class Meta:
        """Names the table."""

        db_table = "operations_count"


class CircuitRow(models.Model):
    """How Amazon answers one question of one seller."""

    seller = models.CharField(max_length=_NAME)
    operation = models.CharField(max_length=_REF)
    shape = models.CharField(max_length=200)
    worked_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(default=0)
    several = models.BooleanField(default=False)

    class Meta:
        """Names the table."""

        db_table = "operations_circuit"
        constraints = (UniqueConstraint(fields=["seller", "operation", "shape"], name="circuit_once"),)


class ProbeRow(models.Model):
    """One row that the health check writes, to see that writing works."""

    at = models.DateTimeField()

    class Meta:
        """Names the table."""

        db_table = "operations_probe"


class ToldRow(models.Model):
    """The newest audit row that one SIEM was told of."""

    target = models.CharField(primary_key=True, max_length=300)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Names the table."""

        db_table = "operations_told"
