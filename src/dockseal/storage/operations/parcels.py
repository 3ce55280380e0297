"""The tables of what warehouses shipped, and of how they name carriers."""

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

_NAME = 40
_REF = 64
_SENTENCE = 2000


class PackageRow(models.Model):
    """One parcel of an order; `warehouse` is the one that reported it."""

    order = models.ForeignKey("operations.OrderRow", on_delete=models.PROTECT, related_name="packages")
    reference_id = models.PositiveIntegerField()
    warehouse = models.CharField(max_length=_NAME)
    report_id = models.CharField(max_length=200)
    release = models.CharField(max_length=_REF, blank=True, default="")
    carrier = models.CharField(max_length=200)
    service = models.CharField(max_length=200, blank=True, default="")
    tracking_number = models.CharField(max_length=200)
    shipped_at = models.DateTimeField()
    contents = models.JSONField()
    state = models.CharField(max_length=20)
    refusal = models.CharField(max_length=_SENTENCE, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    repairs = models.PositiveIntegerField(default=0)
    bought = models.BooleanField(default=False)
    hold_code = models.CharField(max_length=_NAME, blank=True, default="")
    hold_sentence = models.CharField(max_length=_SENTENCE, blank=True, default="")
    cleared = models.JSONField(default=list)
    warning = models.CharField(max_length=_SENTENCE, blank=True, default="")
    feed = models.BigIntegerField(null=True)
    amazon_reference = models.CharField(max_length=_REF, blank=True, default="")
    told_number = models.CharField(max_length=100, blank=True, default="")
    told_carrier = models.CharField(max_length=100, blank=True, default="")
    stamp = models.CharField(max_length=32)

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_package"
        constraints = (
            UniqueConstraint(fields=["order", "reference_id"], name="package_reference_once"),
            UniqueConstraint(fields=["warehouse", "report_id"], name="package_report_once"),
        )
        indexes = (
            Index(fields=["state", "next_try"], name="package_due"),
            Index(fields=["told_number"], condition=~Q(told_number=""), name="package_number"),
            Index(fields=["feed"], condition=Q(feed__isnull=False), name="package_feed"),
        )


class CarrierNameRow(models.Model):
    """What one warehouse means by a name, as a person said: a carrier in Amazon's words."""

    warehouse = models.CharField(max_length=_NAME)
    named = models.CharField(max_length=200)
    code = models.CharField(max_length=100)
    other_name = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        """Names the table and what is unique in it."""

        db_table = "operations_carrier_name"
        constraints = (UniqueConstraint(fields=["warehouse", "named"], name="carrier_name_once"),)
