"""The newest audit row that the vault was told of: shows that either database is an old copy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table."""

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
    ]
