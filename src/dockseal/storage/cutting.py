"""Takes the rows of a segment out of the table of audit rows: the only thing that ever deletes one.

The triggers that refuse it are put aside for one transaction. On PostgreSQL only the owner of the tables can
do that; the role that serves cannot.
"""

import hashlib
from collections.abc import Iterable

from django.db import connections, transaction

from dockseal.domain.checkpoint import Cut
from dockseal.errors import BadInput
from dockseal.storage.operations.incidents import IncidentRow
from dockseal.storage.operations.outside import CutRow
from dockseal.storage.router import OPERATIONS

_SQLITE = "operations_audit_no_delete"
_POSTGRESQL = "operations_audit_no_change"


def cut_rows(cut: Cut, standing: Iterable[str]) -> int:
    """Deletes the rows up to a cut that was planned, but those of some tags; returns how many.

    Args:
        cut: Where; what was planned of it is marked as done in the same transaction.
        standing: The tags whose rows stay.

    Raises:
        BadInput: an incident is open, or other rows would stay than was planned; nothing was deleted.
    """
    tags = sorted(standing)
    holders = ", ".join(["%s"] * len(tags))
    statement = f"DELETE FROM operations_audit WHERE seq <= %s AND tag NOT IN ({holders})"  # noqa: S608 - holders alone
    connection = connections[OPERATIONS]
    with transaction.atomic(using=OPERATIONS), connection.cursor() as cursor:
        kept = ""
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [_SQLITE])
            kept = cursor.fetchone()[0]
            cursor.execute(f"DROP TRIGGER {_SQLITE}")
        else:
            cursor.execute(f"ALTER TABLE operations_audit DISABLE TRIGGER {_POSTGRESQL}")
        if IncidentRow.objects.using(OPERATIONS).filter(closed_at__isnull=True).exists():
            raise BadInput("an incident is open, and what it is about stays as it is: close it first")
        cursor.execute(statement, [cut.tree.size, *tags])
        gone: int = cursor.rowcount
        cursor.execute("SELECT hash FROM operations_audit WHERE seq <= %s ORDER BY seq", [cut.tree.size])
        stays = b"".join(bytes.fromhex(each) for (each,) in cursor.fetchall())
        if hashlib.sha256(stays).hexdigest() != cut.standing:
            raise BadInput(
                "other rows would stay in the table than was planned: run `dockseal audit archive` anew"
            )
        CutRow.objects.using(OPERATIONS).filter(size=cut.tree.size).update(done=True)
        if connection.vendor == "sqlite":
            cursor.execute(kept)
        else:
            cursor.execute(f"ALTER TABLE operations_audit ENABLE ALWAYS TRIGGER {_POSTGRESQL}")
    return gone
