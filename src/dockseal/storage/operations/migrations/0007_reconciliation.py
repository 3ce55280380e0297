"""How far a reconciliation has counted, so that a restart goes on where it stood."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of counts."""

    dependencies = [("operations", "0006_order_report")]
    operations = [
        migrations.CreateModel(
            name="CountRow",
            fields=[
                ("seller", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("part_since", models.DateTimeField()),
                ("part_until", models.DateTimeField()),
                ("page_token", models.TextField(blank=True, default="")),
                ("read_at", models.DateTimeField()),
                ("listed", models.JSONField(default=dict)),
                ("amazon", models.PositiveIntegerField(default=0)),
                ("here", models.PositiveIntegerField(default=0)),
                ("over_before", models.PositiveIntegerField(default=0)),
                ("oldest_unseen", models.DateTimeField(null=True)),
                ("only_here", models.PositiveIntegerField(default=0)),
            ],
            options={"db_table": "operations_count"},
        ),
    ]
