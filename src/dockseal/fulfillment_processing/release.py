"""Releases orders to their warehouses, each part of each revision at most once.

An intent is written before a warehouse is called, under a reference that is the same each time. Whatever cuts
the work off in between, the next run asks the warehouse, or sends the same reference again and the warehouse
sees a repeat.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.lane import Outcome
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.errors import MoveRefused, WarehouseRefused, WarehouseUnavailable
from dockseal.fulfillment_processing.intents import Intents
from dockseal.fulfillment_processing.routing import Route, Routing, Ways
from dockseal.fulfillment_processing.sending import Answer, Errand, Sending
from dockseal.fulfillment_processing.settling import Settling, Tried
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage
from dockseal.warehouses.calls import Calling, untold
from dockseal.warehouses.personal_data import is_opened_later, is_pulled
from dockseal.warehouses.port import Batching, WarehouseAdapter

BATCH = 50
GIVE_UP_AFTER = 3
"""Unavailable answers in a row after which a warehouse is left alone until the next run."""


@dataclass(slots=True, kw_only=True)
class _Round:
    """What one run knows of the warehouses it talks to, and what waits to be sent to them at once."""

    ways: Ways
    adapters: dict[WarehouseId, tuple[Warehouse, WarehouseAdapter]] = field(default_factory=dict)
    failures: Counter[WarehouseId] = field(default_factory=Counter)
    batches: dict[WarehouseId, list[Errand]] = field(default_factory=dict)
    done: int = 0

    def given_up(self, warehouse: WarehouseId) -> bool:
        """Tells whether a warehouse is left alone until the next run."""
        return self.failures[warehouse] >= GIVE_UP_AFTER

    def count(self, answered: Sequence[tuple[Errand, Answer | None]]) -> None:
        """Counts one call of a warehouse by its answers."""
        answers = [(errand.release.warehouse, answer) for errand, answer in answered if answer is not None]
        for warehouse, answer in answers[:1]:
            down = isinstance(answer, WarehouseUnavailable)
            self.failures[warehouse] = self.failures[warehouse] + 1 if down else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """The lane that hands releasable orders whose personal data was retrieved to their warehouses.

    Attributes:
        adapters: Gives the adapter of a warehouse.
        without_recipient: Gives the warehouses that need no personal data.
        routing: Says which warehouse each line goes to.
        calling: Surrounds each call to a warehouse.
    """

    storage: Storage
    vault: Vault
    grants: Grants
    trail: Trail
    adapters: Callable[[Warehouse], WarehouseAdapter]
    clock: Clock
    without_recipient: Callable[[], frozenset[WarehouseId]] = frozenset
    routing: Routing = field(default_factory=Routing)
    calling: Calling = untold

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders ready for a warehouse."""
        return self.storage.orders.sellers_ready(
            self.clock.now(), self.without_recipient(), self.vault.passing.orders()
        )

    def run(self, seller: SellerId) -> Outcome:
        """Releases the due orders of a seller, the earliest ship-by first.

        Raises:
            SettingsFault: a warehouse's adapter cannot be built; none of its orders was touched.
        """
        now = self.clock.now()
        this_round = _Round(ways=self.ways())
        ready = self.storage.orders.ready(
            now=now,
            seller=seller,
            spared=this_round.ways.without,
            passed=self.vault.passing.orders(seller),
            limit=BATCH + 1,
        )
        for order in ready[:BATCH]:
            self._release(order, this_round)
        for warehouse in list(this_round.batches):
            self._send_batch(warehouse, this_round)
        given_up = any(map(this_round.given_up, this_round.failures))
        return Outcome(
            done=this_round.done,
            more=len(ready) > BATCH and not given_up,
            again_at=self.storage.orders.next_try(OrderState.RELEASABLE, seller, after=now),
        )

    def ways(self) -> Ways:
        """Returns how personal data comes to each warehouse now."""
        ways = self.routing.ways()
        return Ways(without=ways.without | self.without_recipient(), passed=ways.passed)

    @property
    def settling(self) -> Settling:
        """What writes answers down."""
        return Settling(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def intents(self) -> Intents:
        """What writes down what is about to be sent."""
        return Intents(
            storage=self.storage,
            trail=self.trail,
            clock=self.clock,
            routing=self.routing,
            settling=self.settling,
        )

    @property
    def sending(self) -> Sending:
        """What hands over."""
        return Sending(
            storage=self.storage,
            vault=self.vault,
            grants=self.grants,
            settling=self.settling,
            calling=self.calling,
        )

    def _release(self, order: Order, this_round: _Round) -> None:
        tried = Tried(order=order)
        known = self.intents.known(order)
        route = Route(choices=()) if known else self.intents.route(order)
        targets = [each.warehouse for each in known if each.state is ReleaseState.INTENDED] or route.possible
        if targets and all(map(this_round.given_up, targets)):
            return
        for warehouse in targets:
            self._adapter(warehouse, this_round)
        recipient = None
        if route.open:
            recipient = self.sending.open(tried)
            if recipient is None:
                return
            route = self.intents.route(order, recipient)
        if route.choices and self._goes_another_way(order, route, this_round.ways):
            return
        try:
            releases = self.intents.write(tried, route)
        except MoveRefused:
            # Somebody changed the order since it was listed; the next run sees it as it is.
            return
        sent_before = {each.ref for each in known}
        errands = [
            self._errand(tried, each, this_round, recipient=recipient, sent_before=each.ref in sent_before)
            for each in releases
        ]
        self._send(tried, errands, this_round)

    def _adapter(self, warehouse: WarehouseId, this_round: _Round) -> tuple[Warehouse, WarehouseAdapter]:
        if warehouse not in this_round.adapters:
            known = self.storage.warehouses.get(warehouse)
            this_round.adapters[warehouse] = (known, self.adapters(known))
        return this_round.adapters[warehouse]

    def _goes_another_way(self, order: Order, route: Route, ways: Ways) -> bool:
        """Has personal data come by the way of those that get it; tells whether it has to come yet."""
        leading = ways.leading(route)
        if leading == order.warehouse or leading in ways.without:
            return False
        sealed = order.sealed_until is not None
        if sealed or (not ways.kept_for(leading) and order.ref in self.vault.passing.orders(order.seller)):
            return False
        self.vault.passing.drop(order.ref)
        self.settling.change(order, warehouse=leading)
        return True

    def _errand(
        self,
        tried: Tried,
        release: Release,
        this_round: _Round,
        *,
        recipient: Recipient | None,
        sent_before: bool,
    ) -> Errand:
        warehouse, adapter = self._adapter(release.warehouse, this_round)
        return Errand(
            tried=tried,
            release=release,
            warehouse=warehouse,
            adapter=adapter,
            sent_before=sent_before,
            # A warehouse that comes and gets its orders opens the address when it does.
            spared=release.warehouse in this_round.ways.without or is_opened_later(adapter),
            recipient=recipient,
        )

    def _send(self, tried: Tried, errands: Sequence[Errand], this_round: _Round) -> None:
        going = [each for each in errands if not this_round.given_up(each.release.warehouse)]
        tried.waiting, tried.unsent = len(going), len(going) < len(errands)
        for each in going:
            errand, answer = self.sending.asked(each)
            if answer is None and isinstance(errand.adapter, Batching):
                self._collect(errand, errand.adapter, this_round)
            else:
                self._settle([(errand, answer or self.sending.one(errand))], this_round)
        if not going:
            self._finish(tried, this_round)

    def _collect(self, errand: Errand, adapter: Batching, this_round: _Round) -> None:
        batch = this_round.batches.setdefault(errand.release.warehouse, [])
        batch.append(errand)
        if len(batch) >= adapter.most_at_once:
            self._send_batch(errand.release.warehouse, this_round)

    def _send_batch(self, warehouse: WarehouseId, this_round: _Round) -> None:
        batch = this_round.batches.pop(warehouse)
        if this_round.given_up(warehouse):
            self._settle([(errand, None) for errand in batch], this_round)
        else:
            self._settle(self.sending.many(batch), this_round)

    def _settle(self, answered: Sequence[tuple[Errand, Answer | None]], this_round: _Round) -> None:
        """Settles the answers to one call of a warehouse, each by itself."""
        this_round.count(answered)
        for errand, answer in answered:
            tried = errand.tried
            tried.waiting -= 1
            if answer is None:
                tried.unsent = True
            elif isinstance(answer, WarehouseUnavailable):
                tried.unavailable = str(answer)
            elif isinstance(answer, WarehouseRefused):
                self.settling.refused(tried, errand.release, answer, sent_before=errand.sent_before)
            else:
                self.settling.taken(tried, errand.release, answer, pulled=is_pulled(errand.adapter))
            if not tried.waiting:
                self._finish(tried, this_round)

    def _finish(self, tried: Tried, this_round: _Round) -> None:
        """Puts an order off that a warehouse could not take, and lets go of one that is settled."""
        if tried.unavailable:
            self.settling.park(tried.order, tried.unavailable)
        elif not tried.unsent:
            self.vault.passing.drop(tried.order.ref)
            this_round.done += 1
