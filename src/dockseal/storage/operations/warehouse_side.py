"""The tables of the warehouses, what they are told, and tell us."""

from django.db import models

_NAME = 40
_REF = 64
_SKU = 200


class WarehouseRow(models.Model):
    """One warehouse as configured."""

    id = models.CharField(primary_key=True, max_length=_NAME)
    adapter = models.CharField(max_length=_NAME)
    options = models.JSONField()
    api_key_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    api_key_at = models.DateTimeField(null=True)
    former_key_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    former_key_until = models.DateTimeField(null=True)
    supply_source = models.CharField(max_length=_REF, blank=True, default="")

    class Meta:
        """Names the table."""

        db_table = "operations_warehouse"


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


class LabelRow(models.Model):
    """One label that was bought from Amazon for a release, or is about to be. What it shows is not kept."""

    id = models.CharField(primary_key=True, max_length=_REF)
    order = models.CharField(max_length=_REF, db_index=True)
    release = models.CharField(max_length=_REF)
    warehouse = models.CharField(max_length=_NAME)
    state = models.CharField(max_length=20)
    carrier = models.CharField(max_length=100)
    service = models.CharField(max_length=100)
    service_id = models.CharField(max_length=100)
    offer_id = models.CharField(max_length=200, blank=True, default="")
    amount = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    contents = models.JSONField()
    parcel_id = models.CharField(max_length=100)
    shipment_id = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=100, blank=True, default="")
    intended_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reported = models.BooleanField(default=False)

    class Meta:
        """Names the table, and what keeps a second purchase from beginning before the first is settled."""

        db_table = "operations_label"
        constraints = (
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state__in=["intended", "void intended"]),
                name="one_label_at_a_time",
            ),
            models.UniqueConstraint(fields=["warehouse", "parcel_id"], name="one_label_of_each_parcel"),
        )
        indexes = (models.Index(fields=["state", "reported"], name="label_due"),)


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


class SkuRow(models.Model):
    """One SKU that a warehouse knows; a warehouse without any knows all."""

    warehouse = models.CharField(max_length=_NAME)
    sku = models.CharField(max_length=_SKU)

    class Meta:
        """Names the table."""

        db_table = "operations_sku"
        constraints = (models.UniqueConstraint(fields=["warehouse", "sku"], name="sku_once"),)


class WorkingHoursRow(models.Model):
    """When people work in one warehouse; one without a row has told nothing."""

    warehouse = models.CharField(primary_key=True, max_length=_NAME)
    hours = models.JSONField()

    class Meta:
        """Names the table."""

        db_table = "operations_working_hours"


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
