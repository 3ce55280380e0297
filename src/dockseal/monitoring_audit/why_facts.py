"""The facts by which it is told why an order is not further yet, collected from the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.notice import Notice
from dockseal.domain.order import AmazonOrder, Order
from dockseal.domain.release import Release
from dockseal.domain.seller import Seller
from dockseal.domain.shipment import Package
from dockseal.domain.stop import Stop
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import BadInput
from dockseal.monitoring_audit.completeness import QuotaLeft, quotas
from dockseal.storage.store import Storage

_STEP_OF = {SyncSource.SWEEP: "sweep", SyncSource.ORDER_BY_ORDER: "take_in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What Amazon said when it was asked for an order that is in no table."""

    seller: SellerId | None = None
    """Whose order it is; None: no seller here has it."""
    reading: AmazonOrder | None = None
    unanswered: tuple[str, ...] = ()
    """Sentences of sellers that could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one order."""

    which: str
    """What was asked for: Amazon's order id, or our reference."""
    now: datetime
    order: Order | None = None
    notices: tuple[Notice, ...] = ()
    """The open ones, the oldest first."""
    packages: tuple[Package, ...] = ()
    releases: tuple[Release, ...] = ()
    stops: tuple[Stop, ...] = ()
    """Those that it has not gone on from."""
    seller: Seller | None = None
    """Whose order it is; None: unknown, or no longer served."""
    quotas: tuple[QuotaLeft, ...] = ()
    failing: Mapping[str, str] = field(default_factory=dict)
    """What went wrong in the last run of a step for this seller, by the step's name."""
    complete_to: datetime | None = None
    """How far the least complete seller is complete; None: none is."""
    needs_address: bool = True
    """Whether the order's warehouse is handed an address."""
    verify_after: timedelta = timedelta(minutes=5)
    asked: Asked | None = None
    """None: Amazon was not asked."""


def gathered(
    storage: Storage,
    which: str,
    clock: Clock,
    *,
    failing: Mapping[str, str] | None = None,
    verify_after: timedelta = timedelta(minutes=5),
    without_address: frozenset[str] = frozenset(),
    asked: Asked | None = None,
) -> Facts:
    """Collects what the tables know of an order.

    Args:
        storage: The tables.
        which: Amazon's order id, or our reference.
        clock: Tells the time.
        failing: Sentences of failing lanes, by `step/seller`; None: the ledger tells of those it knows.
        verify_after: How long after a confirmation Amazon is asked to show it back.
        without_address: Warehouses that are handed no address.
        asked: What Amazon said of it just now.

    Raises:
        BadInput: several sellers have an order of this id; give our reference.
    """
    found = storage.orders.list(text=which, limit=2)
    exact = [order for order in found if which in {order.id, order.ref}]
    if len(exact) > 1:
        raise BadInput(f"more than one seller has order {which}: give our reference of it")
    order = exact[0] if exact else None
    notices = tuple(storage.notices.of_order(order.id if order else which))
    whose = order.seller if order else notices[0].seller if notices else asked.seller if asked else None
    seller = next((each for each in storage.sellers.all() if each.id == whose), None)
    marks = [storage.watermarks.get(each.id) for each in storage.sellers.all()]
    now = clock.now()
    return Facts(
        which=which,
        now=now,
        order=order,
        notices=tuple(notice for notice in notices if notice.seller == whose),
        packages=tuple(storage.packages.of_order(order.ref)) if order else (),
        releases=tuple(storage.releases.of_order(order.ref)) if order else (),
        stops=tuple(each for each in storage.stops.of_order(order.ref) if not each.settled) if order else (),
        seller=seller,
        quotas=quotas(storage, whose, now) if whose else (),
        failing=_failing(storage, whose, failing or {}) if whose else {},
        complete_to=min((mark.complete_to for mark in marks if mark), default=None),
        needs_address=order is None or order.warehouse not in without_address,
        verify_after=verify_after,
        asked=asked,
    )


def _failing(storage: Storage, seller: SellerId, lanes: Mapping[str, str]) -> dict[str, str]:
    """Returns what fails by step: what the lanes of this process say, else the ledger's newest rows."""
    found = {}
    for source, step in _STEP_OF.items():
        newest = storage.sync_runs.latest(seller, 1, source)
        if newest and newest[0].outcome is SyncOutcome.FAILED:
            found[step] = newest[0].sentence
    for name, sentence in lanes.items():
        step, _, key = name.partition("/")
        if key == seller:
            found[step] = sentence
    return found
