"""What warehouses told that fits nothing, earlier reports of packages, and the release of each package."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds two tables and a column."""

    dependencies = [("operations", "0016_skus")]
    operations = [
        migrations.AddField("packagerow", "release", models.CharField(blank=True, default="", max_length=64)),
        migrations.CreateModel(
            name="FormerReportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("warehouse", models.CharField(max_length=40)),
                ("report_id", models.CharField(max_length=200)),
                ("reference_id", models.PositiveIntegerField()),
                ("carrier", models.CharField(max_length=200)),
                ("service", models.CharField(blank=True, default="", max_length=200)),
                ("tracking_number", models.CharField(max_length=200)),
                ("contents", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_reports",
                        to="operations.orderrow",
                    ),
                ),
            ],
            options={
                "db_table": "operations_former_report",
                "indexes": [models.Index(fields=["warehouse", "report_id"], name="former_report_by_id")],
            },
        ),
        migrations.CreateModel(
            name="UnmatchedRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("warehouse", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("delivery", models.CharField(blank=True, default="", max_length=200)),
                ("release", models.CharField(blank=True, default="", max_length=64)),
                ("amazon_order_id", models.CharField(blank=True, default="", max_length=64)),
                ("corrects", models.CharField(blank=True, default="", max_length=200)),
                ("message", models.JSONField()),
                ("reason", models.CharField(max_length=2000)),
                ("waits", models.BooleanField(default=False)),
                ("state", models.CharField(max_length=20)),
                ("settled_by", models.CharField(blank=True, default="", max_length=100)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "operations_unmatched",
                "constraints": [
                    models.UniqueConstraint(fields=["warehouse", "digest"], name="unmatched_once")
                ],
                "indexes": [
                    models.Index(
                        condition=Q(state="open"), fields=["warehouse", "number"], name="unmatched_open"
                    ),
                    models.Index(fields=["state", "number"], name="unmatched_state"),
                ],
            },
        ),
    ]
