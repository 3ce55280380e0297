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
POSTGRESQL = {
    "no_change": "BEFORE UPDATE OR DELETE OR TRUNCATE ON operations_audit",
    "head_stays": "BEFORE DELETE OR TRUNCATE ON operations_audit_head",
}
REFUSAL = """
    CREATE FUNCTION operations_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail only grows' USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def add_triggers(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the triggers for the database at hand.

    Raises:
        NotImplementedError: nobody wrote them for this kind of database; going on would leave the trail open.
    """
    vendor = editor.connection.vendor
    if vendor == "sqlite":
        for name, event in SQLITE.items():
            editor.execute(
                f"CREATE TRIGGER operations_audit_{name} {event} "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
            )
    elif vendor == "postgresql":
        editor.execute(REFUSAL)
        for name, event in POSTGRESQL.items():
            trigger, table = f"operations_audit_{name}", event.rpartition(" ")[2]
            # Also where no row is met: such a statement comes from nothing of ours.
            editor.execute(
                f"CREATE TRIGGER {trigger} {event} FOR EACH STATEMENT "
                "EXECUTE FUNCTION operations_audit_only_grows()"
            )
            # Replication and restores switch the ordinary ones off.
            editor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
    else:
        raise NotImplementedError(f"no audit triggers are written for {vendor}")


def drop_triggers(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the triggers away again."""
    if editor.connection.vendor == "sqlite":
        for name in SQLITE:
            editor.execute(f"DROP TRIGGER operations_audit_{name}")
    else:
        editor.execute("DROP FUNCTION operations_audit_only_grows() CASCADE")


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
