"""What changes after a release: stops at warehouses, cancellations at Amazon, and the feeds that carry them."""

from django.db import migrations, models
from django.db.models import PROTECT, ForeignKey, Q


class Migration(migrations.Migration):
    """Adds three tables."""

    dependencies = [("operations", "0017_unmatched")]
    operations = [
        migrations.CreateModel(
            name="StopRow",
            fields=[
                ("release", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("order", ForeignKey("operations.orderrow", on_delete=PROTECT, related_name="stops")),
                ("warehouse", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("wanted_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("settled", models.BooleanField(default=False)),
                ("next_try", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "operations_stop",
                "indexes": [
                    models.Index(fields=["next_try"], condition=Q(settled=False), name="stop_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("seller", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=20)),
                ("intended_at", models.DateTimeField()),
                ("feed_id", models.CharField(blank=True, default="", max_length=64)),
                ("next_try", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "operations_feed",
                "indexes": [models.Index(fields=["kind", "state", "seller"], name="feed_open")],
            },
        ),
        migrations.CreateModel(
            name="CancellationRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("order", ForeignKey("operations.orderrow", on_delete=PROTECT, related_name="cancellations")),
                ("reason", models.CharField(max_length=40)),
                ("items", models.JSONField()),
                ("state", models.CharField(max_length=20)),
                ("wanted_at", models.DateTimeField()),
                (
                    "feed",
                    ForeignKey(
                        "operations.feedrow", null=True, on_delete=PROTECT, related_name="cancellations"
                    ),
                ),
                ("words", models.CharField(blank=True, default="", max_length=2000)),
                ("next_try", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "operations_cancellation",
                "indexes": [models.Index(fields=["state", "next_try"], name="cancellation_due")],
            },
        ),
    ]
