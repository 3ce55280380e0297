"""The tables of the operations database. No column holds personal data; a test lists them all.

Sellers and warehouses are named by their configured name; releases and packages belong to an order.
"""

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

from dockseal.storage.operations.access import LockoutRow, OpenCountRow
from dockseal.storage.operations.after_release import CancellationRow, FeedRow, StopRow
from dockseal.storage.operations.alerting import (
    AlertChannelRow,
    AlertMessageRow,
    AlertMuteRow,
    AlertRow,
    OpenHourMarkRow,
    OpenHourRow,
)
from dockseal.storage.operations.incidents import IncidentEntryRow, IncidentRow, LockRow, ShelfReadRow
from dockseal.storage.operations.marks import CredentialMarkRow, SeenRow
from dockseal.storage.operations.outside import AnchoredRow, CheckpointRow, CutRow
from dockseal.storage.operations.parcels import CarrierNameRow, PackageRow
from dockseal.storage.operations.standing import CircuitRow, CountRow, ProbeRow, ToldRow
from dockseal.storage.operations.warehouse_side import (
    ApiKeyRow,
    FormerReportRow,
    LabelRow,
    RequestOnceRow,
    ShelfRow,
    SkuRow,
    UnmatchedRow,
    WarehouseRow,
    WorkingHoursRow,
)

# Django looks for the tables of an application here.
__all__ = [
    "AlertChannelRow",
    "AlertMessageRow",
    "AlertMuteRow",
    "AlertRow",
    "AnchoredRow",
    "ApiKeyRow",
    "CancellationRow",
    "CarrierNameRow",
    "CheckpointRow",
    "CircuitRow",
    "CountRow",
    "CredentialMarkRow",
    "CutRow",
    "FeedRow",
    "FormerReportRow",
    "IncidentEntryRow",
    "IncidentRow",
    "LabelRow",
    "LockRow",
    "LockoutRow",
    "OpenCountRow",
    "OpenHourMarkRow",
    "OpenHourRow",
    "PackageRow",
    "ProbeRow",
    "RequestOnceRow",
    "SeenRow",
    "ShelfReadRow",
    "ShelfRow",
    "SkuRow",
    "StopRow",
    "ToldRow",
    "UnmatchedRow",
    "WarehouseRow",
    "WorkingHoursRow",
]

_NAME = 40
_SENTENCE = 2000
_REF = 64


class SellerRow(models.Model):
    """One selling-partner account in one region."""

    id = models.CharField(primary_key=True, max_length=_NAME)
    region = models.CharField(max_length=2)
    marketplaces = models.JSONField()
    selling_partner_id = models.CharField(max_length=_REF, db_index=True)
    orders_api = models.CharField(max_length=20)
    queue_url = models.CharField(max_length=_SENTENCE, blank=True, default="")
    warehouse = models.CharField(max_length=_NAME)
    rests_because = models.CharField(max_length=_SENTENCE, blank=True, default="")
    application = models.CharField(max_length=_NAME, blank=True, default="")
    consent_until = models.DateTimeField(null=True)
    may_read = models.JSONField(default=list)
    shadow = models.BooleanField(default=False)

    class Meta:
        """Names the table."""

        db_table = "operations_seller"


class ApplicationRow(models.Model):
    """One application registered with Amazon; its secrets are in the vault."""

    id = models.CharField(primary_key=True, max_length=_NAME)
    application_id = models.CharField(max_length=200)
    redirect_uri = models.CharField(max_length=_SENTENCE)
    rotation_queue_url = models.CharField(max_length=_SENTENCE, blank=True, default="")
    secret_expires_at = models.DateTimeField(null=True)
    draft = models.BooleanField(default=False)

    class Meta:
        """Names the table."""

        db_table = "operations_application"


