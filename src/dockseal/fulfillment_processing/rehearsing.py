"""Sends a clearly marked test order through the real connection to a warehouse, and says what came back."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef, WarehouseId
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput, SettingsFault, WarehouseError
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

PREFIX = "dockseal-test-"
"""Begins the reference of every test order; no real reference has an o or an l in it."""
MARK = "TEST ORDER - DO NOT SHIP"
ABOUT_THE_TEST = (
    "this is about the test order: it arrived, so reports work; nothing of it is shipped or confirmed"
)
"""What is answered to whoever reports a parcel of a test order."""
_INVENTED = Recipient(
    {
        Field.NAME: "Testorder Donotship",
        Field.DELIVERY_INSTRUCTIONS: MARK,
        Field.ADDRESS_LINE_1: "1 Nowhere Street",
        Field.CITY: "Nowhereville",
        Field.REGION: "NV",
        Field.POSTAL_CODE: "89501",
        Field.COUNTRY: "US",
        Field.PHONE: "+1 555 0100",
    }
)
_ORDER_ID = AmazonOrderId("000-0000000-0000000")


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
        with self.storage.transaction():
            self.trail.record(Tag.WAREHOUSE_TEST_BEGUN, actor=actor, warehouse=name)
        return tuple(self._findings(warehouse, adapter))

    def _findings(self, warehouse: Warehouse, adapter: WarehouseAdapter) -> Iterator[Finding]:
        reference = ReleaseRef(f"{PREFIX}{secrets.token_hex(6)}")
        if is_pulled(adapter):
            yield Finding(
                name="hand-over",
                fine=True,
                sentence=f"nothing is sent: {warehouse.id} gets its orders itself; {self._last(warehouse)}",
            )
            return
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
        now = self.clock.now()
        return HandOver(
            reference=reference,
            warehouse=warehouse,
            amazon_order_id=_ORDER_ID,
            marketplace_id="ATVPDKIKX0DER",
            ship_by=now + timedelta(days=1),
            deliver_by=now + timedelta(days=4),
            lines=(OrderLine(order_item_id="00000000000000", sku="DOCKSEAL-TEST", title=MARK, ordered=1),),
            recipient=_INVENTED if needs_recipient(warehouse, type(adapter)) else Recipient({}),
        )

    def _last(self, warehouse: Warehouse) -> str:
        rows = self.storage.audit.search(actor=f"warehouse:{warehouse.id}", limit=1)
        if not rows:
            return "it was not seen yet"
        return f"it was last seen at {rows[0].at:%Y-%m-%d %H:%M} UTC"


def is_test(reference: str) -> bool:
    """Tells whether a reference is that of a test order."""
    return reference.startswith(PREFIX)


def refuse_test(reference: str) -> None:
    """Refuses what a warehouse reports of a test order, in a sentence that says that it arrived.

    Raises:
        BadInput: the reference is that of a test order.
    """
    if is_test(reference):
        raise BadInput(ABOUT_THE_TEST)


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
            StopRequest(reference=reference, warehouse=warehouse, amazon_order_id=_ORDER_ID)
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
