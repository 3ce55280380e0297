"""What changed of a recipient while it was unknown whether a warehouse had taken the order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the names of the fields that differ; what they hold is in no table."""

    dependencies = [("operations", "0008_set_aside")]
    operations = [
        migrations.AddField(
            model_name="releaserow",
            name="differing",
            field=models.CharField(blank=True, default="", max_length=2000),
        ),
    ]
