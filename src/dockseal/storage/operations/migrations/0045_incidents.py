"""Cases of incidents, who is locked because of one, and how far warehouses have read their shelves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds four tables."""

    dependencies = [("operations", "0040_alerts")]
    operations = [
        migrations.CreateModel(
            name="IncidentRow",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=20)),
                ("actor", models.CharField(blank=True, default="", max_length=100)),
                ("order", models.CharField(blank=True, db_column="order_ref", default="", max_length=64)),
                ("what", models.CharField(max_length=2000)),
                ("detected_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=100)),
                ("seq", models.BigIntegerField()),
                ("told_at", models.DateTimeField(null=True)),
                ("told_by", models.CharField(blank=True, default="", max_length=100)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=100)),
                ("root_cause", models.CharField(blank=True, default="", max_length=2000)),
                ("remediation", models.CharField(blank=True, default="", max_length=2000)),
                ("corrective_control", models.CharField(blank=True, default="", max_length=2000)),
            ],
            options={
                "db_table": "operations_incident",
                "indexes": [
                    models.Index(
                        fields=["detected_at"],
                        condition=models.Q(("closed_at__isnull", True)),
                        name="incident_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentEntryRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("incident", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("by", models.CharField(max_length=100)),
                ("text", models.CharField(max_length=2000)),
                ("note", models.TextField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "operations_incident_entry",
                "constraints": [
                    models.UniqueConstraint(fields=["incident", "number"], name="incident_entry_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LockRow",
            fields=[
                ("subject", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("incident", models.CharField(max_length=40)),
            ],
            options={"db_table": "operations_lock"},
        ),
        migrations.CreateModel(
            name="ShelfReadRow",
            fields=[
                ("warehouse", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
            options={"db_table": "operations_shelf_read"},
        ),
    ]
