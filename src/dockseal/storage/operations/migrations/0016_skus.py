"""The SKUs that warehouses know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table."""

    dependencies = [("operations", "0015_shelf")]
    operations = [
        migrations.CreateModel(
            name="SkuRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("warehouse", models.CharField(max_length=40)),
                ("sku", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "operations_sku",
                "constraints": [models.UniqueConstraint(fields=["warehouse", "sku"], name="sku_once")],
            },
        ),
    ]
