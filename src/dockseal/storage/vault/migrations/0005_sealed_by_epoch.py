"""Sealed records are found by their epoch and order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index takes the place of another."""

    dependencies = [("vault", "0004_ages")]

    operations = [
        migrations.AlterField("sealedrow", "epoch", models.CharField(max_length=64)),
        migrations.AddIndex("sealedrow", models.Index(fields=["epoch", "order"], name="sealed_by_epoch")),
    ]
