"""Which version of an order's personal data is sealed, which of each credential, and what the stores saw."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the columns and the tables."""

    dependencies = [("operations", "0011_left_by")]
    operations = [
        migrations.AddField("orderrow", "sealed_version", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "orderrow", "sealed_mark", models.CharField(blank=True, default="", max_length=32)
        ),
        migrations.CreateModel(
            name="CredentialMarkRow",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("mark", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={"db_table": "operations_credential_mark"},
        ),
        migrations.CreateModel(
            name="SeenRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={"db_table": "operations_seen"},
        ),
    ]
