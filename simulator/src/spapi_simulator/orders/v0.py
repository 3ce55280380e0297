"""Orders API v0: the six reads (deprecated by Amazon, gone on 2027-03-27)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from spapi_simulator.front.answers import JSON, Reply, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.dates import seconds
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.listing import Names, Page, Pages, Window, select, window
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.v0_shapes import Shapes
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import V0_STATUS, OrderRecord

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
_NAMES = Names(
    created_after="CreatedAfter",
    created_before="CreatedBefore",
    updated_after="LastUpdatedAfter",
    updated_before="LastUpdatedBefore",
)
_STATUSES = (*V0_STATUS.values(), "InvoiceUnconfirmed")
_NOT_WITH_SELLER_ORDER_ID = ("FulfillmentChannels", "OrderStatuses", "PaymentMethods", "LastUpdatedAfter",
                             "LastUpdatedBefore", "BuyerEmail")  # fmt: skip
_ORDERS = "/orders/v0/orders"
_ONE = f"{_ORDERS}/{{orderId}}"
_BUYER = frozenset({"buyerInfo"})
_ANY = frozenset({"buyerInfo", "shippingAddress", "buyerTaxInformation"})
_read = partial(Operation, method="GET", api="ordersV0", rate=0.5, burst=30)

OPERATIONS = (
    Operation(
        "getOrders", "GET", _ORDERS, 0.0167, 20, api="ordersV0", restricted=_ANY, elements=True,
        honours=("CreatedAfter", "CreatedBefore", "LastUpdatedAfter", "LastUpdatedBefore", "OrderStatuses",
                 "MarketplaceIds", "FulfillmentChannels", "PaymentMethods", "SellerOrderId",
                 "MaxResultsPerPage", "NextToken", "AmazonOrderIds"),
    ),
    _read("getOrder", template=_ONE, restricted=_ANY, elements=True, honours=("orderId",)),
    _read("getOrderBuyerInfo", template=f"{_ONE}/buyerInfo", restricted=_BUYER, honours=("orderId",)),
    _read("getOrderAddress", template=f"{_ONE}/address", restricted=frozenset({"shippingAddress"}),
          honours=("orderId",)),
    _read("getOrderItems", template=f"{_ONE}/orderItems", restricted=_BUYER, elements=True,
          honours=("orderId",)),
    _read("getOrderItemsBuyerInfo", template=f"{_ONE}/orderItems/buyerInfo", restricted=_BUYER,
          honours=("orderId",)),
)  # fmt: skip


class OrdersV0:
    """Answers the six reads; each method names its operation."""

    def __init__(self, book: Book, pages: Pages, behaviours: Behaviours) -> None:
        self._book = book
        self._pages = pages
        self._behaviours = behaviours
        self._shapes = Shapes(behaviours)

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {
            "getOrders": self.get_orders,
            "getOrder": self.get_order,
            "getOrderBuyerInfo": self.get_buyer_info,
            "getOrderAddress": self.get_address,
            "getOrderItems": self.get_items,
            "getOrderItemsBuyerInfo": self.get_items_buyer_info,
        }

    def get_orders(self, ask: Ask) -> Reply:
        """Answer getOrders. Later pages need MarketplaceIds and, for personal data, the RDT again."""
        marketplaces = listed(ask.query, "MarketplaceIds")
        if not marketplaces:
            raise refuse_input("MarketplaceIds is required.")
        ask.caller.check_marketplaces(marketplaces)
        size = size_of_page(ask.query, "MaxResultsPerPage")
        question = (("MarketplaceIds", ",".join(sorted(marketplaces))), *self._filters(ask))
        page: Page | None = None
        if token := ask.query.get("NextToken"):
            page = self._pages.find(token, ask.caller.seller.seller_id)
            if page.question[0] != question[0]:
                raise refuse_input("NextToken belongs to a request with other MarketplaceIds.")
            question, span = page.question, page.window
        else:
            span = self._window(ask)
        orders, more = select(
            self._matching(ask, dict(question)),
            (lambda order: order.status_changed_at) if span.updated else (lambda order: order.created_at),
            window=span,
            after=page.after if page else None,
            size=size,
        )
        payload: JSON = {"Orders": [self._shapes.order(one, ask.caller, now=ask.now) for one in orders]}
        payload["LastUpdatedBefore" if span.updated else "CreatedBefore"] = seconds(span.before)
        if more:
            payload["NextToken"] = self._pages.keep(
                Page(
                    seller_id=ask.caller.seller.seller_id,
                    question=question,
                    window=span,
                    after=more,
                    issued_at=ask.now,
                )
            )
        return Reply(body={"payload": payload})

    def get_order(self, ask: Ask) -> Reply:
        """Answer getOrder."""
        return Reply(body={"payload": self._shapes.order(self._order(ask), ask.caller, now=ask.now)})

    def get_items(self, ask: Ask) -> Reply:
        """Answer getOrderItems, in one page."""
        order = self._order(ask)
        items = [self._shapes.item(order, one, ask.caller, now=ask.now) for one in order.items]
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, "OrderItems": items}})

    def get_address(self, ask: Ask) -> Reply:
        """Answer getOrderAddress; without an RDT only city, state, postal code and country."""
        order = self._order(ask)
        payload: JSON = {"AmazonOrderId": order.order_id}
        if address := self._shapes.address(order, ask.caller, now=ask.now):
            payload["ShippingAddress"] = address
        return Reply(body={"payload": payload})

    def get_buyer_info(self, ask: Ask) -> Reply:
        """Answer getOrderBuyerInfo; without an RDT only the order id."""
        order = self._order(ask)
        buyer = self._shapes.buyer(order, ask.caller, now=ask.now)
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, **buyer}})

    def get_items_buyer_info(self, ask: Ask) -> Reply:
        """Answer getOrderItemsBuyerInfo; without an RDT only the item ids."""
        order = self._order(ask)
        items: list[JSON] = [
            {"OrderItemId": one.order_item_id, **self._shapes.item_buyer(order, one, ask.caller, now=ask.now)}
            for one in order.items
        ]
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, "OrderItems": items}})

    def _window(self, ask: Ask) -> Window:
        cutoff = (ask.now - timedelta(seconds=self._behaviours.list_lag_seconds)).replace(microsecond=0)
        by_id = ask.query.get("AmazonOrderIds") or ask.query.get("SellerOrderId")
        if by_id and not any(name in ask.query for name in ("CreatedAfter", "LastUpdatedAfter")):
            return Window(updated=False, after=datetime.min.replace(tzinfo=ask.now.tzinfo), before=cutoff)
        return window(ask.query, _NAMES, cutoff=cutoff, behaviours=self._behaviours)

    @staticmethod
    def _filters(ask: Ask) -> tuple[tuple[str, str], ...]:
        statuses = listed(ask.query, "OrderStatuses", allowed=_STATUSES)
        channels = listed(ask.query, "FulfillmentChannels", allowed=("AFN", "MFN"))
        methods = listed(ask.query, "PaymentMethods", allowed=("COD", "CVS", "Other"))
        ids = listed(ask.query, "AmazonOrderIds")
        seller_order_id = ask.query.get("SellerOrderId", "")
        if seller_order_id and any(name in ask.query for name in _NOT_WITH_SELLER_ORDER_ID):
            raise refuse_input(
                "SellerOrderId excludes the filters by status, channel, payment, update and buyer."
            )
        return (
            ("OrderStatuses", ",".join(sorted(statuses))),
            ("FulfillmentChannels", ",".join(sorted(channels))),
            ("PaymentMethods", ",".join(sorted(methods))),
            ("AmazonOrderIds", ",".join(sorted(ids))),
            ("SellerOrderId", seller_order_id),
        )

    def _matching(self, ask: Ask, wanted: dict[str, str]) -> list[OrderRecord]:
        split = {name: set(text.split(",")) if text else set() for name, text in wanted.items()}
        orders = (one.visible(ask.now) for one in self._book.of_seller(ask.caller.seller.seller_id))
        return [one for one in orders if _matches(one, split)]

    def _order(self, ask: Ask) -> OrderRecord:
        order_id = ask.path["orderId"]
        if not ORDER_ID.fullmatch(order_id):
            raise refuse_input("OrderId is invalid, should be in 3-7-7 format.")
        order = self._book.find(order_id)
        if order is None or order.seller_id != ask.caller.seller.seller_id:
            raise refuse_unknown()
        return order.visible(ask.now)


def _matches(order: OrderRecord, wanted: dict[str, set[str]]) -> bool:
    channel = "MFN" if order.fulfilled_by == "MERCHANT" else "AFN"
    # Amazon hides unpaid and cancelled orders from a payment method filter: they have no payment method.
    method = "" if order.status in {"PENDING", "PENDING_AVAILABILITY", "CANCELLED"} else "Other"
    facts = {
        "MarketplaceIds": order.marketplace.marketplace_id,
        "OrderStatuses": order.v0_status,
        "FulfillmentChannels": channel,
        "PaymentMethods": method,
        "AmazonOrderIds": order.order_id,
        "SellerOrderId": order.order_id,
    }
    return all(not allowed or facts[name] in allowed for name, allowed in wanted.items())
