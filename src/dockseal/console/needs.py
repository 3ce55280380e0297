"""What needs a person now, and what to do about each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from dockseal.console.desk import Desk
from dockseal.console.words import TO_SHIP, left_text
from dockseal.domain.order import OVER, Order, OrderState
from dockseal.domain.shipment import PackageState
from dockseal.domain.shipping import Risk
from dockseal.monitoring_audit.checks import Check
from dockseal.shipment_confirmation.outlook import View
from dockseal.shipment_confirmation.ship_risk import Verdict

SOON = timedelta(hours=2)
"""A ship-by instant closer than this needs a person, whatever its warehouse's working hours."""
_OF_THE_CONNECTION = frozenset({"seller", "consent", "orders"})
"""First words of the checks that the page of sellers helps with."""
_UNMATCHED = MappingProxyType({"unmatched": ("/unmatched", "What fits no order")})
_SCANNED = 100
_EACH = 5
_COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "late": ("{} is late", "{} are late"),
        "soon": ("{} runs out of time", "{} run out of time"),
        "hold": ("{} is held", "{} are held"),
        "held-parcel": ("{} has a parcel held", "{} have a parcel held"),
        "refused": ("{} is refused by Amazon", "{} are refused by Amazon"),
        "attention": ("{} wants a look", "{} want a look"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that needs a person."""

    kind: str
    """`late`, `soon`, `hold`, `held-parcel`, `attention`, `refused` or `system`: colours it."""
    label: str
    sentence: str
    order: Order | None = None
    left: str = ""
    link: tuple[str, str] | None = None
    """Where there is more about it, and the words for that; an order has its own page."""


def headline(needs: list[Need]) -> str:
    """Says in one line what needs a person."""
    counts = Counter(need.kind for need in needs)
    said = [words[counts[kind] > 1].format(counts[kind]) for kind, words in _COUNTED.items() if counts[kind]]
    if said:
        first, rest = said[0], said[1:]
        number, _, verb = first.partition(" ")
        noun = "order" if number == "1" else "orders"
        text = ", ".join([f"{number} {noun} {verb}", *rest])
        return " and ".join(text.rsplit(", ", 1)) if rest else text
    return "Dockseal itself needs you" if needs else "Nothing needs you now"


def foremost(needs: list[Need]) -> tuple[Need, ...]:
    """Returns the first few of each kind, so that many of one do not hide another."""
    counts: Counter[str] = Counter()
    shown = []
    for need in needs:
        counts[need.kind] += 1
        if counts[need.kind] <= _EACH:
            shown.append(need)
    return tuple(shown)


def runs_out(verdict: Verdict | None, now: datetime) -> bool:
    """Tells whether so little of its warehouse's working time is left for an order that a person is told."""
    return verdict is not None and verdict.deadline is not None and now >= verdict.deadline.warn_at


def all_needs(desk: Desk, view: View) -> list[Need]:
    """Returns what needs a person: what runs out first, then what is stopped, each order once."""
    storage, now, canaries = desk.app.storage, view.now, view.canaries()
    listed = storage.orders.list(state=TO_SHIP, limit=_SCANNED)
    to_ship = [(order, view.verdict(order)) for order in listed if order.ref not in canaries]
    held = storage.orders.list(state=OrderState.HELD, limit=_SCANNED)
    found = [
        *(
            _running_out(order, verdict, now)
            for order, verdict in to_ship
            if runs_out(verdict, now) or (order.amazon.ship_by and order.amazon.ship_by < now + SOON)
        ),
        *_of_the_system(desk),
        *(_held(order, now) for order in held),
        *_held_parcels(desk, now),
        *_refused(desk, now),
        *_attention(desk, now),
    ]
    return list(_once(found))


def _once(needs: Iterable[Need]) -> Iterator[Need]:
    seen = set()
    for need in needs:
        if need.order is None or need.order.ref not in seen:
            yield need
        if need.order is not None:
            seen.add(need.order.ref)


def _of_the_system(desk: Desk) -> Iterator[Need]:
    sellers = {seller.id for seller in desk.app.storage.sellers.all()}
    for check in desk.health().checks:
        if not check.ok:
            link = _link(check) if check.about in sellers else _UNMATCHED.get(check.name.split()[0])
            yield Need(kind="system", label="Dockseal", left=check.name, sentence=check.sentence, link=link)


def _link(check: Check) -> tuple[str, str]:
    if check.name.split()[0] in _OF_THE_CONNECTION:
        return "/connect", "To the sellers"
    return f"/synchronization#{check.about}", "How complete it is"


def _running_out(order: Order, verdict: Verdict | None, now: datetime) -> Need:
    late = order.amazon.ship_by is not None and order.amazon.ship_by < now
    short = verdict.because if verdict is not None and verdict.risk is Risk.AT_RISK else ""
    return Need(
        kind="late" if late else "soon",
        label="Late" if late else "Ship-by runs out",
        sentence=order.hold.sentence if order.hold else order.attention or short or _waits(order),
        order=order,
        left=left_text(order.amazon.ship_by, now),
    )


def _held(order: Order, now: datetime) -> Need:
    sentence = order.hold.sentence if order.hold else "It is held without a reason; look at its timeline."
    return _need("hold", "Held", sentence, order=order, now=now)


def _held_parcels(desk: Desk, now: datetime) -> Iterator[Need]:
    storage = desk.app.storage
    for package in storage.packages.in_states(PackageState.HELD, limit=_SCANNED):
        order = storage.orders.get(package.order)
        if package.hold is not None and order.state not in OVER:
            need = _need("held-parcel", "Parcel held", package.hold.sentence, order=order, now=now)
            # To Amazon it has not left: its ship-by instant still counts.
            yield replace(need, left=left_text(order.amazon.ship_by, now))


def _refused(desk: Desk, now: datetime) -> Iterator[Need]:
    storage = desk.app.storage
    for package in storage.packages.in_states(PackageState.REFUSED, limit=_SCANNED):
        order = storage.orders.get(package.order)
        if order.attention:  # a person who saw to it clears the order's sentence
            yield _need("refused", "Refused by Amazon", order.attention, order=order, now=now)


def _attention(desk: Desk, now: datetime) -> Iterator[Need]:
    for order in desk.app.storage.orders.wanting_attention(_SCANNED):
        yield _need("attention", "Look at it", order.attention, order=order, now=now)


def _need(kind: str, label: str, sentence: str, *, order: Order, now: datetime) -> Need:
    left = left_text(order.amazon.ship_by, now) if order.state in TO_SHIP else ""
    return Need(kind=kind, label=label, sentence=sentence, order=order, left=left)


def _waits(order: Order) -> str:
    where = f"warehouse {order.warehouse}" if order.warehouse else "the warehouse"
    return {
        OrderState.ACCEPTED: f"Order {order.id} is not examined yet, or not paid for.",
        OrderState.RELEASABLE: f"Order {order.id} is not at {where} yet.",
        OrderState.RELEASED: f"Order {order.id} is at {where} and no parcel has left; ask there.",
        OrderState.PARTLY_SHIPPED: f"Some of order {order.id} has not left {where}; ask there.",
    }.get(order.state, f"Order {order.id} has not left.")
