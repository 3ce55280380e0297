"""Since when a warehouse has its API key, and the one before it while both are taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the columns."""

    dependencies = [("operations", "0013_opens_and_lockouts")]
    operations = [
        migrations.AddField("warehouserow", "api_key_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "warehouserow",
            "former_key_hash",
            models.CharField(blank=True, db_index=True, default="", max_length=64),
        ),
        migrations.AddField("warehouserow", "former_key_until", models.DateTimeField(null=True)),
    ]
