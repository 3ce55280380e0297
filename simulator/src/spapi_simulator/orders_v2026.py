"""Orders API v2026-01-01: searchOrders and getOrder."""

from datetime import timedelta

from spapi_simulator.answers import JSON, Reply, refuse_input, refuse_unknown
from spapi_simulator.behaviours import Behaviours
from spapi_simulator.book import Book
from spapi_simulator.dates import floor_millis, millis
from spapi_simulator.gate import Ask
from spapi_simulator.listing import Names, Page, Pages, page_size, select, values, window
from spapi_simulator.orders_v0 import ORDER_ID
from spapi_simulator.orders_v2026_shapes import Shapes
from spapi_simulator.records import V0_STATUS, OrderRecord

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


class OrdersV2026:
    """Answers both reads; personal data follows roles and includedData, never an RDT."""

    def __init__(self, book: Book, pages: Pages, behaviours: Behaviours) -> None:
        self._book = book
        self._pages = pages
        self._behaviours = behaviours
        self._shapes = Shapes(behaviours)

    def search(self, ask: Ask) -> Reply:
        """Answer searchOrders; an update is any change by Amazon, the buyer or the seller."""
        data = frozenset(values(ask.query, "includedData", allowed=DATASETS))
        size = page_size(ask.query, "maxResultsPerPage")
        statuses = values(ask.query, "fulfillmentStatuses", allowed=V0_STATUS)
        fulfilled_by = values(ask.query, "fulfilledBy", allowed=("MERCHANT", "AMAZON"))
        marketplaces = values(ask.query, "marketplaceIds")
        ask.caller.check_marketplaces(marketplaces)
        question = tuple((name, ",".join(ask.query.get_list(name))) for name in _QUESTION)
        page = self._page(ask, question)
        if page is not None:
            span = page.window
        else:
            lag = timedelta(seconds=self._behaviours.list_lag_seconds)
            span = window(ask.query, _NAMES, cutoff=floor_millis(ask.now - lag), behaviours=self._behaviours)
        matching = (
            order
            for order in (one.visible(ask.now) for one in self._book.of_seller(ask.caller.seller.seller_id))
            if (not statuses or order.status in statuses)
            and (not fulfilled_by or order.fulfilled_by in fulfilled_by)
            and (not marketplaces or order.marketplace.marketplace_id in marketplaces)
        )
        orders, more = select(
            matching,
            (lambda order: order.updated_at) if span.updated else (lambda order: order.created_at),
            window=span,
            after=page.after if page else None,
            size=size,
        )
        body: JSON = {
            "orders": [self._shapes.order(one, ask.caller, data=data, now=ask.now) for one in orders]
        }
        body["lastUpdatedBefore" if span.updated else "createdBefore"] = millis(span.before)
        if more:
            token = self._pages.keep(
                Page(
                    seller_id=ask.caller.seller.seller_id,
                    question=question,
                    window=span,
                    after=more,
                    issued_at=ask.now,
                )
            )
            body["pagination"] = {"nextToken": token}
        return Reply(body=body)

    def get(self, ask: Ask) -> Reply:
        """Answer getOrder."""
        data = frozenset(values(ask.query, "includedData", allowed=DATASETS))
        order = self._order(ask)
        return Reply(body={"order": self._shapes.order(order, ask.caller, data=data, now=ask.now)})

    def _page(self, ask: Ask, question: tuple[tuple[str, str], ...]) -> Page | None:
        token = ask.query.get("paginationToken")
        if not token:
            return None
        page = self._pages.find(token, ask.caller.seller.seller_id)
        if self._pages.expired(page, ask.now):
            raise refuse_input("paginationToken is older than 24 hours.")
        if page.question != question:
            raise refuse_input("All other parameters must be repeated unchanged with paginationToken.")
        return page

    def _order(self, ask: Ask) -> OrderRecord:
        order_id = ask.path["orderId"]
        if not ORDER_ID.fullmatch(order_id):
            raise refuse_input("OrderId is invalid, should be in 3-7-7 format.")
        order = self._book.find(order_id)
        if order is None or order.seller_id != ask.caller.seller.seller_id:
            raise refuse_unknown()
        return order.visible(ask.now)
