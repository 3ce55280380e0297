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


class FormerReportRow(models.Model):
    """A report of a package that was corrected, or that told of the same parcel under another id."""

    warehouse = models.CharField(max_length=_NAME)
    report_id = models.CharField(max_length=200)
    order = models.ForeignKey("operations.OrderRow", on_delete=models.PROTECT, related_name="former_reports")
    reference_id = models.PositiveIntegerField()
    carrier = models.CharField(max_length=200)
    service = models.CharField(max_length=200, blank=True, default="")
    tracking_number = models.CharField(max_length=200)
    contents = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_former_report"
        indexes = (models.Index(fields=["warehouse", "report_id"], name="former_report_by_id"),)


class UnmatchedRow(models.Model):
    """What a warehouse told that fits nothing; what it names stands in columns, all of it in `message`."""

    number = models.BigAutoField(primary_key=True)
    warehouse = models.CharField(max_length=_NAME)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    delivery = models.CharField(max_length=200, blank=True, default="")
    release = models.CharField(max_length=_REF, blank=True, default="")
    amazon_order_id = models.CharField(max_length=_REF, blank=True, default="")
    corrects = models.CharField(max_length=200, blank=True, default="")
    message = models.JSONField()
    reason = models.CharField(max_length=2000)
    waits = models.BooleanField(default=False)
    state = models.CharField(max_length=20)
    settled_by = models.CharField(max_length=100, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Names the table; the same message is kept once, and open ones are found quickly."""

        db_table = "operations_unmatched"
        constraints = (models.UniqueConstraint(fields=["warehouse", "digest"], name="unmatched_once"),)
        indexes = (
            models.Index(
                fields=["warehouse", "number"], condition=models.Q(state="open"), name="unmatched_open"
            ),
            models.Index(fields=["state", "number"], name="unmatched_state"),
        )
