"""Messages that were taken off a queue unread."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of why each could not be read."""

    dependencies = [("operations", "0007_reconciliation")]
    operations = [
        migrations.CreateModel(
            name="SetAsideRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("queue_url", models.CharField(max_length=2000)),
                ("message_id", models.CharField(max_length=100)),
                ("reason", models.CharField(max_length=2000)),
                ("set_aside_at", models.DateTimeField(db_index=True)),
                ("receive_count", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "operations_set_aside",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("queue_url", "message_id"), name="set_aside_once"
                    )
                ],
            },
        ),
    ]
