"""The keys of warehouses for the machine API, by their hashes."""

from dockseal.domain.api_key import ApiKey, ApiScope
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.storage.edge import edge
from dockseal.storage.operations.warehouse_side import ApiKeyRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class ApiKeys:
    """The table of keys with scopes; the one that each warehouse begins with stands with the warehouse."""

    def add(self, key: ApiKey) -> ApiKey:
        """Keeps a new key.

        Raises:
            BadInput: it is in use already.
        """
        row = ApiKeyRow(
            id=key.id,
            warehouse=key.warehouse,
            key_hash=key.key_hash,
            scopes=sorted(key.scopes),
            added_at=key.added_at,
        )
        if not inserted(row, OPERATIONS):
            raise BadInput("this API key is in use already: give another one")
        return key

    def by_hash(self, key_hash: str) -> ApiKey | None:
        """Returns the key of this SHA-256 (hex)."""
        row = ApiKeyRow.objects.filter(key_hash=key_hash).first()
        return None if row is None else _key(row)

    def of_warehouse(self, warehouse: WarehouseId) -> list[ApiKey]:
        """Returns the keys of a warehouse, the oldest first."""
        rows = ApiKeyRow.objects.filter(warehouse=warehouse).order_by("added_at", "id")
        return [_key(row) for row in rows]

    def all(self) -> list[ApiKey]:
        """Returns every key, by warehouse."""
        return [_key(row) for row in ApiKeyRow.objects.order_by("warehouse", "added_at", "id")]

    def remove(self, warehouse: WarehouseId, key_id: str) -> bool:
        """Deletes a key of a warehouse; tells whether it was there."""
        return bool(ApiKeyRow.objects.filter(warehouse=warehouse, pk=key_id).delete()[0])


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        warehouse=WarehouseId(row.warehouse),
        key_hash=row.key_hash,
        scopes=frozenset(ApiScope(each) for each in row.scopes),
        added_at=row.added_at,
    )
