"""Orders API v2026-01-01: searchOrders and getOrder, without RECIPIENT and BUYER, so without personal data.

Amazon may still send some with FULFILLMENT, such as a gift message: it is dropped here, and only that there
is one is kept.
"""

from datetime import datetime
from typing import Any

from dockseal.amazon.operations import GET_ORDER, SEARCH_ORDERS
from dockseal.amazon.orders import LONGEST_ID, OrdersPage, page_of
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import AmazonOrderId, SellerId, amazon_order_id
from dockseal.domain.order import (
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    OrderLine,
    OrdersApi,
)
from dockseal.domain.seller import Seller
from dockseal.errors import AnswerUnreadable

INCLUDED_DATA = ("FULFILLMENT", "PACKAGES", "CANCELLATION")
_PAGE = "100"


class OrdersV2026:
    """Reads one seller's orders with v2026-01-01."""

    api = OrdersApi.V2026

    def __init__(self, session: Session, seller: Seller) -> None:
        self._session = session
        self._seller = seller

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        """Reads one order (getOrder). See `OrdersReader.get`."""
        return self.read_one(self.one(order_id, INCLUDED_DATA), order_id)

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        """Returns the order: pages of this generation leave out nothing."""
        return order

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        """Reads one page (searchOrders). See `OrdersReader.search`."""
        answer = self.page(INCLUDED_DATA, since=since, until=until, page_token=page_token, created=created)
        return self.read_page(answer)

    def one(self, order_id: AmazonOrderId, included_data: tuple[str, ...]) -> dict[str, Any]:
        """Asks for one order (getOrder) and returns Amazon's answer."""
        query = {"includedData": included_data}
        return self._session.call(GET_ORDER, self._seller.id, order_id=order_id, query=query).json or {}

    def page(
        self,
        included_data: tuple[str, ...],
        *,
        since: datetime,
        until: datetime | None = None,
        page_token: str = "",
        created: bool = False,
    ) -> dict[str, Any]:
        """Asks for one page (searchOrders) and returns Amazon's answer.

        `included_data` may change from page to page of one window; everything else may not.
        """
        query: dict[str, str | tuple[str, ...]] = {
            "createdAfter" if created else "lastUpdatedAfter": instant_text(since),
            "marketplaceIds": self._seller.marketplaces,
            "fulfilledBy": "MERCHANT",
            "includedData": included_data,
            "maxResultsPerPage": _PAGE,
        }
        if until is not None:
            query["createdBefore" if created else "lastUpdatedBefore"] = instant_text(until)
        if page_token:
            query["paginationToken"] = page_token
        return self._session.call(SEARCH_ORDERS, self._seller.id, query=query).json or {}

    def read_one(self, answer: dict[str, Any], order_id: AmazonOrderId) -> AmazonOrder:
        """Reads the order of an answer to `one`.

        Raises:
            AnswerUnreadable: it lacks something we cannot do without, or is another order.
        """
        order = order_from(answer.get("order"), whose=f"order {order_id}")
        if order.amazon_order_id != order_id:
            raise AnswerUnreadable(f"Amazon answered getOrder for order {order_id} with another order")
        return order

    def read_page(self, answer: dict[str, Any]) -> OrdersPage:
        """Reads the orders of an answer to `page`.

        Raises:
            AnswerUnreadable: there is no list of orders in it.
        """
        return page_from(answer, self._seller.id)


def page_from(answer: dict[str, object], seller: SellerId) -> OrdersPage:
    """Reads a searchOrders answer.

    Raises:
        AnswerUnreadable: there is no list of orders in it.
    """
    page = Piece(whose=f"searchOrders of seller {seller}", values=answer)
    orders = answer.get("orders")
    if not isinstance(orders, list):
        raise page.fault("orders", "a list")
    return page_of(
        orders,
        order_from,
        id_field="orderId",
        next_token=page.piece("pagination").text("nextToken"),
        complete_to=page.instant("lastUpdatedBefore") or page.instant("createdBefore"),
    )


