"""What Dockseal asks of a warehouse, whatever protocol it speaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

import httpx

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import WarehouseRefused


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

    One that says `pulled = True` sends nothing: its warehouse comes and gets each order from the shelf, and
    personal data is opened then. `submit` is given an empty recipient and only accepts.

    One that says `signs = True` signs with a webhook secret, which is drawn when its warehouse is added; one
    that says `reports_by_api = False` gets no API key. One that needs secrets of the warehouse's own making
    names them in `given`; they are stored one by one, and read with `given_secrets`. One with a
    `check_options(warehouse)` has it called when a warehouse is added; it raises `SettingsFault`.
    One whose far side takes no text of any length or in any letters says so by `limits`, a `Limits` of the
    class or of the instance (see `limits.py`): its orders are fitted into them before `submit`, and an order
    that cannot be is held. Where a warehouse comes and gets its orders, the adapter calls `fit` by itself.

    One that says `opened_at_console = True` sends nothing either: a person opens the address at the console.

    What more an adapter can do it says by having the methods of `Batching`, `Asking`, `Stopping` or
    `Collecting`; nothing but `submit` is needed.
    """

    def submit(self, hand_over: HandOver) -> Receipt:
        """Hands an order over; the same reference again changes nothing and returns a receipt.

        Raises:
            WarehouseRefused: the warehouse says no to this order.
            WarehouseUnavailable: it is down, slow or failing; it may or may not have taken the order.
        """


@runtime_checkable
class Batching(Protocol):
    """Hands over many orders at once, such as in one file."""

    @property
    def most_at_once(self) -> int:
        """How many orders one call takes at most."""

    def submit_all(self, hand_overs: Sequence[HandOver]) -> Sequence[Receipt | WarehouseRefused]:
        """Hands orders over; the answers stand in the order of the orders.

        Raises:
            WarehouseUnavailable: it may or may not have taken any of them.
        """


@runtime_checkable
class Asking(Protocol):
    """Can be asked whether it has an order."""

    def ask(self, reference: ReleaseRef) -> Receipt | None:
        """Returns the receipt of an order that the warehouse has; None if it surely does not have it.

        Raises:
            WarehouseUnavailable: nothing is known now.
        """


class StopAnswer(Enum):
    """What a warehouse says when it is asked not to ship."""

    STOPPED = "stopped"
    """It will not ship it."""
    TOO_LATE = "too late"
    """It has left, or nobody can take it back."""
    ASKED = "asked"
    """It was asked; its answer comes as a message, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequest:
    """A wish that a warehouse does not ship an order."""

    reference: ReleaseRef
    warehouse: Warehouse
    amazon_order_id: AmazonOrderId


@runtime_checkable
class Stopping(Protocol):
    """Can be asked not to ship an order."""

    def stop(self, request: StopRequest) -> StopAnswer:
        """Asks a warehouse not to ship an order; the same request again changes nothing.

        Raises:
            WarehouseUnavailable: it may or may not have been asked.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was found at a warehouse in one piece, such as a file or an interchange."""

    name: str
    """Names it at the far side; holds nothing of a buyer."""
    messages: tuple[WarehouseMessage, ...]
    faults: tuple[str, ...] = ()
    """A sentence for each part that could not be read; the other parts are in `messages`."""


@runtime_checkable
class Collecting(Protocol):
    """Has to be looked at for what the warehouse reports."""

    def collect(self) -> Iterable[Delivery]:
        """Gives what is new, oldest first; what is not `done` is given again.

        Raises:
            WarehouseUnavailable: the far side cannot be looked at now.
        """

    def done(self, delivery: Delivery) -> None:
        """Puts a delivery away; it was taken in. To be told twice changes nothing.

        Raises:
            WarehouseUnavailable: it lies there still, and is given again.
        """
