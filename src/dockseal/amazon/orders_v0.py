"""Orders API v0, the deprecated generation: getOrders, getOrder, getOrderItems and, of regulated items,
getOrderRegulatedInfo, without an RDT.

Its words are translated to those of v2026-01-01. It shows no packages, and a page carries orders without
their items. Amazon ends these reads on 2027-03-27.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from dockseal.amazon.operations import (
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    GET_REGULATED_INFO_V0,
)
from dockseal.amazon.orders import LONGEST_ID, OrdersPage, page_of
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import AmazonOrderId, SellerId, amazon_order_id
from dockseal.domain.order import UNREAD, AmazonOrder, AmazonStatus, FulfilledBy, OrderLine, OrdersApi
from dockseal.domain.seller import Seller
from dockseal.errors import AmazonRefused, AnswerUnreadable

_MOST_PAGES_OF_ITEMS = 20
_STATUSES: Mapping[str, AmazonStatus] = MappingProxyType(
    {
        "PendingAvailability": AmazonStatus.PENDING_AVAILABILITY,
        "Pending": AmazonStatus.PENDING,
        "Unshipped": AmazonStatus.UNSHIPPED,
        "PartiallyShipped": AmazonStatus.PARTIALLY_SHIPPED,
        "Shipped": AmazonStatus.SHIPPED,
        "InvoiceUnconfirmed": AmazonStatus.SHIPPED,
        "Canceled": AmazonStatus.CANCELLED,
        "Unfulfillable": AmazonStatus.UNFULFILLABLE,
    }
)
_CHANNELS: Mapping[str, FulfilledBy] = MappingProxyType(
    {"MFN": FulfilledBy.MERCHANT, "SellerFulfilled": FulfilledBy.MERCHANT, "AFN": FulfilledBy.AMAZON}
)
_PROGRAMS: Mapping[str, str] = MappingProxyType(
    {
        "IsPrime": "PRIME",
        "IsBusinessOrder": "AMAZON_BUSINESS",
        "IsPremiumOrder": "PREMIUM",
        "IsISPU": "IN_STORE_PICK_UP",
        "IsIBA": "INVOICE_BY_AMAZON",
    }
)
"""Flags of v0, and the program of v2026-01-01 that took the place of each."""


class OrdersV0:
    """Reads one seller's orders with v0."""

    api = OrdersApi.V0

    def __init__(self, session: Session, seller: Seller) -> None:
        self._session = session
        self._seller = seller

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        """Reads one order (getOrder, getOrderItems). See `OrdersReader.get`."""
        answer = self._session.call(GET_ORDER_V0, self._seller.id, order_id=order_id)
        order = order_from(_payload(answer.json), whose=f"order {order_id}")
        if order.amazon_order_id != order_id:
            raise AnswerUnreadable(f"Amazon answered getOrder for order {order_id} with another order")
        return self.complete(order)

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        """Reads the lines of an order that a page showed (getOrderItems, getOrderRegulatedInfo)."""
        whole = with_items(order, self._items(order.amazon_order_id))
        return replace(whole, verification=self._verification(whole)) if whole.verification else whole

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        """Reads one page (getOrders); its orders have no lines. See `OrdersReader.search`."""
        query: dict[str, str | tuple[str, ...]] = {
            "MarketplaceIds": self._seller.marketplaces,
            "CreatedAfter" if created else "LastUpdatedAfter": instant_text(since),
            "FulfillmentChannels": "MFN",
            "MaxResultsPerPage": "100",
        }
        if until is not None:
            query["CreatedBefore" if created else "LastUpdatedBefore"] = instant_text(until)
        if page_token:
            query["NextToken"] = page_token
        answer = self._session.call(GET_ORDERS_V0, self._seller.id, query=query)
        return page_from(answer.json or {}, self._seller.id, created=created)

    def _verification(self, order: AmazonOrder) -> str:
        """Reads how far the verification of regulated items is; what the buyer told of them takes a token."""
        order_id = order.amazon_order_id
        try:
            answer = self._session.call(GET_REGULATED_INFO_V0, self._seller.id, order_id=order_id)
        except AmazonRefused:
            return UNREAD
        info = Piece(whose=f"order {order_id}", values=_payload(answer.json))
        return info.piece("RegulatedOrderVerificationStatus").text("Status") or UNREAD

    def _items(self, order_id: AmazonOrderId) -> list[Piece]:
        items: list[Piece] = []
        token = ""
        for _ in range(_MOST_PAGES_OF_ITEMS):
            query = {"NextToken": token} if token else None
            answer = self._session.call(GET_ORDER_ITEMS_V0, self._seller.id, order_id=order_id, query=query)
            page = Piece(whose=f"order {order_id}", values=_payload(answer.json))
            items.extend(page.needed_pieces("OrderItems"))
            token = page.text("NextToken")
            if not token:
                return items
        raise AnswerUnreadable(
            f"Amazon's list of items of order {order_id} does not end: look at it in Seller Central"
        )


