"""What the page of one order shows, gathered from the tables."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from dockseal.console.board import Row, row_of
from dockseal.console.parcels import Parcel, Tried, parcels_of
from dockseal.console.ports import App
from dockseal.console.words import FLOW, OPEN, actor, details, told
from dockseal.domain.access import Purpose
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.label import Label
from dockseal.domain.order import Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Package
from dockseal.domain.stop import ANSWERED, Stop
from dockseal.shipment_confirmation.at_amazon import seen_at_amazon

BY_HAND = "by_hand"
PURPOSES = (Purpose.SHIPPING_LABEL, Purpose.PACKING_SLIP)
"""What a person may open personal data for."""
_PACKING = (OrderState.RELEASED, OrderState.PARTLY_SHIPPED)
_PASSED_BY = {OrderState.PARTLY_SHIPPED, OrderState.NOTICED}
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One state on the way of this order."""

    name: str
    place: str
    """`done`, `here` or `ahead`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line, and how much of it is in parcels."""

    line: OrderLine
    packed: int

    @property
    def left(self) -> int:
        """How much of it is in no parcel yet."""
        return max(0, self.line.ordered - self.packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One audit row of the order."""

    at: datetime
    told: str
    details: str
    actor: str
    bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """What a person can do so that an order does not ship."""

    can_stop: bool
    """A warehouse has it, and nobody asked it to stop it."""
    waited_for: tuple[Stop, ...]
    """Stops that the warehouse has not answered."""
    can_cancel: bool
    """No warehouse has it."""
    reasons: tuple[str, ...] = tuple(reason.value for reason in CancelReason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything the page of one order shows; no personal data among it."""

    order: Order
    why: str
    """Why it is not further yet, and what would change it."""
    open: bool
    """Whether something is still to be done."""
    row: Row
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...]
    carriers: tuple[str, ...]
    """Amazon's codes of carriers."""
    others: tuple[str, ...]
    """Parcels that Amazon shows and nobody reported, by carrier and number."""
    labels: tuple[Label, ...]
    moments: tuple[Moment, ...]
    packing: Release | None
    """The release a person packs at this console; None when there is nothing to pack here."""
    to_pack: tuple[Line, ...]
    """What of it is in no parcel yet."""
    can_open: bool
    purposes: tuple[tuple[str, str], ...]
    """(name in the form, words)."""
    stopping: Stopping


def dossier(app: App, ref: OrderRef, tried: Tried | None = None) -> Dossier:
    """Gathers the page of one order.

    Args:
        app: Where everything is.
        ref: Our reference of the order.
        tried: What could not be done with a parcel just now.

    Raises:
        BadInput: no order has this reference.
    """
    order = app.storage.orders.get(ref)
    packages = app.storage.packages.of_order(ref)
    lines, packing, codes = _lines(order, packages), packing_release(app, order), app.carriers.codes()
    at_amazon = seen_at_amazon(order, packages)
    return Dossier(
        order=order,
        why=app.why(ref),
        open=order.state in OPEN,
        row=row_of(order, app.clock.now(), app.outlook.view().verdict(order)),
        steps=_steps(order),
        lines=lines,
        parcels=parcels_of(order, packages, at_amazon=at_amazon, codes=codes, tried=tried),
        carriers=tuple(sorted(codes, key=str.casefold)),
        others=at_amazon.others,
        labels=tuple(app.storage.labels.of_order(ref)),
        moments=_moments(app, ref),
        packing=packing,
        to_pack=_to_pack(lines, packing),
        can_open=packing is not None and order.sealed_until is not None,
        purposes=tuple((purpose.name.lower(), purpose.value) for purpose in PURPOSES),
        stopping=_stopping(app, order),
    )


def packing_release(app: App, order: Order) -> Release | None:
    """Returns the release of an order that a person packs here: at a by-hand warehouse, not all shipped.

    Of several, the first of which something is in no parcel yet.
    """
    if order.state not in _PACKING:
        return None
    taken = [
        each
        for each in app.storage.releases.of_order(order.ref)
        if each.state is ReleaseState.ACCEPTED
        and app.storage.warehouses.get(each.warehouse).adapter == BY_HAND
    ]
    lines = _lines(order, app.storage.packages.of_order(order.ref))
    open_ = (each for each in taken if each.contents and _to_pack(lines, each))
    return next(open_, taken[-1] if taken else None)


def _to_pack(lines: tuple[Line, ...], release: Release | None) -> tuple[Line, ...]:
    """Returns what of a release is in no parcel yet."""
    if release is None or not release.contents:
        return tuple(each for each in lines if each.left)
    part = {each.order_item_id: each.quantity for each in release.contents}
    found = ((each, min(each.left, part.get(each.line.order_item_id, 0))) for each in lines)
    return tuple(Line(line=replace(each.line, ordered=left), packed=0) for each, left in found if left)


def _stopping(app: App, order: Order) -> Stopping:
    live = any(release.live for release in app.storage.releases.of_order(order.ref))
    open_ = [stop for stop in app.storage.stops.of_order(order.ref) if not stop.settled]
    waits = order.state in {OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE}
    return Stopping(
        can_stop=live and order.state in _PACKING and not open_,
        waited_for=tuple(stop for stop in open_ if stop.state not in ANSWERED),
        can_cancel=waits and not live and app.storage.cancellations.open(order.ref) is None,
    )


def _steps(order: Order) -> tuple[Step, ...]:
    way: tuple[OrderState, ...] = (OrderState.ACCEPTED, order.state)
    if order.state not in {OrderState.HELD, OrderState.CANCELLED}:
        way = tuple(state for state in FLOW if state is order.state or state not in _PASSED_BY)
    here = way.index(order.state)

    def place(index: int) -> str:
        return "done" if index < here else "here" if index == here else "ahead"

    return tuple(Step(name=state.value, place=place(index)) for index, state in enumerate(way))


def _lines(order: Order, packages: list[Package]) -> tuple[Line, ...]:
    packed: Counter[str] = Counter()
    for package in packages:
        for content in package.contents:
            packed[content.order_item_id] += content.quantity
    return tuple(Line(line=line, packed=packed[line.order_item_id]) for line in order.amazon.lines)


def _moments(app: App, ref: OrderRef) -> tuple[Moment, ...]:
    return tuple(
        Moment(
            at=row.at,
            told=told(row),
            details=details(row),
            actor=actor(row.actor),
            bad=row.tag.endswith((":held", "refused", ":differs", ":cancelled")),
        )
        for row in app.storage.audit.search(ref, limit=_MOST_ROWS)
    )
