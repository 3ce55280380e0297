"""The steps after a consent, each of which asks what is there before it makes anything.

A step that fails becomes a line with its next step, and the others go on: a seller without a queue still
works, by the sweep. A seller's lanes run as soon as its marketplaces are known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dockseal.amazon.participations import Participation
from dockseal.amazon.queue_setup import ReadyQueue
from dockseal.domain.access import Actor
from dockseal.domain.identifiers import SellerId
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.order import OrdersApi
from dockseal.domain.seller import RECIPIENT_V2026, Region, Seller
from dockseal.errors import AmazonError, BadInput, CredentialRefused, RoleMissing
from dockseal.monitoring_audit.addresses import Reading, addresses
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.checklist import Checklist, Line, done, missing, unknown
from dockseal.storage.store import Storage

_MARKETPLACES, _ORDERS, _ADDRESSES = "marketplaces", "orders", "names and streets"
_QUEUE, _NOTIFICATIONS = "queue", "notifications"
_READS = {OrdersApi.V2026: "orders-v2026", OrdersApi.V0: "orders-v0"}
_NOTED = frozenset({RECIPIENT_V2026})
"""What orders showed, and no check can find out: it stays as it was noted."""


class Amazon(Protocol):
    """What the steps ask of Amazon."""

    def participations(self, seller: SellerId) -> tuple[Participation, ...]:
        """Returns the marketplaces of a seller."""

    def may_read(self, seller: Seller) -> frozenset[str]:
        """Returns what Amazon lets us read of a seller."""

    def ready_queue(self, name: str, url: str) -> ReadyQueue:
        """Returns a queue that Amazon may send to."""

    def destination_of(self, application: str, region: Region, *, name: str, arn: str) -> str:
        """Returns the id of the destination that a queue is to an application."""

    def subscribe(self, seller: SellerId, destination: str) -> str:
        """Subscribes a seller's notifications; returns the id of the destination they go to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """Runs the steps and keeps what they found."""

    storage: Storage
    amazon: Amazon
    trail: Trail

    def run(
        self, name: SellerId, actor: Actor, *, wanted: tuple[str, ...] = (), queue_url: str = ""
    ) -> Checklist:
        """Runs every step.

        Args:
            name: The seller.
            actor: Who asked for it.
            wanted: Marketplaces; empty: those it has, or all it takes part in.
            queue_url: The queue to use; empty: the one it has, or its application's.

        Raises:
            BadInput: no seller has this name, or it brought a client of its own.
        """
        seller = self.storage.sellers.get(name)
        if not seller.application:
            raise BadInput(
                f"seller {name} brought a client of its own: change it with `dockseal sellers add {name} … "
                "--again`"
            )
        lines = [_consent(seller)]
        lines += _tried(_MARKETPLACES, seller, lambda: self._marketplaces(seller, wanted, actor))
        seller = self.storage.sellers.get(name)
        if seller.marketplaces and not seller.rests_because:
            lines += _tried(_ORDERS, seller, lambda: self._reach(seller))
            lines += _tried(_QUEUE, seller, lambda: self._notifications(seller, queue_url))
        checklist = Checklist(seller=name, lines=tuple(lines))
        with self.storage.transaction():
            self.trail.record(
                Tag.SELLER_ACCOUNT_CHECKED,
                actor=actor,
                seller=name,
                done=sum(line.done for line in lines),
                missing=checklist.missing,
            )
        return checklist

    def _marketplaces(self, seller: Seller, wanted: tuple[str, ...], actor: Actor) -> list[Line]:
        open_to_it = {
            each.marketplace_id for each in self.amazon.participations(seller.id) if each.participates
        }
        ours = tuple(
            id_ for id_, known in MARKETPLACES.items() if known.region is seller.region and id_ in open_to_it
        )
        asked = wanted or seller.marketplaces or ours
        chosen = tuple(id_ for id_ in asked if id_ in ours)
        lacking = [id_ for id_ in asked if id_ not in ours]
        if not chosen:
            return [missing(_MARKETPLACES, _nowhere(seller, lacking))]
        with self.storage.transaction():
            now = self.storage.sellers.change(seller, marketplaces=chosen, rests_because="")
            if seller.rests_because and not now.rests_because:
                self.trail.record(Tag.SELLER_ACCOUNT_RESUMED, actor=actor, seller=seller.id)
        lanes = f"its lanes rest: {now.rests_because}" if now.rests_because else "its lanes run"
        lines = [done(_MARKETPLACES, f"it takes part in {_countries(chosen)}; {lanes}")]
        if lacking:
            lines.append(missing(_MARKETPLACES, _nowhere(seller, lacking)))
        return lines

    def _reach(self, seller: Seller) -> list[Line]:
        may = self.amazon.may_read(seller)
        with self.storage.transaction():
            noted = self.storage.sellers.get(seller.id).may_read & _NOTED
            seller = self.storage.sellers.change(seller, may_read=may | noted)
        wanted, other = (
            _READS[seller.orders_api],
            next(iter(set(_READS.values()) - {_READS[seller.orders_api]})),
        )
        api = seller.orders_api.value
        if wanted in may:
            orders = done(_ORDERS, f"they can be read with Orders {api}")
        elif other in may:
            orders = missing(
                _ORDERS, f"Amazon refuses Orders {api} and gives {other}: switch the seller to that one"
            )
        else:
            orders = missing(
                _ORDERS,
                'Amazon lets us read none: give the application the role "Inventory and Order Tracking" in '
                "Solution Provider Portal, then have the seller consent again",
            )
        return [orders, self._addresses(seller)]

    def _addresses(self, seller: Seller) -> Line:
        found = addresses(self.storage, seller)
        make = {Reading.READABLE: done, Reading.MISSING: missing, Reading.UNKNOWN: unknown}[found.reading]
        return make(_ADDRESSES, found.sentence)

    def _notifications(self, seller: Seller, queue_url: str) -> list[Line]:
        name = f"dockseal-{seller.application}"
        queue = self.amazon.ready_queue(name, queue_url or seller.queue_url)
        lines = [
            missing(_QUEUE, f"queue {queue.arn} is there, but {queue.note}")
            if queue.note
            else done(_QUEUE, f"Amazon may send to {queue.arn}")
        ]
        with self.storage.transaction():
            self.storage.sellers.change(seller, queue_url=queue.url)
        return lines + _tried(_NOTIFICATIONS, seller, lambda: [self._subscription(seller, name, queue)])

    def _subscription(self, seller: Seller, name: str, queue: ReadyQueue) -> Line:
        destination = self.amazon.destination_of(seller.application, seller.region, name=name, arn=queue.arn)
        if self.amazon.subscribe(seller.id, destination) == destination:
            return done(_NOTIFICATIONS, "Amazon tells this queue of every change of an order (ORDER_CHANGE)")
        return missing(
            _NOTIFICATIONS,
            "Amazon tells another queue of this application already: give that one with --queue-url, or "
            "delete its subscription to ORDER_CHANGE, then run this again",
        )


def _tried(name: str, seller: Seller, step: Callable[[], list[Line]]) -> list[Line]:
    """Runs a step; when Amazon does not go along, its sentence and the next step are the line."""
    try:
        return step()
    except CredentialRefused as refused:
        return [missing(name, str(refused))]
    except (AmazonError, RoleMissing, BadInput) as error:
        return [missing(name, f"{error}; then run `dockseal sellers connect {seller.id} --again`")]


def _consent(seller: Seller) -> Line:
    if seller.consent_until is None:
        return done("consent", "it authorised the application itself, which does not end")
    return done("consent", f"given until {seller.consent_until:%Y-%m-%d}; have it renewed before")


def _nowhere(seller: Seller, lacking: list[str]) -> str:
    where = _countries(tuple(lacking)) if lacking else f"any marketplace of region {seller.region.value}"
    return (
        f"the seller does not take part in {where}: have it open its account there in Seller Central, then "
        f"run `dockseal sellers connect {seller.id} --again` with --marketplace"
    )


def _countries(marketplaces: tuple[str, ...]) -> str:
    return ", ".join(
        f"{MARKETPLACES[id_].country} ({id_})" if id_ in MARKETPLACES else id_ for id_ in marketplaces
    )