def page_from(answer: Mapping[str, object], seller: SellerId, *, created: bool = False) -> OrdersPage:
    """Reads a getOrders answer; `created`: the window was one of creation, and so is the cut-off.

    Raises:
        AnswerUnreadable: there is no list of orders in it.
    """
    payload = _payload(answer)
    page = Piece(whose=f"getOrders of seller {seller}", values=payload)
    orders = payload.get("Orders")
    if not isinstance(orders, list):
        raise page.fault("Orders", "a list")
    return page_of(
        orders,
        order_from,
        id_field="AmazonOrderId",
        next_token=page.text("NextToken"),
        complete_to=page.instant("CreatedBefore" if created else "LastUpdatedBefore"),
    )


def order_from(json: object, *, whose: str = "an order") -> AmazonOrder:
    """Reads one `Order`, still without lines.

    Raises:
        AnswerUnreadable: it lacks its id or its update time.
    """
    order = Piece(whose=whose, values=json if isinstance(json, dict) else {})
    try:
        order_id = amazon_order_id(order.text("AmazonOrderId"))
    except ValueError:
        raise order.fault("AmazonOrderId", "an order id of 3-7-7 digits") from None
    order = Piece(whose=f"order {order_id}", values=order.values)
    word = order.text("OrderStatus")
    programs = {program for flag, program in _PROGRAMS.items() if order.flag(flag)}
    if order.text("EasyShipShipmentStatus"):
        programs.add("AMAZON_EASY_SHIP")
    return AmazonOrder(
        amazon_order_id=order_id,
        marketplace_id=order.text("MarketplaceId"),
        status=_STATUSES.get(word, AmazonStatus.UNKNOWN),
        status_text=word,
        fulfilled_by=_CHANNELS.get(order.text("FulfillmentChannel"), FulfilledBy.UNKNOWN),
        purchased_at=order.instant("PurchaseDate"),
        updated_at=order.needed_instant("LastUpdateDate"),
        ship_by=order.instant("LatestShipDate"),
        deliver_by=order.instant("LatestDeliveryDate"),
        programs=frozenset(programs),
        replaces=order.text("ReplacedOrderId")[:LONGEST_ID],
        verification=UNREAD if order.flag("HasRegulatedItems") else "",
        cash_on_delivery=order.text("PaymentMethod") == "COD",
        units=_units(order),
    )


def with_items(order: AmazonOrder, items: list[Piece]) -> AmazonOrder:
    """Returns an order with the lines, programs and gift mark of its `OrderItems`.

    Raises:
        AnswerUnreadable: an item lacks its id or its quantity.
    """
    programs = set(order.programs)
    for item in items:
        programs.update(item.piece("AmazonPrograms").texts("Programs"))
        if item.flag("IsTransparency"):
            programs.add("TRANSPARENCY")
    return replace(
        order,
        lines=tuple(_line(item) for item in items),
        programs=frozenset(programs),
        has_gift_message=any(item.flag("IsGift") for item in items),
        units=None,
    )


def _units(order: Piece) -> tuple[int, int] | None:
    """Returns how many units are shipped and how many are not; None where a list does not say, or wrongly."""
    try:
        return order.count("NumberOfItemsShipped"), order.count("NumberOfItemsUnshipped")
    except AnswerUnreadable:
        return None


def _line(item: Piece) -> OrderLine:
    return OrderLine(
        order_item_id=item.needed_text("OrderItemId"),
        sku=item.text("SellerSKU"),
        title=item.text("Title"),
        ordered=item.count("QuantityOrdered"),
        shipped=item.count("QuantityShipped", 0),
        buyer_wants_cancel=item.piece("BuyerRequestedCancel").flag("IsBuyerRequestedCancel"),
        transparency=item.flag("IsTransparency"),
    )


def _payload(answer: Mapping[str, object] | None) -> Mapping[str, object]:
    payload = (answer or {}).get("payload")
    return payload if isinstance(payload, dict) else {}
