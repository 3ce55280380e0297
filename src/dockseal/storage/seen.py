"""How far the audit trail was: noted in each database, so that one restored from a backup shows."""

from django.db.models import Model

from dockseal.domain.audit import Seen
from dockseal.storage.edge import edge
from dockseal.storage.operations.marks import SeenRow
from dockseal.storage.router import OPERATIONS, VAULT
from dockseal.storage.rows import upserted
from dockseal.storage.vault.models import VaultSeenRow

_ONE = 1


@edge
class SeenTables:
    """The note of the newest audit row, in the operations database and in the vault."""

    def in_operations(self) -> Seen | None:
        """Returns what the operations database was told last."""
        return _seen(SeenRow)

    def in_vault(self) -> Seen | None:
        """Returns what the vault was told last."""
        return _seen(VaultSeenRow)

    def note_in_operations(self, seen: Seen, *, back: bool = False) -> None:
        """Tells the operations database, unless it knows of a newer row; `back`: even then."""
        _note(SeenRow, OPERATIONS, seen, back=back)

    def note_in_vault(self, seen: Seen, *, back: bool = False) -> None:
        """Tells the vault, unless it knows of a newer row; `back`: even then."""
        _note(VaultSeenRow, VAULT, seen, back=back)


def _seen(table: type[Model]) -> Seen | None:
    found = table._default_manager.filter(pk=_ONE).values_list("seq", "hash").first()
    return None if found is None else Seen(seq=found[0], hash=found[1])


def _note(table: type[Model], alias: str, seen: Seen, *, back: bool) -> None:
    rows = table._default_manager.using(alias).filter(pk=_ONE)
    if back or not rows.exists():
        upserted(table(pk=_ONE, seq=seen.seq, hash=seen.hash), alias, by=("id",))
    else:
        rows.filter(seq__lt=seen.seq).update(seq=seen.seq, hash=seen.hash)
