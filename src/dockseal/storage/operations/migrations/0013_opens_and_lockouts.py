"""How often services open personal data, and who failed how often in a row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables of open counts and of lockouts."""

    dependencies = [("operations", "0011_left_by")]
    operations = [
        migrations.CreateModel(
            name="OpenCountRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor", models.CharField(max_length=64)),
                ("purpose", models.CharField(max_length=40)),
                ("minute", models.DateTimeField()),
                ("opens", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "operations_open_count",
                "constraints": [
                    models.UniqueConstraint(fields=("actor", "purpose", "minute"), name="open_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LockoutRow",
            fields=[
                ("source", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField(db_index=True)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "operations_lockout"},
        ),
    ]
