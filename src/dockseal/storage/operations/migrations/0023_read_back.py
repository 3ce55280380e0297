"""How often a package was sent again because Amazon showed it otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the count, at none for packages that are kept already."""

    dependencies = (("operations", "0022_working_hours"),)

    operations = (
        migrations.AddField(
            model_name="packagerow",
            name="repairs",
            field=models.PositiveIntegerField(default=0),
        ),
    )
