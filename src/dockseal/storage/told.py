"""How far each SIEM was told of the audit trail."""

from dockseal.domain.told import Told
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import ToldRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import by_key, upserted


@edge
class ToldTable:
    """The table of the newest row that each SIEM has."""

    def get(self, target: str) -> Told | None:
        """Returns what a SIEM was told last; None: nothing yet."""
        row = by_key(ToldRow, OPERATIONS, target)
        return None if row is None else Told(target=row.target, seq=row.seq, hash=row.hash, at=row.at)

    def put(self, told: Told) -> None:
        """Keeps what a SIEM was told last, in place of what is kept of it."""
        row = ToldRow(target=told.target, seq=told.seq, hash=told.hash, at=told.at)
        upserted(row, OPERATIONS, by=("target",))
