"""Packages that are held, or go to Amazon in a feed; carriers as warehouses name them; places shipped from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds columns, two indexes and a table."""

    dependencies = [("operations", "0020_labels")]
    operations = [
        migrations.AddField(
            "packagerow", "hold_code", models.CharField(blank=True, default="", max_length=40)
        ),
        migrations.AddField(
            "packagerow", "hold_sentence", models.CharField(blank=True, default="", max_length=2000)
        ),
        migrations.AddField("packagerow", "cleared", models.JSONField(default=list)),
        migrations.AddField("packagerow", "feed", models.BigIntegerField(null=True)),
        migrations.AddField(
            "packagerow", "amazon_reference", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            "packagerow", "told_number", models.CharField(blank=True, default="", max_length=100)
        ),
        migrations.AddField(
            "packagerow", "told_carrier", models.CharField(blank=True, default="", max_length=100)
        ),
        migrations.AddIndex(
            "packagerow",
            models.Index(
                condition=models.Q(("told_number", ""), _negated=True),
                fields=["told_number"],
                name="package_number",
            ),
        ),
        migrations.AddIndex(
            "packagerow",
            models.Index(
                condition=models.Q(("feed__isnull", False)), fields=["feed"], name="package_feed"
            ),
        ),
        migrations.AddField(
            "warehouserow", "supply_source", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.CreateModel(
            name="CarrierNameRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("warehouse", models.CharField(max_length=40)),
                ("named", models.CharField(max_length=200)),
                ("code", models.CharField(max_length=100)),
                ("other_name", models.CharField(blank=True, default="", max_length=100)),
            ],
            options={
                "db_table": "operations_carrier_name",
                "constraints": [
                    models.UniqueConstraint(fields=("warehouse", "named"), name="carrier_name_once")
                ],
            },
        ),
    ]
