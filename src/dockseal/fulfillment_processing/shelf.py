"""What a warehouse that comes and gets its orders finds, and opens, one order at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release
from dockseal.domain.shelf import ShelfEntry
from dockseal.errors import BadInput
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShelf:
    """One thing that a warehouse is told, with the order it is about: without personal data."""

    entry: ShelfEntry
    release: Release
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Shows warehouses what was put down for them. No warehouse sees, or opens, what is another's."""

    storage: Storage
    vault: Vault
    grants: Grants

    def after(self, warehouse: WarehouseId, number: int, *, limit: int) -> list[OnShelf]:
        """Returns what was put down after an entry, the oldest first.

        Args:
            warehouse: Whose shelf.
            number: The last entry it saw; 0 for none.
            limit: How many at most.
        """
        return self._shown(self.storage.shelf.after(warehouse, number, limit=limit))

    def between(self, warehouse: WarehouseId, start: datetime, end: datetime) -> list[OnShelf]:
        """Returns what was put down from one instant to another, both included, the oldest first."""
        return self._shown(self.storage.shelf.between(warehouse, start, end))

    def open(
        self, warehouse: WarehouseId, ref: ReleaseRef, fields: frozenset[Field] | None = None
    ) -> Recipient:
        """Opens personal data of one order for its warehouse. The vault records it before it opens.

        Args:
            warehouse: Who opens.
            ref: Under which reference it has the order.
            fields: Which fields it needs; None: all that a hand-over has.

        Raises:
            BadInput: nothing lies on its shelf under this reference.
            VaultError: the vault does not open it; the sentence says why.
            OpensExhausted: as much was opened as an hour allows.
        """
        release = self.storage.releases.get(ref)
        order = self.storage.orders.by_release(ref)
        if release is None or order is None or release.warehouse != warehouse:
            raise BadInput("nothing was released to this warehouse under this reference; send it as it came")
        actor = Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        grant = self.grants.issue(actor, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            opened = self.vault.open(order.ref, grant)
        finally:
            self.grants.end(grant)
        return opened if fields is None else opened.only(fields)

    def _shown(self, entries: Iterable[ShelfEntry]) -> list[OnShelf]:
        shown = []
        for entry in entries:
            release = self.storage.releases.get(entry.release)
            order = self.storage.orders.by_release(entry.release)
            if release is not None and order is not None:
                shown.append(OnShelf(entry=entry, release=release, order=order))
        return shown
