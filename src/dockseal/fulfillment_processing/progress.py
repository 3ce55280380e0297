"""Moves an order on with what its warehouses show of it: that they have it, and what has left."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from dockseal.domain.access import Actor
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.order import OVER, AmazonStatus, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState
from dockseal.fulfillment_processing.obstacles import sent_before_elsewhere
from dockseal.fulfillment_processing.reports import left_to_ship
from dockseal.fulfillment_processing.stop_words import shipped_though_given_back, shipped_though_held
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
_TOLD = frozenset({_S.CONFIRMED, _S.VERIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Moves orders on; always inside the transaction of what moves them."""

    storage: Storage
    trail: Trail
    clock: Clock

    def caught_up(self, order: Order, release: Release, who: Actor, at: datetime) -> Order:
        """Returns the order as released, if a parcel shows that it was sent but it is not noted as taken.

        One of which other parts are still to be handed over stays as it is, so that they are.
        """
        if release.state is ReleaseState.INTENDED:
            self.storage.releases.settle(release, ReleaseState.ACCEPTED, at)
        sentences = [*self._surprises(order, release)]
        way = _WAY_TO_RELEASED.get(order.state, ()) if self._handed_over(order, release) else ()
        if way and order.warehouse != release.warehouse:
            order = self.storage.orders.change(order, warehouse=release.warehouse)
        hold = order.hold
        for state in way:
            order = self.storage.orders.move(order, state, hold=None)
        if sentences:
            earlier = "" if way else order.attention
            order = self.storage.orders.change(order, attention=with_earlier(earlier, sentences))
        if hold is not None and way:
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

    def advance(self, order: Order, packages: list[Package], who: Actor) -> Order:
        """Returns the order as its packages have it: released, shipped in part or altogether."""
        if order.state in OVER:
            return self.storage.orders.change(
                order, attention=with_earlier(order.attention, [_shipped_too_late(order)])
            )
        if order.state in _WAY_TO_RELEASED:
            return order  # other parts of it are still to be handed over
        standing = [package for package in packages if package.state is not PackageState.REFUSED]
        if not standing:
            return order
        all_left = not any(left_to_ship(order, standing).values())
        known = all(package.state in KNOWN_TO_AMAZON for package in standing)
        if order.state in _TOLD and not (known and all_left):
            order = self._move(order, _S.SHIPPED, _last(standing), who=who)
        target = _S.SHIPPED if all_left else _S.PARTLY_SHIPPED
        if order.state is target or order.state in _TOLD:
            return order
        return self._move(order, target, _last(standing) if all_left else None, who=who)

    def left_otherwise(self, order: Order, was: Package, packages: list[Package]) -> None:
        """Notes when an order left, where a package that was corrected had said so.

        Args:
            order: The order.
            was: The package before it was corrected.
            packages: All of its packages, as they are now.
        """
        if order.state is _S.SHIPPED and order.shipped_at == was.shipped_at:
            standing = [package for package in packages if package.state is not PackageState.REFUSED]
            self.storage.orders.change(order, shipped_at=_last(standing))

    def _move(self, order: Order, target: OrderState, shipped_at: datetime | None, *, who: Actor) -> Order:
        # What has not left yet may still be stopped: an address that is to be compared stays to be compared.
        waits = {"next_try": order.next_try, "tries": order.tries} if target is not _S.SHIPPED else {}
        moved = self.storage.orders.move(order, target, shipped_at=shipped_at, **waits)
        if target is _S.SHIPPED:
            self.storage.shelf.order_over(order.ref, self.clock.now())
        tag = Tag.ORDER_LIFE_SHIPPED if target is _S.SHIPPED else Tag.ORDER_LIFE_PARTLY_SHIPPED
        self.trail.record(tag, actor=who, order=order.ref)
        return moved

    def _handed_over(self, order: Order, release: Release) -> bool:
        """Tells whether this release, with those that were taken before, hands over all of the order."""
        others = [
            each
            for each in self.storage.releases.of_order(order.ref)
            if each.ref != release.ref and each.state is ReleaseState.ACCEPTED
        ]
        if any(not each.contents for each in (release, *others)):
            return True
        handed = dict.fromkeys((line.order_item_id for line in order.amazon.lines), 0)
        for each in (release, *others):
            for content in each.contents:
                handed[content.order_item_id] = handed.get(content.order_item_id, 0) + content.quantity
        return all(handed[line.order_item_id] >= line.ordered for line in order.amazon.lines)

    def _surprises(self, order: Order, release: Release) -> list[str]:
        """Returns what a person is told of a parcel that should not have left yet, or not from there."""
        sentences = []
        if order.state in _WAY_TO_RELEASED and release.differing:
            sentences.append(sent_before_elsewhere(order, release))
        if order.hold is not None:
            sentences.append(shipped_though_held(order, release, order.hold))
        elif release.state is ReleaseState.REFUSED and order.state not in OVER:
            sentences.append(shipped_though_given_back(order, release))
        return sentences


def _last(packages: list[Package]) -> datetime:
    return max(package.shipped_at for package in packages)


def _shipped_too_late(order: Order) -> str:
    cancelled = order.state is OrderState.CANCELLED or order.amazon.status is AmazonStatus.CANCELLED
    what = "which is cancelled" if cancelled else "which is over"
    return (
        f"The warehouse shipped a parcel of order {order.id}, {what}; have the carrier bring it back, or "
        "settle it with the buyer in Seller Central."
    )
