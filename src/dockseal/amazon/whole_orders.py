"""Reading orders together with their personal data in one call, which only v2026-01-01 allows, by role.

Who reads here holds both halves: the order, and the recipient that must not go where the order goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from dockseal.amazon.orders import OrdersPage
from dockseal.amazon.orders_v2026 import INCLUDED_DATA, OrdersV2026
from dockseal.amazon.piece import Piece
from dockseal.amazon.recipients import whole_recipient
from dockseal.domain.identifiers import AmazonOrderId, amazon_order_id
from dockseal.domain.order import AmazonOrder
from dockseal.domain.recipient import Recipient

WITH_RECIPIENT = (*INCLUDED_DATA, "RECIPIENT")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePage:
    """Orders and, apart from them, their recipients."""

    page: OrdersPage
    recipients: Mapping[AmazonOrderId, Recipient] = field(repr=False)


class WholeReader(Protocol):
    """Reads one seller's orders whole. Every method raises the errors of `Session.call`."""

    def get(self, order_id: AmazonOrderId) -> tuple[AmazonOrder, Recipient | None]:
        """Reads one order; see `OrdersReader.get`. The recipient is None where one more call would tell."""

    def search(self, *, since: datetime, until: datetime | None = None, page_token: str = "") -> WholePage:
        """Reads one page; see `OrdersReader.search`."""


class WholeOrdersV2026:
    """Reads one seller's orders whole with v2026-01-01."""

    def __init__(self, orders: OrdersV2026) -> None:
        self._orders = orders

    def get(self, order_id: AmazonOrderId) -> tuple[AmazonOrder, Recipient | None]:
        """Reads one order (getOrder with RECIPIENT). See `WholeReader.get`."""
        answer = self._orders.one(order_id, WITH_RECIPIENT)
        order = self._orders.read_one(answer, order_id)
        piece = Piece(whose=f"order {order_id}", values=answer).piece("order")
        return order, whole_recipient(piece)

    def search(self, *, since: datetime, until: datetime | None = None, page_token: str = "") -> WholePage:
        """Reads one page (searchOrders with RECIPIENT). See `WholeReader.search`."""
        answer = self._orders.page(WITH_RECIPIENT, since=since, until=until, page_token=page_token)
        page = self._orders.read_page(answer)
        return WholePage(page=page, recipients=MappingProxyType(dict(_recipients(answer))))


def _recipients(answer: dict[str, object]) -> Iterator[tuple[AmazonOrderId, Recipient]]:
    orders = Piece(whose="searchOrders", values=answer).pieces("orders")
    for order in orders:
        try:
            order_id = amazon_order_id(order.text("orderId"))
        except ValueError:
            continue  # the page says itself that it cannot be read
        recipient = whole_recipient(order)
        if recipient is not None:
            yield order_id, recipient
