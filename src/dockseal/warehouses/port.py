"""What Dockseal asks of a warehouse, whatever protocol it speaks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One order on its way to a warehouse, with the personal data it needs to label and pack it."""

    reference: ReleaseRef
    """Names the hand-over: the same reference twice is the same order once."""
    warehouse: Warehouse
    amazon_order_id: AmazonOrderId
    marketplace_id: str
    ship_by: datetime | None
    deliver_by: datetime | None
    programs: frozenset[str] = frozenset()
    lines: tuple[OrderLine, ...]
    """Only lines of which something is to be shipped."""
    recipient: Recipient = field(repr=False)
    """Empty where the warehouse is handed none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A warehouse's yes."""

    reference_at_warehouse: str = ""
    """Its own id of the order; empty if it gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterParts:
    """What an adapter is built from."""

    warehouse: Warehouse
    secret: Secret | None
    """The warehouse's newest secret from the credential vault, if it has one."""
    secret_before: Secret | None = None
    """The one before, while the warehouse changes over: what is signed is signed with both."""
    transport: httpx.BaseTransport | None
    """Carries HTTP; None: the network."""
    clock: Clock


class WarehouseAdapter(Protocol):
    """Hands orders to one warehouse. Only `WarehouseError`s leave it, none with personal data in its text.

    A class that says `needs_recipient = False` gets its orders without any personal data, and none is
    retrieved for them: such as where the labels are bought from Amazon, which knows the address. One that
    says `works_without_recipient = True` leaves that to each warehouse, by its option `personal_data`.

    One that says `pushed_to = True` sends all of an order away in `submit` and never needs it again: its
    warehouses may choose that personal data is passed on and never stored.
    """

    def submit(self, hand_over: HandOver) -> Receipt:
        """Hands an order over; the same reference again changes nothing and returns a receipt.

        Raises:
            WarehouseRefused: the warehouse says no to this order.
            WarehouseUnavailable: it is down, slow or failing; it may or may not have taken the order.
        """
