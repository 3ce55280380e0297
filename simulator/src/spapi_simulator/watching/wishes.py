"""What may be asked of the control API, checked as far as a world would suffer from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.faults import Fault
from spapi_simulator.watching.reading import Unfit, read
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import PLAIN_TERMS, Line, Terms

Region = Literal["NA", "EU", "FE"]
_SPAN = 100 * 366 * 86400.0
_OTHERS = frozenset({
    "*", "lwaToken", "getDocument", "putDocument", "unknown", "ReceiveMessage", "DeleteMessage",
    "DeleteMessageBatch", "ChangeMessageVisibility", "SendMessage", "GetQueueUrl", "GetQueueAttributes",
    "PurgeQueue", "SendMessageBatch", "ChangeMessageVisibilityBatch", "CreateQueue", "ListQueues",
    "ListDeadLetterSourceQueues", "SetQueueAttributes", "DeleteQueue", "consent", "appstoreConfirm",
})  # fmt: skip
"""Names that a fault may go by and that are no operations of the SP-API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """An order to place; whatever is left out is as in `Simulator.place_order`."""

    seller_id: str | None = None
    lines: tuple[Line, ...] = (Line(sku="SKU-001"),)
    marketplace_id: str | None = None
    pending: bool = False
    fulfilled_by: Literal["MERCHANT", "AMAZON"] = "MERCHANT"
    ship_by: datetime | None = None
    recipient: Recipient | None = None
    gift_message: str | None = None
    programs: tuple[str, ...] = ()
    terms: Terms = PLAIN_TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """One seller's own usage plan for an operation."""

    seller_id: str
    operation: str
    rate: float
    burst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsWish:
    """All usage plans at once: multiplied, or off."""

    scale: float | None = None
    off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsWish:
    """What goes wrong with notifications from now on; None leaves it as it is."""

    drop: int | None = None
    duplicate: int | None = None
    delay: float | None = None
    shuffle: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWish:
    """Where the clock is to go: by so many seconds, or to an instant."""

    advance: float | None = None
    set: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensWish:
    """Which tokens end: all access tokens and RDTs, or one refresh token."""

    expire: bool = False
    revoke: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesWish:
    """Whose consent loses its roles at Amazon's side, or gains those of its application: a refresh token."""

    lose: str | None = None
    give: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerWish:
    """A seller to add, with the application they authorise and the queue that hears of their orders."""

    region: Region = "NA"
    marketplaces: tuple[str, ...] = ("ATVPDKIKX0DER",)
    client_id: str | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationWish:
    """An application to register; it has every role."""

    name: str = "application"


def read_fault(given: object) -> Fault:
    """Return the fault that a JSON object describes.

    Raises:
        Unfit: It is none, or one that no call could ever meet.
    """
    fault = read(Fault, given, "A fault")
    names = _OTHERS | {operation.name for operation in CATALOGUE}
    _need(fault.operation in names, f"operation must be one of {', '.join(sorted(names))}.")
    _need(fault.status is None or 400 <= fault.status <= 599, "status must be from 400 to 599, or null.")
    _need(fault.times is None or fault.times >= 1, "times must be 1 or more, or null.")
    _need(fault.every >= 1, "every must be 1 or more.")
    _need(0 <= fault.seconds <= 3600, "seconds must be from 0 to 3600.")
    _need(fault.region in {"", "NA", "EU", "FE"}, "region must be one of NA, EU, FE.")
    if fault.since is not None and fault.until is not None:
        _need(fault.since < fault.until, "until must be later than since.")
    return fault


def read_order(given: object) -> OrderWish:
    """Return the order that a JSON object describes.

    Raises:
        Unfit: It is none, or one that reads could not show.
    """
    wish = read(OrderWish, given, "An order")
    _need(bool(wish.lines), "lines must hold a line.")
    for line in wish.lines:
        _need(1 <= line.quantity <= 100_000, "quantity must be from 1 to 100000.")
        for name, text in (("price", line.price), ("shipping", line.shipping), ("tax", line.tax)):
            _need(_is_amount(text), f'{name} must be an amount as text, such as "12.50".')
        _need(_is_amount(line.discount), 'discount must be an amount as text, such as "1.00".')
    return wish


def read_plan(given: Mapping[str, object]) -> PlanWish:
    """Return the usage plan that a JSON object describes.

    Raises:
        Unfit: It is none, or nothing goes by it.
    """
    wish = read(PlanWish, given, "A usage plan")
    names = {operation.bucket for operation in CATALOGUE}
    _need(wish.operation in names, f"operation must be one of {', '.join(sorted(names))}.")
    _need(0 < wish.rate <= 1e6, "rate must be more than 0, in requests per second.")
    _need(1 <= wish.burst <= 1e6, "burst must be 1 or more.")
    return wish


def read_limits(given: Mapping[str, object]) -> LimitsWish:
    """Return what is to become of all usage plans.

    Raises:
        Unfit: It is neither `scale` nor `off`.
    """
    wish = read(LimitsWish, given, "Limits")
    _need(
        wish.off is (wish.scale is None), "Limits need scale or off; one seller's own plan needs seller_id."
    )
    _need(wish.scale is None or 0 < wish.scale <= 1e6, "scale must be more than 0.")
    return wish


def read_notifications(given: object) -> NotificationsWish:
    """Return what is to go wrong with notifications.

    Raises:
        Unfit: A number makes no sense.
    """
    wish = read(NotificationsWish, given, "Notifications")
    _need(wish.drop is None or wish.drop >= 0, "drop must be 0 or more.")
    _need(wish.duplicate is None or 1 <= wish.duplicate <= 100, "duplicate must be from 1 to 100.")
    _need(wish.delay is None or 0 <= wish.delay <= 900, "delay must be from 0 to 900 seconds.")
    return wish


def read_clock(given: object) -> ClockWish:
    """Return where the clock is to go.

    Raises:
        Unfit: It is nowhere, or a century away.
    """
    wish = read(ClockWish, given, "A move of the clock")
    _need((wish.advance is None) is not (wish.set is None), "A move of the clock needs advance or set.")
    _need(wish.advance is None or abs(wish.advance) <= _SPAN, "advance must be less than a century.")
    _need(wish.set is None or 1990 <= wish.set.year <= 2190, "set must be a year from 1990 to 2190.")
    return wish


def _is_amount(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount < 10**9


def _need(holds: bool, sentence: str) -> None:
    if not holds:
        raise Unfit(sentence)
