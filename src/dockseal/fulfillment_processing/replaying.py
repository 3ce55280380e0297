"""Sends releases again, under the references they had: for a warehouse that lost what it had taken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.identifiers import OrderRef, WarehouseId, revision_of
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.errors import BadInput, VaultError, WarehouseRefused
from dockseal.fulfillment_processing.packed import hand_over
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage
from dockseal.warehouses.port import WarehouseAdapter

_REPLAYER = Actor(kind=ActorKind.SERVICE, name="replay")
_AT_A_WAREHOUSE = frozenset({OrderState.RELEASED, OrderState.PARTLY_SHIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of one release that was to be sent again."""

    release: Release
    order: Order
    fault: str = ""
    """Why it was not; empty if it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Sends releases again. A warehouse that has one takes it for a repeat; nothing here changes by it."""

    storage: Storage
    vault: Vault
    grants: Grants
    trail: Trail
    adapters: Callable[[Warehouse], WarehouseAdapter]
    without_recipient: Callable[[Iterable[Warehouse]], frozenset[WarehouseId]]

    def since(self, warehouse: Warehouse, start: datetime, actor: Actor) -> list[Replayed]:
        """Sends again what was released to a warehouse since then and lies there still.

        Raises:
            BadInput: nothing is pushed to this warehouse.
            WarehouseUnavailable: it gave no answer; what came before was sent.
        """
        return self._all(warehouse, self.storage.releases.to_warehouse(warehouse.id, start), actor)

    def order(self, warehouse: Warehouse, ref: OrderRef, actor: Actor) -> list[Replayed]:
        """Sends again what was released to a warehouse of one order.

        Raises:
            BadInput: nothing is pushed to this warehouse, or nothing of the order was released to it.
            WarehouseUnavailable: it gave no answer.
        """
        releases = [each for each in self.storage.releases.of_order(ref) if each.warehouse == warehouse.id]
        accepted = [each for each in releases if each.state is ReleaseState.ACCEPTED]
        if not accepted:
            raise BadInput(f"warehouse {warehouse.id} has taken nothing of this order; it is sent by itself")
        return self._all(warehouse, accepted, actor)

    def _all(self, warehouse: Warehouse, releases: Iterable[Release], actor: Actor) -> list[Replayed]:
        adapter = self.adapters(warehouse)
        if getattr(adapter, "pushed_to", False) is not True:
            raise BadInput(f"nothing is pushed to warehouse {warehouse.id}, so nothing can be sent it again")
        spared = warehouse.id in self.without_recipient([warehouse])
        return [self._one(adapter, warehouse, each, actor=actor, spared=spared) for each in releases]

    def _one(
        self,
        adapter: WarehouseAdapter,
        warehouse: Warehouse,
        release: Release,
        *,
        actor: Actor,
        spared: bool,
    ) -> Replayed:
        order = self.storage.orders.get(release.order)
        if order.state not in _AT_A_WAREHOUSE:
            return Replayed(release=release, order=order, fault=f"it is {order.state}, not to be shipped")
        if revision_of(release.ref) != order.revision:
            changed = "it changed since it was released: tell the warehouse what Amazon shows now"
            return Replayed(release=release, order=order, fault=changed)
        try:
            recipient = Recipient({}) if spared else self._open(order)
            self._record(release, actor)
            adapter.submit(
                hand_over(order, release, warehouse=warehouse, adapter=adapter, recipient=recipient)
            )
        except (VaultError, WarehouseRefused) as fault:
            return Replayed(release=release, order=order, fault=str(fault))
        return Replayed(release=release, order=order)

    def _record(self, release: Release, actor: Actor) -> None:
        with self.storage.transaction():
            self.trail.record(
                Tag.ORDER_RELEASE_REPEATED,
                actor=actor,
                order=release.order,
                release=release.ref,
                warehouse=release.warehouse,
            )

    def _open(self, order: Order) -> Recipient:
        grant = self.grants.issue(_REPLAYER, Purpose.HAND_OVER, seller=order.seller, order=order.ref)
        try:
            return self.vault.open(order.ref, grant)
        finally:
            self.grants.end(grant)
