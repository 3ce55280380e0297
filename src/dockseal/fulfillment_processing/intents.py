"""Decides what of an order goes to which warehouse, and writes that down before any of them is called.

The intents of all parts of a revision are written in one transaction: a crash leaves all of them or none.
Once written they stay, whatever the rules say later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import release_ref
from dockseal.domain.order import Hold, Order, OrderLine
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, ReleaseState
from dockseal.errors import MoveRefused
from dockseal.fulfillment_processing.known_skus import unknown_to
from dockseal.fulfillment_processing.obstacles import other_release, unrouted
from dockseal.fulfillment_processing.parts import (
    contents_of,
    faults_beside_parts,
    left_to_release,
    of_revision,
    parts_elsewhere,
)
from dockseal.fulfillment_processing.routing import Part, Route, Routing
from dockseal.fulfillment_processing.settling import RELEASER, Settling, Tried
from dockseal.fulfillment_processing.stop_words import waits_for_stop
from dockseal.fulfillment_processing.validation import one_hold
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents:
    """Writes the intents of orders."""

    storage: Storage
    trail: Trail
    clock: Clock
    routing: Routing
    settling: Settling

    def known(self, order: Order) -> list[Release]:
        """Returns the intents that are written for an order as it is."""
        return of_revision(self.storage.releases.of_order(order.ref), order.revision)

    def route(self, order: Order, to: Recipient | None = None) -> Route:
        """Routes what of an order no warehouse has; an empty route where there is nothing, or no way.

        Args:
            order: An order without intents.
            to: Who is asked about the destination; None: nobody, and the route may be open.
        """
        home = order.warehouse
        if self.routing.rules().rules:
            home = self.storage.sellers.get(order.seller).warehouse
        if home is None:
            return Route(choices=())
        left = self._left(order, self.storage.releases.of_order(order.ref))
        return self.routing.route(order, left, home=home, to=to)

    def write(self, tried: Tried, route: Route) -> list[Release]:
        """Returns the intents to be sent, written now unless they are; none if the order was moved or held.

        Raises:
            MoveRefused: the order is no longer as it was listed.
        """
        order = tried.order
        with self.storage.transaction():
            if self.storage.orders.get(order.ref) != order:
                raise MoveRefused(f"order {order.id} was changed meanwhile")
            releases = self.storage.releases.of_order(order.ref)
            known = of_revision(releases, order.revision)
            if known:
                if self._waits_for_stop(order, known):
                    return []
                intended = [each for each in known if each.state is ReleaseState.INTENDED]
                if not intended:
                    self.settling.conclude(order.ref, tried, order.revision)
                return intended
            hold = self._obstacle(order, releases)
            if hold is not None:
                self.settling.hold(order, hold)
                return []
            if not self._left(order, releases):
                self.settling.released(order, releases, order.revision)
                return []
            unknown = unknown_to(self.storage, order, route.parts)
            if unknown is not None:
                self.settling.hold(order, unknown)
                return []
            return self._written(order, route, whole=not parts_elsewhere(releases, order.revision))

    def _waits_for_stop(self, order: Order, known: Sequence[Release]) -> bool:
        """Holds an order of which a part is being stopped: it goes on once the warehouse answered."""
        stopped = next((each for each in known if self.storage.stops.is_open(each.ref)), None)
        if stopped is None:
            return False
        self.settling.hold(order, waits_for_stop(order, stopped))
        return True

    def _written(self, order: Order, route: Route, *, whole: bool) -> list[Release]:
        parts = route.parts
        whole = whole and len(parts) == 1
        if route.looked_at or not whole or parts[0].warehouse != order.warehouse:
            self._record_route(order, parts)
        return [
            self._intend(order, part, number=0 if whole else number)
            for number, part in enumerate(parts, start=1)
        ]

    def _intend(self, order: Order, part: Part, *, number: int) -> Release:
        release = Release(
            ref=release_ref(order.ref, order.revision, number),
            order=order.ref,
            warehouse=part.warehouse,
            state=ReleaseState.INTENDED,
            intended_at=self.clock.now(),
            contents=contents_of(part.lines) if number else (),
        )
        self.trail.record(
            Tag.ORDER_RELEASE_INTENDED,
            actor=RELEASER,
            order=order.ref,
            release=release.ref,
            warehouse=release.warehouse,
        )
        return self.storage.releases.intend(release)

    def _record_route(self, order: Order, parts: Sequence[Part]) -> None:
        """Records which rules decided: their numbers, and nothing of what they looked at."""
        for number, part in enumerate(parts, start=1):
            for rule in part.rules:
                self.trail.record(
                    Tag.ORDER_LIFE_ROUTED,
                    actor=RELEASER,
                    order=order.ref,
                    warehouse=part.warehouse,
                    part=number,
                    rule=rule,
                )

    def _left(self, order: Order, releases: Sequence[Release]) -> Sequence[OrderLine]:
        return left_to_release(order, parts_elsewhere(releases, order.revision)) or ()

    def _obstacle(self, order: Order, releases: Sequence[Release]) -> Hold | None:
        """Returns why an order without intents must not be sent, although it is releasable."""
        elsewhere = parts_elsewhere(releases, order.revision)
        for other in releases:
            if other.live and other not in elsewhere:
                return other_release(order, other)
        if left_to_release(order, elsewhere) is None:
            return other_release(order, elsewhere[-1])
        if order.warehouse is None:
            return unrouted(order)
        found = faults_beside_parts(order, elsewhere)
        return one_hold(found) if found else None
