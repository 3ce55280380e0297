"""Since when each secret is in use, and until when a former one lies beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the columns."""

    dependencies = [("vault", "0003_seen")]
    operations = [
        migrations.AddField("credentialrow", "secret_at", models.DateTimeField(null=True)),
        migrations.AddField("credentialrow", "first_at", models.DateTimeField(null=True)),
        migrations.AddField("credentialrow", "former_until", models.DateTimeField(null=True)),
    ]
