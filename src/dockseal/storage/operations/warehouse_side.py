"""The tables of what warehouses are told, and tell us."""

from django.db import models

_NAME = 40
_REF = 64


class ShelfRow(models.Model):
    """One thing that a warehouse which comes and gets its orders is told."""

    number = models.BigAutoField(primary_key=True)
    warehouse = models.CharField(max_length=_NAME)
    release = models.CharField(max_length=_REF)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        """Names the table; a warehouse reads it by number, and by time."""

        db_table = "operations_shelf"
        constraints = (models.UniqueConstraint(fields=["release", "kind"], name="one_of_each_kind"),)
        indexes = (
            models.Index(fields=["warehouse", "number"], name="shelf_by_number"),
            models.Index(fields=["warehouse", "at"], name="shelf_by_time"),
        )


class ApiKeyRow(models.Model):
    """One of a warehouse's keys for the machine API, by its hash."""

    id = models.CharField(primary_key=True, max_length=20)
    warehouse = models.CharField(max_length=_NAME)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    added_at = models.DateTimeField()

    class Meta:
        """Names the table."""

        db_table = "operations_api_key"


class RequestOnceRow(models.Model):
    """A request that counts once, and its answer."""

    warehouse = models.CharField(max_length=_NAME)
    door = models.CharField(max_length=10)
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.IntegerField(default=0)
    answer = models.TextField(default="")

    class Meta:
        """Names the table; a key is one of its warehouse's at its door."""

        db_table = "operations_request_once"
        constraints = (
            models.UniqueConstraint(fields=["warehouse", "door", "key_hash"], name="one_request_of_each_key"),
        )