def order_from(json: object, *, whose: str = "an order") -> AmazonOrder:
    """Reads one `Order`. Unknown fields and words are tolerated, and absent optional fields.

    Raises:
        AnswerUnreadable: it lacks its id, its update time, its items, or an item's id or quantity.
    """
    order = Piece(whose=whose, values=json if isinstance(json, dict) else {})
    try:
        order_id = amazon_order_id(order.text("orderId"))
    except ValueError:
        raise order.fault("orderId", "an order id of 3-7-7 digits") from None
    order = Piece(whose=f"order {order_id}", values=order.values)
    fulfillment = order.piece("fulfillment")
    items = list(order.needed_pieces("orderItems"))
    programs = [*order.texts("programs"), *(each for item in items for each in item.texts("programs"))]
    return AmazonOrder(
        amazon_order_id=order_id,
        marketplace_id=order.piece("salesChannel").text("marketplaceId"),
        status=status_from(fulfillment.text("fulfillmentStatus")),
        status_text=fulfillment.text("fulfillmentStatus"),
        fulfilled_by=_fulfilled_by(fulfillment.text("fulfilledBy")),
        purchased_at=order.instant("createdTime"),
        updated_at=order.needed_instant("lastUpdatedTime"),
        ship_by=fulfillment.piece("shipByWindow").instant("latestDateTime"),
        deliver_by=fulfillment.piece("deliverByWindow").instant("latestDateTime"),
        programs=frozenset(programs),
        lines=tuple(_line(item) for item in items),
        packages=tuple(_package(each) for each in order.pieces("packages")),
        has_gift_message=any(_is_gift(item) for item in items),
        replaces=_replaced(order),
        cash_on_delivery=any(_is_paid_at_the_door(item) for item in items),
    )


def status_from(word: str) -> AmazonStatus:
    """Returns the status for Amazon's word; INVOICE_UNCONFIRMED means that all was shipped."""
    if word == "INVOICE_UNCONFIRMED":
        return AmazonStatus.SHIPPED
    try:
        return AmazonStatus(word)
    except ValueError:
        return AmazonStatus.UNKNOWN


def _fulfilled_by(word: str) -> FulfilledBy:
    try:
        return FulfilledBy(word)
    except ValueError:
        return FulfilledBy.UNKNOWN


def _line(item: Piece) -> OrderLine:
    product, cancellation = item.piece("product"), item.piece("cancellation")
    return OrderLine(
        order_item_id=item.needed_text("orderItemId"),
        sku=product.text("sellerSku"),
        title=product.text("title"),
        ordered=item.count("quantityOrdered"),
        shipped=item.piece("fulfillment").count("quantityFulfilled", 0),
        buyer_wants_cancel=cancellation.has("cancellationRequest")
        and not cancellation.has("cancellationExecution"),
        transparency="TRANSPARENCY" in item.texts("programs"),
    )


def _replaced(order: Piece) -> str:
    for each in order.pieces("associatedOrders"):
        if each.text("associationType") == "REPLACEMENT_ORIGINAL_ID":
            return each.text("orderId")[:LONGEST_ID]
    return ""


def _is_gift(item: Piece) -> bool:
    return item.piece("fulfillment").piece("packing").has("giftOption")


def _is_paid_at_the_door(item: Piece) -> bool:
    constraints = item.piece("fulfillment").piece("shipping").piece("shippingConstraints")
    return constraints.text("cashOnDelivery") == "MANDATORY"


def _package(package: Piece) -> AmazonPackage:
    contents = [
        (item.needed_text("orderItemId"), item.count("quantity")) for item in package.pieces("packageItems")
    ]
    return AmazonPackage(
        reference_id=package.needed_text("packageReferenceId"),
        carrier=package.text("carrier"),
        tracking_number=package.text("trackingNumber"),
        status=package.piece("packageStatus").text("status"),
        detail=package.piece("packageStatus").text("detailedStatus"),
        shipped_at=package.instant("shipTime"),
        contents=tuple(sorted(contents)),
    )
