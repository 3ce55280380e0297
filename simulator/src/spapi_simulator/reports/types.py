"""The report types that show orders, each with its rules (Amazon's "Order Reports")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from types import MappingProxyType

from spapi_simulator.reports import order_rows, order_xml
from spapi_simulator.reports.order_rows import Showing
from spapi_simulator.world.records import WITH_ADDRESS, OrderRecord
from spapi_simulator.world.roles import TAX_ROLES, Role

Builder = Callable[[Iterable[OrderRecord], Showing], str]
DOCUMENT_LIFE = timedelta(days=30)
_TWO_YEARS = timedelta(days=730)
_DIRECT = frozenset({Role.DIRECT_TO_CONSUMER_SHIPPING})


class ByClock(Enum):
    """Which clock of an order a report's window is about."""

    FULFILLABLE = auto()
    CREATED = auto()
    UPDATED = auto()


class Scheduling(Enum):
    """Whether a report may be scheduled; some may although Amazon's documents say that they may not."""

    ALLOWED = auto()
    UNDOCUMENTED = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportType:
    """What Amazon lays down for one report type.

    Attributes:
        build: Makes the content from the orders.
        wants: Whether an order belongs into it.
        roles: Any one of these is needed to ask for it and, with an RDT, to read it; empty for one without
            personal data.
        regions: Where it exists.
        requested: Whether createReport may ask for it; the others only come by schedule.
        open_start: Without a dataStartTime it reaches back as far as it can, instead of starting now.
        oldest: How far back its window may start; a window that starts earlier ends FATAL.
        widest: A window wider than this comes back empty, without an error.
        rivals: Of the types with the same word here a seller may schedule one at a time.
        media: The media type of its document.
    """

    name: str
    build: Builder
    wants: Callable[[OrderRecord], bool]
    clock: ByClock
    roles: frozenset[Role] = frozenset()
    regions: frozenset[str] = frozenset({"NA", "EU", "FE"})
    requested: bool = True
    scheduling: Scheduling = Scheduling.ALLOWED
    open_start: bool = False
    oldest: timedelta = _TWO_YEARS
    widest: timedelta | None = None
    rivals: str = ""
    media: str = "text/plain"


def _of_merchant(order: OrderRecord) -> bool:
    return order.fulfilled_by == "MERCHANT" and order.status in WITH_ADDRESS


def _to_ship(order: OrderRecord) -> bool:
    return _of_merchant(order) and order.unshipped_count > 0


def _every(_: OrderRecord) -> bool:
    return True


def _all_orders(name: str, build: Builder, clock: ByClock, *, xml: bool = False) -> ReportType:
    return ReportType(
        name=name,
        build=build,
        wants=_every,
        clock=clock,
        scheduling=Scheduling.REFUSED if xml else Scheduling.UNDOCUMENTED,
        widest=timedelta(days=31),
        media="text/xml" if xml else "text/plain",
    )


_TYPES = (
    ReportType(
        name="GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING",
        build=order_rows.actionable,
        wants=_to_ship,
        clock=ByClock.FULFILLABLE,
        roles=_DIRECT,
        open_start=True,
    ),
    ReportType(
        name="GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING",
        build=order_rows.shipping,
        wants=_of_merchant,
        clock=ByClock.FULFILLABLE,
        roles=_DIRECT,
        oldest=timedelta(days=60),
        rivals="shipping",
    ),
    ReportType(
        name="GET_ORDER_REPORT_DATA_SHIPPING",
        build=order_xml.shipping,
        wants=_of_merchant,
        clock=ByClock.FULFILLABLE,
        roles=_DIRECT,
        requested=False,
        oldest=timedelta(days=60),
        rivals="shipping",
        media="text/xml",
    ),
    ReportType(
        name="GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING",
        build=order_rows.invoicing,
        wants=_of_merchant,
        clock=ByClock.FULFILLABLE,
        roles=TAX_ROLES,
        regions=frozenset({"EU"}),
    ),
    ReportType(
        name="GET_FLAT_FILE_ORDER_REPORT_DATA_TAX",
        build=order_rows.tax,
        wants=_of_merchant,
        clock=ByClock.FULFILLABLE,
        roles=TAX_ROLES,
        regions=frozenset({"NA"}),
    ),
    _all_orders(
        "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", order_rows.by_last_update, ByClock.UPDATED
    ),
    _all_orders(
        "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", order_rows.by_order_date, ByClock.CREATED
    ),
    _all_orders(
        "GET_XML_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", order_xml.all_orders, ByClock.UPDATED, xml=True
    ),
    _all_orders(
        "GET_XML_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", order_xml.all_orders, ByClock.CREATED, xml=True
    ),
)
REPORT_TYPES: Mapping[str, ReportType] = MappingProxyType({one.name: one for one in _TYPES})
