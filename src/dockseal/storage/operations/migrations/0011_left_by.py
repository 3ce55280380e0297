"""By when an order was shipped or delivered, so that what was sealed later finds its deadline."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column and its index."""

    dependencies = [("operations", "0010_circuit")]
    operations = [
        migrations.AddField("orderrow", "left_by", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "orderrow",
            models.Index(
                fields=["sealed_until", "left_by"],
                condition=models.Q(("sealed_until__isnull", False), ("left_by__isnull", False)),
                name="order_left",
            ),
        ),
    ]
