"""Orders API v0: the six reads (deprecated by Amazon, gone on 2027-03-27)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter, itemgetter

from spapi_simulator.front.answers import JSON, Reply, refuse_input
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.dates import parse, seconds
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.listing import Names, Page, Pages, Place, Window, beyond, select, window
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.finding import shown_order_of
from spapi_simulator.orders.v0_shapes import EASY_SHIP_STATUSES, Shapes, invoice_status
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import (
    INVOICE_UNCONFIRMED,
    STORE_PICKUP,
    V0_STATUS,
    WITH_ADDRESS,
    Item,
    OrderRecord,
)

_NAMES = Names(
    created_after="CreatedAfter",
    created_before="CreatedBefore",
    updated_after="LastUpdatedAfter",
    updated_before="LastUpdatedBefore",
)
_STATUSES = (*V0_STATUS.values(), INVOICE_UNCONFIRMED)
_NOT_WITH_SELLER_ORDER_ID = (
    "FulfillmentChannels", "OrderStatuses", "PaymentMethods", "LastUpdatedAfter", "LastUpdatedBefore",
    "BuyerEmail",
)  # fmt: skip
_LISTS: dict[str, tuple[str, ...]] = {
    "OrderStatuses": _STATUSES,
    "FulfillmentChannels": ("AFN", "MFN"),
    "PaymentMethods": ("COD", "CVS", "Other"),
    "EasyShipShipmentStatuses": EASY_SHIP_STATUSES,
    "ElectronicInvoiceStatuses": ("NotRequired", "NotFound", "Processing", "Errored", "Accepted"),
    "AmazonOrderIds": (),
}
_TEXTS = ("SellerOrderId", "BuyerEmail", "ActualFulfillmentSupplySourceId", "IsISPU", "StoreChainStoreId")
_DELIVERY_BOUNDS = (
    "EarliestDeliveryDateBefore", "EarliestDeliveryDateAfter", "LatestDeliveryDateBefore",
    "LatestDeliveryDateAfter",
)  # fmt: skip
_ORDERS = "/orders/v0/orders"
_ONE = f"{_ORDERS}/{{orderId}}"
_BUYER = frozenset({"buyerInfo"})
_ANY = frozenset({"buyerInfo", "shippingAddress", "buyerTaxInformation"})
_read = partial(Operation, method="GET", api="ordersV0", rate=0.5, burst=30)

OPERATIONS = (
    Operation(
        "getOrders", "GET", _ORDERS, 0.0167, 20, api="ordersV0", restricted=_ANY, elements=True,
        honours=("CreatedAfter", "CreatedBefore", "LastUpdatedAfter", "LastUpdatedBefore", "MarketplaceIds",
                 "MaxResultsPerPage", "NextToken", *_LISTS, *_TEXTS, *_DELIVERY_BOUNDS),
    ),
    _read("getOrder", template=_ONE, restricted=_ANY, elements=True, honours=("orderId",)),
    _read("getOrderBuyerInfo", template=f"{_ONE}/buyerInfo", restricted=_BUYER, honours=("orderId",)),
    _read("getOrderAddress", template=f"{_ONE}/address", restricted=frozenset({"shippingAddress"}),
          honours=("orderId",)),
    _read("getOrderItems", template=f"{_ONE}/orderItems", restricted=_BUYER, elements=True,
          honours=("orderId", "NextToken")),
    _read("getOrderItemsBuyerInfo", template=f"{_ONE}/orderItems/buyerInfo", restricted=_BUYER,
          honours=("orderId", "NextToken")),
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
            page = self._pages.find(token, ask.caller.seller_id)
            if page.question[0] != question[0]:
                raise refuse_input("NextToken belongs to a request with other MarketplaceIds.")
            question, span = page.question, page.window
        else:
            span = self._window(ask)
        began = beyond(page, ask.fault)
        wanted = _Wanted(dict(question), self._behaviours.refuse_utc_offsets)
        orders, more = select(self._found(ask, span, began, wanted.ids), wanted, size=size, fault=ask.fault)
        payload: JSON = {"Orders": [self._shapes.order(one, ask.caller, now=ask.now) for one in orders]}
        payload["LastUpdatedBefore" if span.updated else "CreatedBefore"] = seconds(span.before)
        if more:
            following = Page(
                seller_id=ask.caller.seller_id,
                question=question,
                window=span,
                began=began,
                after=more,
                issued_at=ask.now,
            )
            payload["NextToken"] = self._pages.keep(following)
        return Reply(body={"payload": payload})

    def get_order(self, ask: Ask) -> Reply:
        """Answer getOrder."""
        order = shown_order_of(ask, self._book)
        return Reply(body={"payload": self._shapes.order(order, ask.caller, now=ask.now)})

    def get_items(self, ask: Ask) -> Reply:
        """Answer getOrderItems, a page at a time."""
        order = shown_order_of(ask, self._book)
        items, more = self._page_of_items(ask, order)
        shapes = [self._shapes.item(order, one, ask.caller, now=ask.now) for one in items]
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, "OrderItems": shapes, **more}})

    def get_address(self, ask: Ask) -> Reply:
        """Answer getOrderAddress; without an RDT only city, state, postal code and country."""
        order = shown_order_of(ask, self._book)
        payload: JSON = {"AmazonOrderId": order.order_id}
        if address := self._shapes.address(order, ask.caller, now=ask.now, alone=True):
            payload["ShippingAddress"] = address
        return Reply(body={"payload": payload})

    def get_buyer_info(self, ask: Ask) -> Reply:
        """Answer getOrderBuyerInfo; without an RDT only the order id."""
        order = shown_order_of(ask, self._book)
        buyer = self._shapes.buyer(order, ask.caller, now=ask.now)
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, **buyer}})

    def get_items_buyer_info(self, ask: Ask) -> Reply:
        """Answer getOrderItemsBuyerInfo; without an RDT only the item ids."""
        order = shown_order_of(ask, self._book)
        items, more = self._page_of_items(ask, order)
        shapes: list[JSON] = [
            {"OrderItemId": one.order_item_id, **self._shapes.item_buyer(order, one, ask.caller, now=ask.now)}
            for one in items
        ]
        return Reply(body={"payload": {"AmazonOrderId": order.order_id, "OrderItems": shapes, **more}})

    def _page_of_items(self, ask: Ask, order: OrderRecord) -> tuple[list[Item], JSON]:
        """Return a page of items, and the NextToken that goes with it when there are more."""
        size = self._behaviours.items_per_page
        start = 0
        if token := ask.query.get("NextToken"):
            page = self._pages.find(token, ask.caller.seller_id)
            if page.question != (("orderId", order.order_id),):
                raise refuse_input("NextToken belongs to another order.")
            start = int(page.after[1])
        items = order.items[start : start + size]
        if start + size >= len(order.items):
            return items, {}
        place = (ask.now, str(start + size))
        following = Page(
            seller_id=ask.caller.seller_id,
            question=(("orderId", order.order_id),),
            window=Window(updated=False, after=ask.now, before=ask.now),
            began=None,
            after=place,
            issued_at=ask.now,
        )
        return items, {"NextToken": self._pages.keep(following)}

    def _window(self, ask: Ask) -> Window:
        cutoff = (ask.now - timedelta(seconds=self._behaviours.list_lag_seconds)).replace(microsecond=0)
        by_id = ask.query.get("AmazonOrderIds") or ask.query.get("SellerOrderId")
        if by_id and not any(name in ask.query for name in ("CreatedAfter", "LastUpdatedAfter")):
            return Window(updated=False, after=datetime.min.replace(tzinfo=ask.now.tzinfo), before=cutoff)
        return window(ask.query, _NAMES, cutoff=cutoff, behaviours=self._behaviours)

    def _filters(self, ask: Ask) -> tuple[tuple[str, str], ...]:
        lists = [
            (name, ",".join(sorted(listed(ask.query, name, allowed=allowed))))
            for name, allowed in _LISTS.items()
        ]
        texts = [(name, ask.query.get(name, "")) for name in (*_TEXTS, *_DELIVERY_BOUNDS)]
        if ask.query.get("SellerOrderId") and any(name in ask.query for name in _NOT_WITH_SELLER_ORDER_ID):
            raise refuse_input(
                "SellerOrderId excludes the filters by status, channel, payment, update and buyer."
            )
        if ask.query.get("IsISPU", "") not in {"", "true", "false"}:
            raise refuse_input("IsISPU must be true or false.")
        for name in _DELIVERY_BOUNDS:
            if name in ask.query:
                parse(ask.query[name], name, utc_only=self._behaviours.refuse_utc_offsets)
        return (*lists, *texts)

    def _found(
        self, ask: Ask, span: Window, began: Place | None, ids: frozenset[str]
    ) -> Iterator[tuple[Place, OrderRecord]]:
        shelf = self._book.shelf(ask.caller.seller_id)
        if not ids:
            clocked = shelf.by_status if span.updated else shelf.by_creation
            yield from shelf.between(clocked, span.after, span.before, beyond=began, now=ask.now)
            return
        own = (self._book.find(one) for one in ids)
        shown = (
            one.visible(ask.now) for one in own if one is not None and one.seller_id == ask.caller.seller_id
        )
        clock = attrgetter("status_changed_at" if span.updated else "created_at")
        for place, order in sorted((((clock(one), one.order_id), one) for one in shown), key=itemgetter(0)):
            if span.after <= place[0] <= span.before and (began is None or place > began):
                yield place, order


class _Wanted:
    """Says whether an order is one that the filters of getOrders ask for."""

    def __init__(self, filters: dict[str, str], utc_only: bool) -> None:
        self._filters = {
            name: frozenset(text.split(",")) if name in _LISTS or name == "MarketplaceIds" else {text}
            for name, text in filters.items()
            if text and name not in _DELIVERY_BOUNDS
        }
        self._bounds = [
            (name, parse(filters[name], name, utc_only=utc_only))
            for name in _DELIVERY_BOUNDS
            if filters.get(name)
        ]
        self.ids = frozenset(self._filters.get("AmazonOrderIds", ()))

    def __call__(self, order: OrderRecord) -> bool:
        return all(self._fact(order, name) in allowed for name, allowed in self._filters.items()) and all(
            self._within(order, name, bound) for name, bound in self._bounds
        )

    @staticmethod
    def _fact(order: OrderRecord, name: str) -> str:  # noqa: PLR0911  one line for each filter
        match name:
            case "MarketplaceIds":
                return order.marketplace.marketplace_id
            case "OrderStatuses":
                return order.v0_status
            case "FulfillmentChannels":
                return "MFN" if order.fulfilled_by == "MERCHANT" else "AFN"
            case "PaymentMethods":
                # Amazon hides unpaid and cancelled orders from this filter: they have no payment method.
                hidden = order.status in {"PENDING", "PENDING_AVAILABILITY", "CANCELLED"}
                return "" if hidden else order.terms.payment_method
            case "EasyShipShipmentStatuses":
                return order.easy_ship_status
            case "ElectronicInvoiceStatuses":
                return invoice_status(order)
            case "BuyerEmail":
                return order.recipient.buyer_email
            case "ActualFulfillmentSupplySourceId":
                return order.terms.supply_source_id
            case "IsISPU":
                return "true" if STORE_PICKUP in order.programs else "false"
            case "StoreChainStoreId":
                return order.terms.store_id
            case "SellerOrderId":
                return order.seller_order_id
        return order.order_id

    @staticmethod
    def _within(order: OrderRecord, name: str, bound: datetime) -> bool:
        if order.status not in WITH_ADDRESS:
            return False
        moment = order.earliest_delivery if name.startswith("Earliest") else order.latest_delivery
        return moment <= bound if name.endswith("Before") else moment >= bound
