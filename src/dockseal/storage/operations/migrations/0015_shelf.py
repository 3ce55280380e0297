"""The shelf of warehouses that come and get their orders, and what of an order a release hands over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table and a column."""

    dependencies = [("operations", "0014_api_keys")]
    operations = [
        migrations.AddField("releaserow", "contents", models.JSONField(default=list)),
        migrations.CreateModel(
            name="ShelfRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("warehouse", models.CharField(max_length=40)),
                ("release", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "operations_shelf",
                "constraints": [
                    models.UniqueConstraint(fields=["release", "kind"], name="one_of_each_kind")
                ],
                "indexes": [
                    models.Index(fields=["warehouse", "number"], name="shelf_by_number"),
                    models.Index(fields=["warehouse", "at"], name="shelf_by_time"),
                ],
            },
        ),
    ]