class ConsentRow(models.Model):
    """One seller on the way to Amazon and back, by the hash of the state that comes back with them."""

    state_hash = models.CharField(primary_key=True, max_length=64)
    application = models.CharField(max_length=_NAME)
    seller = models.CharField(max_length=_NAME)
    region = models.CharField(max_length=2)
    marketplaces = models.JSONField()
    warehouse = models.CharField(max_length=_NAME)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Names the table."""

        db_table = "operations_consent"


class SyncRunRow(models.Model):
    """One time that Amazon was asked what is new."""

    seller = models.CharField(max_length=_NAME)
    source = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=20)
    window_since = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    news = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=_SENTENCE, blank=True, default="")

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_sync_run"
        indexes = (Index(fields=["seller", "-started_at"], name="sync_run_newest"),)


class SetAsideRow(models.Model):
    """A message that was taken off a queue unread, without its body."""

    queue_url = models.CharField(max_length=_SENTENCE)
    message_id = models.CharField(max_length=100)
    reason = models.CharField(max_length=_SENTENCE)
    set_aside_at = models.DateTimeField(db_index=True)
    receive_count = models.PositiveIntegerField()

    class Meta:
        """Names the table and the key of its rows."""

        db_table = "operations_set_aside"
        constraints = (UniqueConstraint(fields=["queue_url", "message_id"], name="set_aside_once"),)


class DifferenceRow(models.Model):
    """One field of one order that the two Orders APIs say differently."""

    seller = models.CharField(max_length=_NAME)
    amazon_order_id = models.CharField(max_length=20)
    field = models.CharField(max_length=_REF)
    v0 = models.CharField(max_length=200)
    v2026 = models.CharField(max_length=200)
    found_at = models.DateTimeField()

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_difference"
        constraints = (
            UniqueConstraint(fields=["seller", "amazon_order_id", "field"], name="difference_once"),
        )


class NoticeRow(models.Model):
    """One reason to read one order; closed ones stay a while, so that a repeat is known."""

    notice_id = models.CharField(max_length=200)
    seller = models.CharField(max_length=_NAME)
    amazon_order_id = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    noticed_at = models.DateTimeField()
    ship_by = models.DateTimeField(null=True)
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    open = models.BooleanField(default=True)

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_notice"
        constraints = (UniqueConstraint(fields=["seller", "notice_id"], name="notice_once"),)
        indexes = (
            Index(
                fields=["seller", "amazon_order_id", "noticed_at"], condition=Q(open=True), name="notice_open"
            ),
            Index(fields=["noticed_at"], condition=Q(open=False), name="notice_closed"),
        )


class OrderRow(models.Model):
    """One order: columns for what is asked for, JSON for what Amazon says of it.

    `ship_by` is for sorting: it is `UNKNOWN_SHIP_BY` while Amazon names none. `deliver_by` is for counting.
    """

    ref = models.CharField(primary_key=True, max_length=_REF)
    seller = models.CharField(max_length=_NAME)
    amazon_order_id = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    revision = models.PositiveIntegerField(default=1)
    amazon = models.JSONField()
    ship_by = models.DateTimeField()
    deliver_by = models.DateTimeField(null=True)
    read_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    warehouse = models.CharField(max_length=_NAME, blank=True, default="")
    hold_code = models.CharField(max_length=_NAME, blank=True, default="")
    hold_sentence = models.CharField(max_length=_SENTENCE, blank=True, default="")
    sealed_until = models.DateTimeField(null=True)
    sealed_version = models.PositiveIntegerField(default=0)
    sealed_mark = models.CharField(max_length=32, blank=True, default="")
    shipped_at = models.DateTimeField(null=True)
    left_by = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    attention = models.CharField(max_length=_SENTENCE, blank=True, default="")
    next_try = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    stamp = models.CharField(max_length=32)

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_order"
        constraints = (UniqueConstraint(fields=["seller", "amazon_order_id"], name="order_once"),)
        indexes = (
            Index(fields=["state", "seller", "ship_by"], name="order_due"),
            Index(fields=["ship_by", "accepted_at", "ref"], name="order_ship_by"),
            Index(fields=["state", "ship_by", "accepted_at", "ref"], name="order_state"),
            Index(fields=["state", "accepted_at"], name="order_age"),
            Index(fields=["amazon_order_id"], name="order_amazon_id"),
            Index(
                fields=["state", "seller", "next_try"], condition=Q(next_try__isnull=False), name="order_next"
            ),
            Index(fields=["deliver_by"], condition=Q(deliver_by__isnull=False), name="order_deliver_by"),
            Index(fields=["hold_code"], condition=~Q(hold_code=""), name="order_hold"),
            Index(fields=["ship_by"], condition=~Q(attention=""), name="order_attention"),
            Index(
                fields=["sealed_until", "left_by"],
                condition=Q(sealed_until__isnull=False, left_by__isnull=False),
                name="order_left",
            ),
        )


class ReleaseRow(models.Model):
    """One hand-over of one revision of an order to one warehouse."""

    ref = models.CharField(primary_key=True, max_length=_REF)
    order = models.ForeignKey(OrderRow, on_delete=models.PROTECT, related_name="releases")
    warehouse = models.CharField(max_length=_NAME)
    state = models.CharField(max_length=20)
    intended_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True, default="")
    differing = models.CharField(max_length=_SENTENCE, blank=True, default="")
    contents = models.JSONField(default=list)

    class Meta:
        """Names the table."""

        db_table = "operations_release"


class WatermarkRow(models.Model):
    """How far the sweep of one seller is complete."""

    seller = models.CharField(primary_key=True, max_length=_NAME)
    complete_to = models.DateTimeField()
    window_since = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    page_token = models.TextField(blank=True, default="")
    window_started_at = models.DateTimeField(null=True)
    window_bound = models.DateTimeField(null=True)

    class Meta:
        """Names the table."""

        db_table = "operations_watermark"


class OrderReportRow(models.Model):
    """The order report last asked for of one marketplace of a seller; what it shows is in no column."""

    seller = models.CharField(max_length=_NAME)
    marketplace_id = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    report_id = models.CharField(max_length=200, blank=True, default="")
    rests_until = models.DateTimeField(null=True)

    class Meta:
        """Names the table and what is unique in it."""

        db_table = "operations_order_report"
        constraints = (UniqueConstraint(fields=["seller", "marketplace_id"], name="order_report_once"),)


class BucketRow(models.Model):
    """One of Amazon's token buckets."""

    seller = models.CharField(max_length=_NAME)
    operation = models.CharField(max_length=_REF)
    tokens = models.FloatField()
    rate = models.FloatField()
    burst = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        """Names the table."""

        db_table = "operations_bucket"
        constraints = (UniqueConstraint(fields=["seller", "operation"], name="bucket_once"),)


class AuditLogRow(models.Model):
    """One row of the audit trail; triggers refuse to change or delete it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    tag = models.CharField(max_length=_REF)
    actor = models.CharField(max_length=_REF)
    order = models.CharField(max_length=_REF, blank=True, default="", db_column="order_ref")
    fields = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Names the table and what makes its queries fast."""

        db_table = "operations_audit"
        indexes = (
            Index(fields=["order", "seq"], condition=~Q(order=""), name="audit_order"),
            Index(fields=["tag", "seq"], name="audit_tag"),
            Index(fields=["actor", "seq"], name="audit_actor"),
            Index(fields=["actor", "tag", "seq"], name="audit_actor_tag"),
            # Those of what the fields name are written out in migration 0030, for each kind of database.
        )


class AuditHeadRow(models.Model):
    """The newest audit row, written with it: shows that rows were cut off the end of the trail."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """Names the table."""

        db_table = "operations_audit_head"


class SignInRow(models.Model):
    """A one-time sign-in link, by the hash of its token."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Names the table."""

        db_table = "operations_sign_in"
