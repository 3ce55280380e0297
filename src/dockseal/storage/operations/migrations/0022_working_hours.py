"""When people work in a warehouse, and until when Amazon promised each order to its buyer."""

from django.db import migrations, models

FILL = {
    # Both write UTC: Amazon's facts as ISO 8601 with +00:00, the column as the database has it.
    "sqlite": "UPDATE operations_order SET deliver_by = "
    "replace(substr(json_extract(amazon, '$.deliver_by'), 1, 19), 'T', ' ') "
    "WHERE json_extract(amazon, '$.deliver_by') IS NOT NULL",
    "postgresql": "UPDATE operations_order SET deliver_by = (amazon ->> 'deliver_by')::timestamptz "
    "WHERE amazon ->> 'deliver_by' IS NOT NULL",
}


def fill(apps, schema_editor):
    """Copies the promise out of Amazon's facts."""
    schema_editor.execute(FILL[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    """Adds a table, and a column with its index."""

    dependencies = [("operations", "0021_confirmation")]
    operations = [
        migrations.CreateModel(
            name="WorkingHoursRow",
            fields=[
                ("warehouse", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("hours", models.JSONField()),
            ],
            options={"db_table": "operations_working_hours"},
        ),
        migrations.AddField("orderrow", "deliver_by", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "orderrow",
            models.Index(
                fields=["deliver_by"],
                condition=models.Q(("deliver_by__isnull", False)),
                name="order_deliver_by",
            ),
        ),
    ]
