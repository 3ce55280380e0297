"""The order report last asked for of each marketplace, so that a restart does not ask twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of order reports."""

    dependencies = [("operations", "0005_window_bound")]
    operations = [
        migrations.CreateModel(
            name="OrderReportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seller", models.CharField(max_length=40)),
                ("marketplace_id", models.CharField(max_length=20)),
                ("asked_at", models.DateTimeField()),
                ("report_id", models.CharField(blank=True, default="", max_length=200)),
                ("rests_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "operations_order_report",
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "marketplace_id"), name="order_report_once")
                ],
            },
        ),
    ]
