"""Refuses to change or delete audit rows, in the database itself; writes down where the trail starts."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = {
    "no_update": "BEFORE UPDATE ON operations_audit",
    "no_delete": "BEFORE DELETE ON operations_audit",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "no_replace": """
        BEFORE INSERT ON operations_audit
        WHEN EXISTS (SELECT 1 FROM operations_audit WHERE seq = NEW.seq)
    """,
    "head_stays": "BEFORE DELETE ON operations_audit_head",
}


def add_triggers(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the triggers for the database at hand.

    Raises:
        NotImplementedError: nobody wrote them for this kind of database; going on would leave the trail open.
    """
    if editor.connection.vendor != "sqlite":
        raise NotImplementedError(f"no audit triggers are written for {editor.connection.vendor}")
    for name, event in SQLITE.items():
        editor.execute(
            f"CREATE TRIGGER operations_audit_{name} {event} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
        )


def drop_triggers(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the triggers away again."""
    for name in SQLITE:
        editor.execute(f"DROP TRIGGER operations_audit_{name}")


def add_head(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Writes the head of an empty trail."""
    rows = apps.get_model("operations", "AuditHeadRow").objects.using(editor.connection.alias)
    rows.create(pk=1, seq=0, hash="0" * 64)


class Migration(migrations.Migration):
    """Adds the triggers and the head."""

    dependencies = [("operations", "0001_initial")]
    operations = [
        migrations.RunPython(add_head, migrations.RunPython.noop),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
