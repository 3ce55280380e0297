"""How Amazon answers each question, so that every process can tell an outage."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of circuits."""

    dependencies = [("operations", "0009_differing")]
    operations = [
        migrations.CreateModel(
            name="CircuitRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seller", models.CharField(max_length=40)),
                ("operation", models.CharField(max_length=64)),
                ("shape", models.CharField(max_length=200)),
                ("worked_at", models.DateTimeField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("last", models.DateTimeField(null=True)),
                ("times", models.PositiveIntegerField(default=0)),
                ("status", models.PositiveIntegerField(default=0)),
                ("several", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "operations_circuit",
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "operation", "shape"), name="circuit_once")
                ],
            },
        ),
    ]
