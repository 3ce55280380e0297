"""Orders API v2026-01-01: searchOrders and getOrder."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from spapi_simulator.front.answers import JSON, Reply, refuse_input
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.dates import floor_millis, millis
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.listing import Names, Page, Pages, beyond, select, window
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.finding import shown_order_of
from spapi_simulator.orders.v2026_shapes import Shapes
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import V0_STATUS, OrderRecord

DATASETS = frozenset({
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES",
    "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
})  # fmt: skip
_NAMES = Names(
    created_after="createdAfter",
    created_before="createdBefore",
    updated_after="lastUpdatedAfter",
    updated_before="lastUpdatedBefore",
)
# A page token demands that these are repeated unchanged; maxResultsPerPage and includedData may change.
_QUESTION = (
    "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses",
    "marketplaceIds", "fulfilledBy",
)  # fmt: skip
_ORDERS = "/orders/2026-01-01/orders"
_API = "orders_2026-01-01"

OPERATIONS = (
    Operation(
        "searchOrders", "GET", _ORDERS, 0.0056, 20, api=_API,
        honours=(*_QUESTION, "maxResultsPerPage", "paginationToken", "includedData"),
    ),
    Operation(
        "getOrder", "GET", f"{_ORDERS}/{{orderId}}", 0.5, 30, api=_API, version="2026-01-01",
        honours=("orderId", "includedData"),
    ),
)  # fmt: skip


class OrdersV2026:
    """Answers both reads; personal data follows roles and includedData, never an RDT."""

    def __init__(self, book: Book, pages: Pages, behaviours: Behaviours) -> None:
        self._book = book
        self._pages = pages
        self._behaviours = behaviours
        self._shapes = Shapes(behaviours)

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"searchOrders": self.search, "getOrder 2026-01-01": self.get}

    def search(self, ask: Ask) -> Reply:
        """Answer searchOrders; an update is any change by Amazon, the buyer or the seller."""
        data = frozenset(listed(ask.query, "includedData", allowed=DATASETS))
        size = size_of_page(ask.query, "maxResultsPerPage")
        statuses = listed(ask.query, "fulfillmentStatuses", allowed=V0_STATUS)
        fulfilled_by = listed(ask.query, "fulfilledBy", allowed=("MERCHANT", "AMAZON"))
        marketplaces = listed(ask.query, "marketplaceIds")
        ask.caller.check_marketplaces(marketplaces)
        question = tuple((name, ",".join(ask.query.get_list(name))) for name in _QUESTION)
        page = self._page(ask, question)
        if page is not None:
            span = page.window
        else:
            lag = timedelta(seconds=self._behaviours.list_lag_seconds)
            span = window(ask.query, _NAMES, cutoff=floor_millis(ask.now - lag), behaviours=self._behaviours)

        def wanted(order: OrderRecord) -> bool:
            return (
                (not statuses or order.status in statuses)
                and (not fulfilled_by or order.fulfilled_by in fulfilled_by)
                and (not marketplaces or order.marketplace.marketplace_id in marketplaces)
            )

        began, shelf = beyond(page, ask.fault), self._book.shelf(ask.caller.seller_id)
        clocked = shelf.by_update if span.updated else shelf.by_creation
        found = shelf.between(clocked, span.after, span.before, beyond=began, now=ask.now)
        orders, more = select(found, wanted, size=size, fault=ask.fault)
        shapes = [self._shapes.order(one, ask.caller, data=data, now=ask.now) for one in orders]
        body: JSON = {"orders": shapes}
        body["lastUpdatedBefore" if span.updated else "createdBefore"] = millis(span.before)
        if more:
            following = Page(
                seller_id=ask.caller.seller_id,
                question=question,
                window=span,
                began=began,
                after=more,
                issued_at=ask.now,
            )
            body["pagination"] = {"nextToken": self._pages.keep(following)}
        return Reply(body=body)

    def get(self, ask: Ask) -> Reply:
        """Answer getOrder."""
        data = frozenset(listed(ask.query, "includedData", allowed=DATASETS))
        order = shown_order_of(ask, self._book)
        return Reply(body={"order": self._shapes.order(order, ask.caller, data=data, now=ask.now)})

    def _page(self, ask: Ask, question: tuple[tuple[str, str], ...]) -> Page | None:
        token = ask.query.get("paginationToken")
        if not token:
            return None
        page = self._pages.find(token, ask.caller.seller_id)
        if self._pages.expired(page, ask.now):
            raise refuse_input("paginationToken is older than 24 hours.")
        if page.question != question:
            raise refuse_input("All other parameters must be repeated unchanged with paginationToken.")
        return page
