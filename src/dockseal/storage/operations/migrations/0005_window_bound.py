"""Where the sweep of a seller asked its open window to end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the end that Amazon was asked for: every page of a window must repeat it."""

    dependencies = [("operations", "0004_synchronization")]
    operations = [
        migrations.AddField(
            model_name="watermarkrow",
            name="window_bound",
            field=models.DateTimeField(null=True),
        ),
    ]
