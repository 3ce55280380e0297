"""The requests that count once, and what they were answered."""

from datetime import datetime

from django.db.models import QuerySet

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.request_once import Door, RequestOnce
from dockseal.storage.edge import edge
from dockseal.storage.operations.warehouse_side import RequestOnceRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class RequestsOnce:
    """The table of requests that were sent under a key."""

    def begin(self, request: RequestOnce) -> RequestOnce | None:
        """Keeps a request that is new; returns the one that is kept under its key already."""
        row = RequestOnceRow(
            warehouse=request.warehouse,
            door=request.door.value,
            key_hash=request.key_hash,
            fingerprint=request.fingerprint,
            at=request.at,
            status=request.status,
            answer=request.answer,
        )
        if inserted(row, OPERATIONS):
            return None
        return self.find(request.warehouse, request.door, request.key_hash)

    def find(self, warehouse: WarehouseId, door: Door, key_hash: str) -> RequestOnce | None:
        """Returns what is kept under a key."""
        row = RequestOnceRow.objects.filter(warehouse=warehouse, door=door.value, key_hash=key_hash).first()
        return None if row is None else _request(row)

    def settle(self, request: RequestOnce, status: int, answer: str) -> None:
        """Writes down what a request was answered."""
        self._of(request).update(status=status, answer=answer)

    def forget(self, request: RequestOnce) -> None:
        """Deletes a request that was not answered for good: the same key again begins anew."""
        self._of(request).delete()

    def take_over(self, request: RequestOnce, stale: RequestOnce) -> bool:
        """Begins a request again whose first try was cut off; tells whether nobody else did."""
        rows = self._of(stale).filter(at=stale.at, status=0)
        return bool(rows.update(at=request.at))

    def purge(self, before: datetime) -> int:
        """Deletes requests from before then; returns how many."""
        return RequestOnceRow.objects.filter(at__lt=before).delete()[0]

    def _of(self, request: RequestOnce) -> QuerySet[RequestOnceRow]:
        return RequestOnceRow.objects.filter(
            warehouse=request.warehouse, door=request.door.value, key_hash=request.key_hash
        )


def _request(row: RequestOnceRow) -> RequestOnce:
    return RequestOnce(
        warehouse=WarehouseId(row.warehouse),
        door=Door(row.door),
        key_hash=row.key_hash,
        fingerprint=row.fingerprint,
        at=row.at,
        status=row.status,
        answer=row.answer,
    )
