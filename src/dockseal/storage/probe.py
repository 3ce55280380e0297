"""Shows that the databases can be used, by using them."""

from datetime import datetime

from dockseal.storage.edge import edge
from dockseal.storage.operations.models import ProbeRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted
from dockseal.storage.vault.models import SealedRow


@edge
class Probe:
    """Tries out both databases."""

    def write(self, now: datetime) -> None:
        """Writes one row into the operations database.

        Raises:
            StorageUnavailable: it cannot be written, such as when the disk is full.
        """
        upserted(ProbeRow(id=1, at=now), OPERATIONS, by=("id",))

    def read_vault(self) -> None:
        """Reads the vault database.

        Raises:
            StorageError: it cannot be read.
        """
        SealedRow.objects.exists()
