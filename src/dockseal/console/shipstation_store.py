"""What a ShipStation account finds in its store, and what it reports: only of its own warehouse."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dockseal.console.ports import App
from dockseal.domain.attention import with_earlier
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.order import OVER, AmazonStatus, Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.errors import BadInput, KeyDestroyed, MoveRefused, NothingSealed, PastDeadline, SealBroken
from dockseal.fulfillment_processing.parts import lines_of
from dockseal.fulfillment_processing.rehearsal import is_test
from dockseal.warehouses.shipstation.address import Address, Unfit, address_of, check_lines
from dockseal.warehouses.shipstation.exported import Exported, Standing, number_of
from dockseal.warehouses.shipstation.notices import Notice, NoticeItem

PAGE = 100
"""Orders on one page: as many addresses are opened for it at most."""
_OVERLAP = timedelta(minutes=1)
"""What was put down before a window was asked for, and committed after it, comes with the next one."""
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_SHIPPED = frozenset({OrderState.SHIPPED, OrderState.CONFIRMED, OrderState.VERIFIED})
_AT_WORK = frozenset({OrderState.RELEASED, OrderState.PARTLY_SHIPPED})
_REFERENCE = re.compile(r"[a-z0-9-]{1,64}")
_NUMBER = re.compile(r"([0-9]{3}-[0-9]{7}-[0-9]{7})((?:-[0-9]{1,6}){0,2})")
_GONE = (NothingSealed, PastDeadline, KeyDestroyed, SealBroken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modified:
    """A release of which something was put on the shelf within a window."""

    number: int
    """That of the first entry in the window: a later one changes no page."""
    release: ReleaseRef
    at: datetime
    """When the last one was put there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The store as one ShipStation account sees it.

    Attributes:
        app: The running Dockseal.
        warehouse: Whose orders; it came out of the account's key.
        most_lines: How many address lines the protocol has.
    """

    app: App
    warehouse: Warehouse
    most_lines: int

    def modified(self, start: datetime, end: datetime) -> list[Modified]:
        """Returns what changed from one instant to another, both included, in the order it first did."""
        found: dict[ReleaseRef, Modified] = {}
        begin = max(start, _BEGIN) - _OVERLAP
        for entry in self.app.storage.shelf.between(self.warehouse.id, begin, end):
            first = found.get(entry.release)
            found[entry.release] = (
                Modified(number=entry.number, release=entry.release, at=entry.at)
                if first is None
                else replace(first, at=max(first.at, entry.at))
            )
        return list(found.values())

    def exported(self, modified: Iterable[Modified]) -> list[Exported]:
        """Returns orders as ShipStation is told of them; those to be shipped with their address, opened now.

        What ShipStation would not take is left out, so that it refuses none of the others for it, and a
        person is told by the order.

        Raises:
            OpensExhausted: as much was opened as an hour allows; the page is to be asked for again.
        """
        return [order for each in modified if (order := self._exported(each)) is not None]

    def _exported(self, each: Modified) -> Exported | None:
        found = self.app.shelf.behind(each.release)
        if found is None:
            return None
        order, release = found
        standing = self._standing(order, release)
        try:
            check_lines(lines_of(order, release))
            address = self._address(release) if standing is Standing.AWAITING else None
        except Unfit as fault:
            self._tell(order, f"Order {order.id} is not in ShipStation, which takes {fault}: {_BY_HAND}")
        except _GONE as fault:
            now = self.app.storage.orders.get(order.ref)
            if self._standing(now, release) is not Standing.AWAITING:
                return self._exported(each)
            self._tell(now, f"Order {order.id} is not in ShipStation: {fault}. {_WITHOUT_ADDRESS}")
        else:
            return self._told(each, order, release, standing=standing, address=address)
        return None

    def _standing(self, order: Order, release: Release) -> Standing:
        if order.state in _SHIPPED or (order.state is OrderState.SHREDDED and order.shipped_at is not None):
            return Standing.SHIPPED
        kinds = {entry.kind for entry in self.app.storage.shelf.of_release(release.ref)}
        over = order.state in OVER
        if over or order.amazon.status is AmazonStatus.CANCELLED or ShelfKind.STOP in kinds:
            return Standing.CANCELLED
        if release.state is ReleaseState.REFUSED:
            return Standing.CANCELLED
        if ShelfKind.CLOSED in kinds:
            return Standing.SHIPPED
        return Standing.AWAITING if order.state in _AT_WORK else Standing.ON_HOLD

    def _address(self, release: Release) -> Address:
        return address_of(self.app.shelf.open(self.warehouse.id, release.ref), most_lines=self.most_lines)

    def _told(
        self, each: Modified, order: Order, release: Release, *, standing: Standing, address: Address | None
    ) -> Exported:
        market = MARKETPLACES.get(order.amazon.marketplace_id)
        return Exported(
            reference=release.ref,
            number=number_of(order.id, order.ref, release.ref),
            standing=standing,
            ordered_at=order.amazon.purchased_at or order.accepted_at,
            modified_at=each.at,
            country=market.country if market else "US",
            ship_by=order.amazon.ship_by,
            deliver_by=order.amazon.deliver_by,
            programs=order.amazon.programs,
            lines=lines_of(order, release),
            gift=order.amazon.has_gift_message or bool(address and address.gift_message),
            requested_warehouse=self.warehouse.option("requested_warehouse"),
            address=address,
        )

    def _tell(self, order: Order, sentence: str) -> None:
        attention = with_earlier(order.attention, [sentence])
        if attention == order.attention:
            return
        try:
            self.app.storage.orders.change(order, attention=attention)
        except MoveRefused:
            return  # somebody changed it meanwhile; it is told the next time ShipStation asks

    def report(self, notice: Notice) -> bool:
        """Takes one parcel in; tells whether it is of an order that this warehouse has.

        Raises:
            BadInput: it cannot be used; the sentence says what to do.
            MoveRefused: another parcel of the order was taken in at the same moment; it is to be sent again.
        """
        named = self._named(notice)
        if named is None:
            return False
        order, release = named
        if is_test(release.ref):
            self.app.shelf.noticed(self.warehouse.id, release.ref)
            return True  # nothing of it is shipped
        contents, by_sku = _contents(notice.items, lines_of(order, release))
        now = self.app.clock.now()
        report = ShipmentReport(
            report_id=_report_id(release, notice, contents, by_sku),
            warehouse=self.warehouse.id,
            release=release.ref,
            carrier=notice.carrier,
            service=notice.service,
            tracking_number=notice.tracking_number,
            shipped_at=min(notice.shipped_at or now, now),
            contents=contents,
            by_sku=by_sku,
        )
        self.app.inbox.take(self.warehouse.id, report)
        return True

    def _named(self, notice: Notice) -> tuple[Order, Release] | None:
        """Finds what a notice is about: by our reference, else by the number that people see."""
        found = next((each for each in map(self._release, notice.references) if each is not None), None)
        return found or self._numbered(notice.number)

    def _numbered(self, number: str) -> tuple[Order, Release] | None:
        parts = _NUMBER.fullmatch(number)
        if parts is None:
            return None
        orders = self.app.storage.orders.list(text=parts[1])
        found = [self._release(f"{order.ref}{parts[2] or '-1'}") for order in orders]
        ours = [each for each in found if each is not None]
        return ours[0] if len(ours) == 1 else None

    def _release(self, text: str) -> tuple[Order, Release] | None:
        if not _REFERENCE.fullmatch(text):
            return None
        found = self.app.shelf.behind(ReleaseRef(text))
        return None if found is None or found[1].warehouse != self.warehouse.id else found


_BY_HAND = (
    "open its address in the console, enter the order in ShipStation by hand, and report its parcel in the "
    "console."
)
_WITHOUT_ADDRESS = "Ship it with the address that Seller Central shows, and report its parcel in the console."


def _contents(
    items: Sequence[NoticeItem], lines: Sequence[OrderLine]
) -> tuple[tuple[Content, ...], tuple[SkuContent, ...]]:
    """Returns what is in a parcel: by line where every item names one, else by SKU.

    Raises:
        BadInput: it names items, and none is in it.
    """
    packed = [each for each in items if each.quantity]
    if items and not packed:
        raise BadInput("every item of the parcel has quantity 0; report what is in it")
    known = {line.order_item_id for line in lines}
    found = []
    for item in packed:
        same = [line.order_item_id for line in lines if line.sku == item.sku]
        line_id = item.line_id if item.line_id in known else same[0] if len(same) == 1 else ""
        found.append(Content(order_item_id=line_id, quantity=item.quantity))
    if all(each.order_item_id for each in found):
        return tuple(found), ()
    return (), tuple(SkuContent(sku=item.sku, quantity=item.quantity) for item in packed)


def _report_id(
    release: Release, notice: Notice, contents: Sequence[Content], by_sku: Sequence[SkuContent]
) -> str:
    """Names a parcel by what it is: ShipStation numbers none, and may tell of one twice."""
    inside = sorted(f"{each.order_item_id}\n{each.quantity}" for each in contents)
    inside += sorted(f"{each.sku}\n{each.quantity}" for each in by_sku)
    whole = "\n\n".join([release.ref, notice.tracking_number, *inside])
    return f"shipstation-{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
