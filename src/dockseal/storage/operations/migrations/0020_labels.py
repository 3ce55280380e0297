"""Labels that are bought from Amazon, and packages that Amazon knows of by them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table and a column."""

    dependencies = [("operations", "0019_api_keys_with_scopes")]
    operations = [
        migrations.AddField("packagerow", "bought", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="LabelRow",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("order", models.CharField(db_index=True, max_length=64)),
                ("release", models.CharField(max_length=64)),
                ("warehouse", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=20)),
                ("carrier", models.CharField(max_length=100)),
                ("service", models.CharField(max_length=100)),
                ("service_id", models.CharField(max_length=100)),
                ("offer_id", models.CharField(blank=True, default="", max_length=200)),
                ("amount", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("contents", models.JSONField()),
                ("parcel_id", models.CharField(max_length=100)),
                ("shipment_id", models.CharField(blank=True, default="", max_length=100)),
                ("tracking_number", models.CharField(blank=True, default="", max_length=100)),
                ("intended_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("reported", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "operations_label",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["intended", "void intended"])),
                        fields=["order"],
                        name="one_label_at_a_time",
                    ),
                    models.UniqueConstraint(
                        fields=["warehouse", "parcel_id"], name="one_label_of_each_parcel"
                    ),
                ],
                "indexes": [models.Index(fields=["state", "reported"], name="label_due")],
            },
        ),
    ]
