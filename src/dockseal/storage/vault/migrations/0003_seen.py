"""The newest audit row that the vault was told of, and what was erased: for the day a backup is restored."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables."""

    dependencies = [("vault", "0002_clue")]
    operations = [
        migrations.CreateModel(
            name="VaultSeenRow",
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
            options={"db_table": "vault_seen"},
        ),
        migrations.CreateModel(
            name="ErasedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("seller", models.CharField(blank=True, default="", max_length=40)),
                ("amazon_order_id", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "db_table": "vault_erased",
                "constraints": [
                    models.UniqueConstraint(fields=("what", "subject"), name="erased_once")
                ],
            },
        ),
    ]
