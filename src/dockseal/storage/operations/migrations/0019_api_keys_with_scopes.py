"""Keys of warehouses with scopes, and requests that count once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds two tables."""

    dependencies = [("operations", "0018_after_release")]
    operations = [
        migrations.CreateModel(
            name="ApiKeyRow",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("warehouse", models.CharField(max_length=40)),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("added_at", models.DateTimeField()),
            ],
            options={"db_table": "operations_api_key"},
        ),
        migrations.CreateModel(
            name="RequestOnceRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("warehouse", models.CharField(max_length=40)),
                ("door", models.CharField(max_length=10)),
                ("key_hash", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
                ("status", models.IntegerField(default=0)),
                ("answer", models.TextField(default="")),
            ],
            options={
                "db_table": "operations_request_once",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["warehouse", "door", "key_hash"], name="one_request_of_each_key"
                    )
                ],
            },
        ),
    ]
