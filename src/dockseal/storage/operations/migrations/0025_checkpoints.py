"""How far the audit trail is signed, known outside, and kept in segments of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds three tables."""

    dependencies = [("operations", "0024_warning")]
    operations = [
        migrations.CreateModel(
            "CheckpointRow",
            [
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
            options={"db_table": "operations_checkpoint"},
        ),
        migrations.CreateModel(
            "AnchoredRow",
            [
                ("place", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("parts", models.TextField()),
                ("at", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("failing", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "operations_anchored"},
        ),
        migrations.CreateModel(
            "CutRow",
            [
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("head", models.CharField(max_length=64)),
                ("parts", models.TextField()),
                ("standing", models.CharField(max_length=64)),
                ("done", models.BooleanField(default=False)),
            ],
            options={"db_table": "operations_cut"},
        ),
    ]
