"""The tables of what warehouses are told, and tell us."""

from django.db import models

_NAME = 40
_REF = 64
_SKU = 200


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


class SkuRow(models.Model):
    """One SKU that a warehouse knows; a warehouse without any knows all."""

    warehouse = models.CharField(max_length=_NAME)
    sku = models.CharField(max_length=_SKU)

    class Meta:
        """Names the table."""

        db_table = "operations_sku"
        constraints = (models.UniqueConstraint(fields=["warehouse", "sku"], name="sku_once"),)
