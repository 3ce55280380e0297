"""Finds audit rows by what their fields name; how far a SIEM was told."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FIELD = {
    "postgresql": "(fields ->> '{}')",
    "sqlite": "CASE WHEN json_valid(fields) THEN json_extract(fields, '$.{}') END",
}
"""How each database reads a field; searches must write it just so. What somebody put into SQLite that is no
JSON must not keep others from being found."""
NAMED = ("purpose", "seller", "warehouse")
"""Only rows that name one are in its index: about a quarter of the trail, and an eighth for purposes."""


def add_indexes(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Makes an index for each field that is searched for, and one for who opened what why."""
    for name, columns in (*((name, "{}") for name in NAMED), ("actor_purpose", "actor, {}")):
        field = FIELD[editor.connection.vendor].format(name.removeprefix("actor_"))
        editor.execute(
            f"CREATE INDEX audit_{name} ON operations_audit ({columns.format(field)}, seq) "
            f"WHERE {field} IS NOT NULL"
        )


def drop_indexes(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes them away again."""
    for name in (*NAMED, "actor_purpose"):
        editor.execute(f"DROP INDEX audit_{name}")


class Migration(migrations.Migration):
    """Adds indexes and a table."""

    dependencies = [("operations", "0025_checkpoints")]
    operations = [
        migrations.RunPython(add_indexes, drop_indexes),
        migrations.AddIndex(
            "auditlogrow", models.Index(fields=["actor", "tag", "seq"], name="audit_actor_tag")
        ),
        migrations.CreateModel(
            name="ToldRow",
            fields=[
                ("target", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "operations_told"},
        ),
    ]
