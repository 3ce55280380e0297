"""Takes in what warehouses report: each parcel once, and never more than was ordered."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.order import AmazonStatus, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.obstacles import sent_before_elsewhere
from dockseal.fulfillment_processing.reports import (
    check_against,
    check_report,
    contents_of,
    left_to_ship,
    merged,
    same_parcel,
    shown,
)
from dockseal.fulfillment_processing.stops import note_parcel
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_S = OrderState
_WAY_TO_RELEASED = MappingProxyType(
    {
        _S.HELD: (_S.ACCEPTED, _S.RELEASABLE, _S.RELEASED),
        _S.ACCEPTED: (_S.RELEASABLE, _S.RELEASED),
        _S.RELEASABLE: (_S.RELEASED,),
    }
)
"""A parcel proves that the warehouse has the order, whatever we made of it since it was sent."""
_OVER = frozenset({_S.CANCELLED, _S.SHREDDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Takes in shipment reports."""

    storage: Storage
    trail: Trail
    clock: Clock

    def report(self, report: ShipmentReport, *, actor: Actor | None = None) -> Package:
        """Keeps one parcel, and moves its order on when parts or all of it have left.

        Args:
            report: The same `report_id` of the same warehouse again returns the package it made.
            actor: Who reports; the warehouse itself if left out.

        Raises:
            BadInput: the report cannot be used; the sentence says what to do.
            MoveRefused: another report of the same order was taken in at the same moment; send it again.
        """
        check_report(report, self.clock.now())
        who = actor or Actor(kind=ActorKind.WAREHOUSE, name=report.warehouse)
        with self.storage.transaction():
            order, release = self._released(report)
            known = self.storage.packages.find_report(report.warehouse, report.report_id)
            if known is not None:
                return _known(report, known, order=order)
            check_against(report, order)
            order = self._caught_up(order, release, who)
            order = note_parcel(self.storage, self.trail, order, release, actor=who, at=self.clock.now())
            return self._keep(report, order, who=who)

    def _released(self, report: ShipmentReport) -> tuple[Order, Release]:
        release = self.storage.releases.get(report.release)
        order = self.storage.orders.by_release(report.release)
        if release is None or order is None or release.warehouse != report.warehouse:
            raise BadInput(
                f"nothing was released to warehouse {report.warehouse} under the reference "
                f"{shown(report.release)}; report the reference exactly as it came with the order"
            )
        return order, release

    def _caught_up(self, order: Order, release: Release, who: Actor) -> Order:
        """Returns the order as released, if it was sent but is not noted as taken."""
        if release.state is ReleaseState.INTENDED:
            self.storage.releases.settle(release, ReleaseState.ACCEPTED, self.clock.now())
        if order.warehouse != release.warehouse:
            order = self.storage.orders.change(order, warehouse=release.warehouse)
        way = _WAY_TO_RELEASED.get(order.state, ())
        hold = order.hold
        for state in way:
            order = self.storage.orders.move(order, state, hold=None)
        sentences = [sent_before_elsewhere(order, release)] if way and release.differing else []
        if hold is not None:
            sentences.append(
                f"Warehouse {release.warehouse} shipped order {order.id} although it was held here "
                f"({hold.code}); check with the warehouse that it ships nothing twice."
            )
        if sentences:
            order = self.storage.orders.change(order, attention=with_earlier("", sentences))
        if hold is not None:
            self.trail.record(Tag.ORDER_LIFE_UNHELD, actor=who, order=order.ref, code=hold.code)
        if way:
            self.trail.record(
                Tag.ORDER_LIFE_RELEASED,
                actor=who,
                order=order.ref,
                release=release.ref,
                warehouse=release.warehouse,
            )
        return order

    def _keep(self, report: ShipmentReport, order: Order, *, who: Actor) -> Package:
        earlier = self.storage.packages.of_order(order.ref)
        left = left_to_ship(order, earlier)
        if order.state in _OVER:
            # Amazon counts a cancelled order down to nothing, but the parcel is out there all the same.
            contents = merged(report.contents) or _all_of(left)
        else:
            contents = contents_of(report, order, left=left)
        package = self.storage.packages.add(_package(report, order, contents=contents, earlier=earlier))
        units = sum(content.quantity for content in contents)
        self.trail.record(
            Tag.ORDER_PACKAGE_REPORTED,
            actor=who,
            order=order.ref,
            package=package.reference_id,
            units=units,
        )
        self._advance(order, [*earlier, package], who)
        return package

    def _advance(self, order: Order, packages: list[Package], who: Actor) -> None:
        all_left = not any(left_to_ship(order, packages).values())
        target = OrderState.SHIPPED if all_left else OrderState.PARTLY_SHIPPED
        if order.state in _OVER:
            self.storage.orders.change(order, attention=_shipped_too_late(order))
            return
        shipped_at = max(package.shipped_at for package in packages) if all_left else None
        if order.state is target:
            return
        self._move(order, target, shipped_at, who=who)

    def _move(self, order: Order, target: OrderState, shipped_at: datetime | None, *, who: Actor) -> None:
        # What has not left yet may still be stopped: an address that is to be compared stays to be compared.
        waits = {"next_try": order.next_try, "tries": order.tries} if target is not OrderState.SHIPPED else {}
        self.storage.orders.move(order, target, shipped_at=shipped_at, **waits)
        tag = Tag.ORDER_LIFE_SHIPPED if target is OrderState.SHIPPED else Tag.ORDER_LIFE_PARTLY_SHIPPED
        self.trail.record(tag, actor=who, order=order.ref)


def _known(report: ShipmentReport, package: Package, *, order: Order) -> Package:
    if package.order != order.ref or not same_parcel(report, package):
        raise BadInput(
            f"report {shown(report.report_id)} was already taken in with other contents; give every parcel a "
            "report id of its own"
        )
    return package


def _package(
    report: ShipmentReport, order: Order, *, contents: tuple[Content, ...], earlier: list[Package]
) -> Package:
    return Package(
        order=order.ref,
        reference_id=max((package.reference_id for package in earlier), default=0) + 1,
        carrier=report.carrier.strip(),
        service=report.service.strip(),
        tracking_number=report.tracking_number.strip(),
        shipped_at=report.shipped_at,
        contents=contents,
        state=PackageState.REPORTED,
        report_id=report.report_id,
    )


def _all_of(left: dict[str, int]) -> tuple[Content, ...]:
    return tuple(Content(order_item_id=item, quantity=rest) for item, rest in left.items() if rest)


def _shipped_too_late(order: Order) -> str:
    cancelled = order.state is OrderState.CANCELLED or order.amazon.status is AmazonStatus.CANCELLED
    what = "which is cancelled" if cancelled else "which is over"
    return (
        f"The warehouse shipped a parcel of order {order.id}, {what}; have the carrier bring it back, or "
        "settle it with the buyer in Seller Central."
    )
