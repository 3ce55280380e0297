"""What a warehouse that comes and gets its orders finds, and opens, one order at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release
from dockseal.domain.shelf import ShelfEntry
from dockseal.errors import BadInput, OpensExhausted, VaultError
from dockseal.fulfillment_processing.parts import lines_of
from dockseal.fulfillment_processing.rehearsal import INVENTED, is_test, test_order
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.canary_orders import canaries_or_wait, known_canaries
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage
from dockseal.warehouses.personal_data import OPTION, PersonalData
from dockseal.warehouses.reasons import safe_reason

_READER = Actor(kind=ActorKind.SERVICE, name="shelf")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShelf:
    """One thing that a warehouse is told, with the order it is about: without personal data."""

    entry: ShelfEntry
    release: Release
    order: Order

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        """What of the order is to be shipped under this reference."""
        return lines_of(self.order, self.release)


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

        Raises:
            RegisterBroken: nobody can tell which orders are canaries.
        """
        # Who reads on sees no canary; who reads again what was read does, as a thief of the key must.
        canaries = canaries_or_wait(self.vault.canaries, self.vault.clock)
        hidden = [release_ref(ref, 1) for ref in canaries]
        found = self.storage.shelf.after(warehouse, number, limit=limit, hidden=hidden)
        self.storage.shelf.note_read(warehouse, number)
        return self._shown(found)

    def between(self, warehouse: WarehouseId, start: datetime, end: datetime) -> list[OnShelf]:
        """Returns what was put down from one instant to another, both included, the oldest first."""
        return self._shown(self.storage.shelf.between(warehouse, start, end))

    def find(self, warehouse: WarehouseId, ref: ReleaseRef) -> OnShelf | None:
        """Returns the last that a warehouse is told of one release; None if that is not on its shelf."""
        entries = [each for each in self.storage.shelf.of_release(ref) if each.warehouse == warehouse]
        shown = self._shown(entries[-1:])
        return shown[0] if shown else None

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
        found = self.behind(ref)
        if found is None or found[1].warehouse != warehouse:
            raise BadInput("nothing was released to this warehouse under this reference; send it as it came")
        order, actor = found[0], Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        if is_test(ref):
            self.noticed(warehouse, ref)
            return INVENTED if fields is None else INVENTED.only(fields)
        grant = self.grants.issue(
            actor, Purpose.HAND_OVER, seller=order.seller, order=order.ref, fields=fields
        )
        try:
            return self.vault.open(order.ref, grant)
        finally:
            self.grants.end(grant)

    def words(self, warehouse: WarehouseId, ref: ReleaseRef, text: str) -> str:
        """Returns what a warehouse says of an order if it can be kept, else a sentence that says why not.

        It is compared with the buyer's data, which is opened for that; where that cannot be, it is left out.
        """
        if not text.strip():
            return ""
        release = self.storage.releases.get(ref)
        order = self.storage.orders.by_release(ref)
        if release is None or order is None or release.warehouse != warehouse:
            return ""
        if order.ref in known_canaries(self.vault.canaries):
            return ""
        if self.storage.warehouses.get(warehouse).option(OPTION) == PersonalData.NONE:
            return safe_reason(text, Recipient({}))
        grant = self.grants.issue(_READER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            return safe_reason(text, self.vault.open(order.ref, grant))
        except (VaultError, OpensExhausted):
            return "its reason was left out: there is no buyer's data left to compare it with"
        finally:
            self.grants.end(grant)

    def behind(self, ref: ReleaseRef) -> tuple[Order, Release] | None:
        """Returns the order and the release behind a reference, a test order's too; None if there is none."""
        if is_test(ref):
            entry = next(iter(self.storage.shelf.of_release(ref)), None)
            return None if entry is None else test_order(ref, entry.warehouse, entry.at)
        release, order = self.storage.releases.get(ref), self.storage.orders.by_release(ref)
        return None if release is None or order is None else (order, release)

    def noticed(self, warehouse: WarehouseId, ref: ReleaseRef) -> None:
        """Records that a warehouse saw the test order on its shelf."""
        actor = Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        with self.storage.transaction():
            self.vault.trail.record(Tag.WAREHOUSE_TEST_SEEN, actor=actor, warehouse=warehouse, release=ref)

    def _shown(self, entries: Iterable[ShelfEntry]) -> list[OnShelf]:
        shown = []
        for entry in entries:
            found = self.behind(entry.release)
            if found is not None:
                shown.append(OnShelf(entry=entry, release=found[1], order=found[0]))
        return shown
