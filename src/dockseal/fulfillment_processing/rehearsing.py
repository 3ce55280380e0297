"""Sends a clearly marked test order through the real connection to a warehouse, and says what came back."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.errors import SettingsFault, WarehouseError
from dockseal.fulfillment_processing.packed import hand_over
from dockseal.fulfillment_processing.rehearsal import INVENTED, PREFIX, test_order, test_order_id
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from dockseal.warehouses.personal_data import is_pulled, needs_recipient
from dockseal.warehouses.port import (
    Asking,
    Collecting,
    HandOver,
    StopAnswer,
    Stopping,
    StopRequest,
    WarehouseAdapter,
)

_LOOKED_AT = 200
"""Rows of the trail that earlier tests are looked for in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one part of a rehearsal came to."""

    name: str
    fine: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsing:
    """Tries connections to warehouses out. Nothing of it is an order: no parcel is confirmed for it.

    Attributes:
        adapters: Gives the adapter of a warehouse.
    """

    storage: Storage
    trail: Trail
    adapters: Callable[[Warehouse], WarehouseAdapter]
    clock: Clock

    def run(self, name: WarehouseId, actor: Actor) -> tuple[Finding, ...]:
        """Hands a test order over, takes it back, and looks at what the warehouse reports.

        Args:
            name: Which warehouse.
            actor: Who tries it out.

        Raises:
            BadInput: no such warehouse is kept, or its adapter is not installed.
        """
        warehouse = self.storage.warehouses.get(name)
        try:
            adapter = self.adapters(warehouse)
        except SettingsFault as fault:
            return (Finding(name="settings", fine=False, sentence=str(fault)),)
        reference = ReleaseRef(f"{PREFIX}{secrets.token_hex(6)}")
        with self.storage.transaction():
            self.trail.record(Tag.WAREHOUSE_TEST_BEGUN, actor=actor, warehouse=name, release=reference)
        if is_pulled(adapter):
            return (self._on_shelf(warehouse, reference),)
        return tuple(self._findings(warehouse, adapter, reference))

    def _findings(
        self, warehouse: Warehouse, adapter: WarehouseAdapter, reference: ReleaseRef
    ) -> Iterator[Finding]:
        yield from self._handed_over(warehouse, adapter, reference)
        if isinstance(adapter, Collecting):
            yield _collected(adapter)

    def _handed_over(
        self, warehouse: Warehouse, adapter: WarehouseAdapter, reference: ReleaseRef
    ) -> Iterator[Finding]:
        try:
            receipt = adapter.submit(self._test_order(warehouse, adapter, reference))
        except WarehouseError as fault:
            yield Finding(name="hand-over", fine=False, sentence=str(fault))
            return
        named = f", which calls it {receipt.reference_at_warehouse}" if receipt.reference_at_warehouse else ""
        sentence = f"{warehouse.id} took test order {reference}{named}"
        yield Finding(name="hand-over", fine=True, sentence=sentence)
        if isinstance(adapter, Asking):
            yield _asked(adapter, reference)
        if isinstance(adapter, Stopping):
            yield _stopped(adapter, warehouse, reference)
        else:
            yield Finding(
                name="stop",
                fine=True,
                sentence=f"it cannot be asked to stop: have {warehouse.id} put {reference} away",
            )

    def _test_order(self, warehouse: Warehouse, adapter: WarehouseAdapter, reference: ReleaseRef) -> HandOver:
        order, release = test_order(reference, warehouse.id, self.clock.now())
        wanted = needs_recipient(warehouse, type(adapter))
        recipient = INVENTED if wanted else Recipient({})
        return hand_over(order, release, warehouse=warehouse, adapter=adapter, recipient=recipient)

    def _on_shelf(self, warehouse: Warehouse, reference: ReleaseRef) -> Finding:
        """Puts a test order on the shelf in the place of the last one, and says what became of that."""
        begun = self.storage.audit.search(tag=Tag.WAREHOUSE_TEST_BEGUN.value, limit=_LOOKED_AT)
        before = [row for row in begun if dict(row.fields)["warehouse"] == warehouse.id][1:2]
        with self.storage.transaction():
            for row in before:
                self.storage.shelf.close(ReleaseRef(dict(row.fields)["release"]), self.clock.now())
            self.storage.shelf.put(warehouse.id, reference, ShelfKind.RELEASED, self.clock.now())
        sentence = f"test order {reference} lies on the shelf of {warehouse.id}, which gets its orders itself"
        if not before:
            return Finding(name="hand-over", fine=True, sentence=f"{sentence}: look again once it came")
        seen = self._seen(dict(before[0].fields)["release"])
        told = f"; the one of {before[0].at:%Y-%m-%d %H:%M} UTC was {'' if seen else 'not '}seen there"
        return Finding(name="hand-over", fine=seen, sentence=f"{sentence}{told}")

    def _seen(self, reference: str) -> bool:
        rows = self.storage.audit.search(tag=Tag.WAREHOUSE_TEST_SEEN.value, limit=_LOOKED_AT)
        return any(dict(row.fields)["release"] == reference for row in rows)


def _asked(adapter: Asking, reference: ReleaseRef) -> Finding:
    try:
        known = adapter.ask(reference)
    except WarehouseError as fault:
        return Finding(name="asking", fine=False, sentence=str(fault))
    if known is None:
        return Finding(name="asking", fine=False, sentence="asked for it, the warehouse does not know it")
    return Finding(name="asking", fine=True, sentence="asked for it, the warehouse knows it")


def _stopped(adapter: Stopping, warehouse: Warehouse, reference: ReleaseRef) -> Finding:
    try:
        answer = adapter.stop(
            StopRequest(reference=reference, warehouse=warehouse, amazon_order_id=test_order_id(reference))
        )
    except WarehouseError as fault:
        return Finding(name="stop", fine=False, sentence=str(fault))
    sentences = {
        StopAnswer.STOPPED: "asked to stop it, the warehouse says that it did",
        StopAnswer.ASKED: "it was asked to stop it; its answer comes later",
        StopAnswer.TOO_LATE: f"it says that it is too late to stop it: have it put {reference} away",
    }
    return Finding(name="stop", fine=answer is not StopAnswer.TOO_LATE, sentence=sentences[answer])


def _collected(adapter: Collecting) -> Finding:
    try:
        found = list(adapter.collect())
    except WarehouseError as fault:
        return Finding(name="reports", fine=False, sentence=str(fault))
    messages = sum(len(each.messages) for each in found)
    faults = [sentence for each in found for sentence in each.faults]
    sentence = f"{len(found)} deliveries lie there, with {messages} messages; they are taken in by the lane"
    if faults:
        return Finding(name="reports", fine=False, sentence=f"{sentence}; first fault: {faults[0]}")
    return Finding(name="reports", fine=True, sentence=sentence)
