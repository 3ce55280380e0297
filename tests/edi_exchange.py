"""A mailbox with an adapter at one end and a counterparty at the other, on a clock moved by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.warehouses.contract import PERSONAL, hand_over
from dockseal.warehouses.edi import Edi
from dockseal.warehouses.port import AdapterParts, Delivery, HandOver, StopRequest
from edi_counterparty import Counterparty, Order, write_profile

START = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
RENO = WarehouseId("reno")


@dataclass(kw_only=True)
class Exchange:
    """Both ends. `restart` gives a new adapter, as another process would have it."""

    folder: Path
    version: str = "4010"
    more: str = ""
    top: str = ""
    usage: str = "production"
    clock: ManualClock = field(default_factory=lambda: ManualClock(start=START))
    edi: Edi = field(init=False)

    def __post_init__(self) -> None:
        self.counterparty = Counterparty(root=self.mailbox, version=self.version)
        self.restart()

    @property
    def mailbox(self) -> Path:
        return self.folder / "mailbox"

    @property
    def warehouse(self) -> Warehouse:
        profile = write_profile(self.folder, self.more, version=self.version, usage=self.usage, top=self.top)
        options = (("profile", str(profile)), ("root", str(self.mailbox)))
        return Warehouse(id=RENO, adapter="edi", options=options)

    def restart(self) -> None:
        parts = AdapterParts(warehouse=self.warehouse, secret=None, transport=None, clock=self.clock)
        self.edi = Edi(parts)

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def sent(self, *references: str) -> list[Order]:
        """Hands orders over in one call and returns what the counterparty finds."""
        self.edi.submit_all([self.order(reference) for reference in references])
        return self.counterparty.look()

    def order(self, reference: str = "testreference2345678-1", **personal: str) -> HandOver:
        """An order; `personal` changes its recipient, field by field."""
        values = {**PERSONAL, **{Field(name): text for name, text in personal.items()}}
        one = hand_over(reference, warehouse=self.warehouse)
        return replace(one, recipient=Recipient(values))

    def stop(self, reference: str = "testreference2345678-1") -> StopRequest:
        one = self.order(reference)
        return StopRequest(
            reference=one.reference, warehouse=one.warehouse, amazon_order_id=one.amazon_order_id
        )

    def collected(self) -> tuple[list[WarehouseMessage], list[str]]:
        """Collects and puts away what there is; returns messages and sentences."""
        deliveries: list[Delivery] = list(self.edi.collect())
        for each in deliveries:
            self.edi.done(each)
        return (
            [message for each in deliveries for message in each.messages],
            [fault for each in deliveries for fault in each.faults],
        )

    def reports(self) -> list[ShipmentReport]:
        """Collects; there are reports and nothing else."""
        messages, faults = self.collected()
        assert faults == []
        return [message for message in messages if isinstance(message, ShipmentReport)]

    def files(self, folder: str) -> list[str]:
        place = self.mailbox / folder
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []
