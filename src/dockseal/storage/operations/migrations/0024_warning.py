"""What a person should know of a package though Amazon is told of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column."""

    dependencies = [("operations", "0023_read_back")]
    operations = [
        migrations.AddField(
            "packagerow", "warning", models.CharField(blank=True, default="", max_length=2000)
        ),
    ]
