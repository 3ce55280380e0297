"""Alerts: what was found, whom to tell, what was told, what is kept quiet; and the habits of who opens."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables."""

    dependencies = [
        ("operations", "0030_trail_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertChannelRow",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("least", models.CharField(max_length=20)),
                ("options", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "operations_alert_channel",
            },
        ),
        migrations.CreateModel(
            name="AlertMessageRow",
            fields=[
                ("ref", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=40)),
                ("group", models.CharField(db_column="told_of", max_length=40)),
                ("made_at", models.DateTimeField()),
                ("lines", models.JSONField()),
                ("state", models.CharField(max_length=20)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, default="", max_length=1000)),
            ],
            options={
                "db_table": "operations_alert_message",
            },
        ),
        migrations.CreateModel(
            name="AlertMuteRow",
            fields=[
                ("ref", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, default="", max_length=200)),
                ("until", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "operations_alert_mute",
            },
        ),
        migrations.CreateModel(
            name="AlertRow",
            fields=[
                ("ref", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=200)),
                ("rule", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, default="", max_length=200)),
                ("sentence", models.CharField(max_length=1000)),
                ("state", models.CharField(max_length=20)),
                ("since", models.DateTimeField()),
                ("fired_at", models.DateTimeField(null=True)),
                ("well_since", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("returns", models.PositiveIntegerField(default=0)),
                ("acknowledged_by", models.CharField(blank=True, default="", max_length=64)),
                ("acknowledged_until", models.DateTimeField(null=True)),
                ("told", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "operations_alert",
            },
        ),
        migrations.CreateModel(
            name="OpenHourMarkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "operations_open_hour_mark",
            },
        ),
        migrations.CreateModel(
            name="OpenHourRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor", models.CharField(max_length=64)),
                ("hour", models.DateTimeField(db_index=True)),
                ("opens", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "operations_open_hour",
            },
        ),
        migrations.AddIndex(
            model_name="alertmessagerow",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["channel", "made_at"],
                name="message_waits",
            ),
        ),
        migrations.AddIndex(
            model_name="alertmessagerow",
            index=models.Index(fields=["channel", "group", "-made_at"], name="message_newest"),
        ),
        migrations.AddIndex(
            model_name="alertmessagerow",
            index=models.Index(fields=["made_at"], name="message_age"),
        ),
        migrations.AddIndex(
            model_name="alertrow",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", False)),
                fields=["resolved_at"],
                name="alert_resolved",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)), fields=("what",), name="alert_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="openhourrow",
            constraint=models.UniqueConstraint(fields=("actor", "hour"), name="open_hour_once"),
        ),
    ]
