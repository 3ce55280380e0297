"""Writes down what warehouses answered, and moves or holds an order once all of its parts are answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef, ReleaseRef, revision_of
from dockseal.domain.lane import longer_wait
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shelf import ShelfKind
from dockseal.errors import DoesNotFit, MoveRefused, WarehouseRefused
from dockseal.fulfillment_processing import obstacles
from dockseal.fulfillment_processing.catching_up import catch_up
from dockseal.fulfillment_processing.parts import of_revision
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from dockseal.warehouses.port import Receipt

RELEASER = Actor(kind=ActorKind.SERVICE, name="release")
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
TELL_AFTER = 3
"""Tries after which a person is told that an order does not get through."""
RACES = 3

_STOPPED = frozenset({OrderState.CANCELLED, OrderState.HELD, OrderState.ACCEPTED})


@dataclass(slots=True, kw_only=True)
class Tried:
    """What one run learns of one order."""

    order: Order
    """As it was listed."""
    waiting: int = 0
    """Releases of it that are still to be sent or answered in this run."""
    unavailable: str = ""
    """What a warehouse said that could not take its part now."""
    unsent: bool = False
    """Whether a part of it was not sent: its personal data could not be opened, or its warehouse rests."""
    refused: dict[ReleaseRef, str] = field(default_factory=dict)
    """What warehouses said that surely do not have their part."""
    unfit: set[ReleaseRef] = field(default_factory=set)
    """Those of them that were not sent at all: their recipient does not fit the warehouse's system."""
    uncertain: dict[ReleaseRef, str] = field(default_factory=dict)
    """What warehouses said that may have taken their part in an earlier try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Settles releases. Each answer and what follows from it are one transaction."""

    storage: Storage
    trail: Trail
    clock: Clock

    def taken(self, tried: Tried, release: Release, receipt: Receipt, *, pulled: bool) -> None:
        """Writes down that a warehouse has a release, whatever became of its order meanwhile."""

        def act() -> None:
            now = self.clock.now()
            settled = self.storage.releases.settle(
                release, ReleaseState.ACCEPTED, now, receipt=receipt.reference_at_warehouse
            )
            if pulled:
                self.storage.shelf.put(release.warehouse, release.ref, ShelfKind.RELEASED, now)
            if release.contents:
                self._record(Tag.ORDER_RELEASE_TAKEN, release)
            self._note_taken(settled, tried)

        self._whoever_else_writes(act)

    def refused(self, tried: Tried, release: Release, fault: WarehouseRefused, *, sent_before: bool) -> None:
        """Writes down that a warehouse refused a release.

        If an earlier try may have been taken, the release stays open under its reference.
        """
        unfit = isinstance(fault, DoesNotFit)
        code = obstacles.UNCERTAIN if sent_before else obstacles.UNFIT if unfit else obstacles.REFUSED
        (tried.uncertain if sent_before else tried.refused)[release.ref] = str(fault)
        if unfit and not sent_before:
            tried.unfit.add(release.ref)

        def act() -> None:
            known = self.storage.releases.get(release.ref)
            if known is not None and known.state is ReleaseState.ACCEPTED:
                return self.conclude(release.order, tried, revision_of(release.ref))  # it reported a parcel
            if not sent_before:
                self.storage.releases.settle(release, ReleaseState.REFUSED, self.clock.now())
            self._record(Tag.ORDER_RELEASE_REFUSED, release, code=code)
            return self.conclude(release.order, tried, revision_of(release.ref))

        self._whoever_else_writes(act)

    def withdrawn(self, release: Release) -> None:
        """Gives a release up that was surely never sent."""
        with self.storage.transaction():
            self.storage.releases.settle(release, ReleaseState.REFUSED, self.clock.now())
            self._record(Tag.ORDER_RELEASE_REFUSED, release, code="never_sent")

    def conclude(self, ref: OrderRef, tried: Tried, revision: int) -> None:
        """Moves or holds an order if every part of a revision is answered; inside a transaction.

        Raises:
            MoveRefused: somebody else changed the order at the same moment.
        """
        order = self.storage.orders.get(ref)
        releases = self.storage.releases.of_order(ref)
        parts = of_revision(releases, revision)
        unanswered = [each for each in parts if each.state is ReleaseState.INTENDED]
        if order.state is not OrderState.RELEASABLE or any(
            each.ref not in tried.uncertain for each in unanswered
        ):
            return
        refused = [each for each in parts if not each.live]
        if not unanswered and not refused:
            self.released(order, releases, revision)
        elif order.revision == revision:
            taken = [each for each in releases if each.state is ReleaseState.ACCEPTED]
            if unanswered:
                self.hold(order, obstacles.uncertain(order, unanswered, taken, tried.uncertain))
            else:
                # Under a reference that a warehouse surely never took, a later try needs a new one.
                hold = obstacles.refused(order, refused, taken, tried.refused, unfit=tried.unfit)
                self.hold(order, hold, revision=revision + 1)

    def released(self, order: Order, releases: Sequence[Release], revision: int) -> None:
        """Moves an order on that warehouses have as a whole; inside a transaction."""
        has = [each for each in releases if each.state is ReleaseState.ACCEPTED]
        newest = of_revision(has, revision) or has
        sentences = []
        if revision != order.revision:
            sentences += [obstacles.changed_meanwhile(order, each) for each in newest]
        sentences += [obstacles.sent_before_elsewhere(order, each) for each in has if each.differing]
        warehouses = [each.warehouse for each in newest]
        warehouse = order.warehouse if order.warehouse in warehouses else warehouses[0]
        moved = self.storage.orders.move(
            order,
            OrderState.RELEASED,
            warehouse=warehouse,
            hold=None,
            attention=with_earlier("", sentences),
        )
        told = {"parts": len(has)} if len(has) > 1 else {"release": newest[0].ref, "warehouse": warehouse}
        self.trail.record(Tag.ORDER_LIFE_RELEASED, actor=RELEASER, order=order.ref, **told)
        catch_up(self.storage, self.trail, moved, actor=RELEASER)

    def hold(self, order: Order, hold: Hold, **changes: datetime | int | None) -> None:
        """Holds an order; inside a transaction."""
        self.storage.orders.move(order, OrderState.HELD, hold=hold, **changes)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=RELEASER, order=order.ref, code=hold.code)

    def try_hold(self, order: Order, hold: Hold, **changes: datetime | int | None) -> None:
        """Holds an order, unless it was changed meanwhile: the next run meets the same obstacle then."""
        try:
            with self.storage.transaction():
                self.hold(order, hold, **changes)
        except MoveRefused:
            return

    def park(self, order: Order, words: str) -> None:
        """Puts an order off whose warehouse could not take it now."""
        attention = {"attention": words} if order.tries + 1 >= TELL_AFTER else {}
        next_try = self.clock.now() + longer_wait(order.tries, first=FIRST_WAIT, longest=LONGEST_WAIT)
        self.change(order, next_try=next_try, tries=order.tries + 1, **attention)

    def change(self, order: Order, **changes: datetime | int | str | None) -> None:
        """Changes an order, unless somebody else did meanwhile: the next run takes it as it is then."""
        try:
            self.storage.orders.change(order, **changes)
        except MoveRefused:
            return

    def _note_taken(self, release: Release, tried: Tried) -> None:
        order = self.storage.orders.get(release.order)
        if order.state is OrderState.RELEASABLE:
            self.conclude(order.ref, tried, revision_of(release.ref))
        elif self.storage.stops.is_open(release.ref):
            return  # the warehouse is asked to stop it
        elif order.state in _STOPPED:
            self.storage.shelf.order_over(order.ref, self.clock.now(), cancelled=True)
            self.storage.orders.change(order, attention=obstacles.taken_while_stopped(order, release))

    def _record(self, tag: Tag, release: Release, **fields: str) -> None:
        self.trail.record(
            tag,
            actor=RELEASER,
            order=release.order,
            release=release.ref,
            warehouse=release.warehouse,
            **fields,
        )

    def _whoever_else_writes(self, act: Callable[[], None]) -> None:
        for race in range(1, RACES + 1):
            try:
                with self.storage.transaction():
                    return act()
            except MoveRefused:
                if race == RACES:
                    raise
        return None
