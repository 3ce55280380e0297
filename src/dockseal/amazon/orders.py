"""Reading orders without personal data: the port that both generations of the Orders API stand behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import AmazonOrder, OrdersApi
from dockseal.errors import AnswerUnreadable

LONGEST_ID = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An order of a page that could not be read."""

    amazon_order_id: str
    """Empty when not even the id could be read."""
    what: str
    """A sentence that names the order and the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """One page of a search."""

    orders: tuple[AmazonOrder, ...]
    unreadable: tuple[Unreadable, ...] = ()
    next_token: str = ""
    """Asks for the next page, with the same window; empty on the last page."""
    complete_to: datetime | None = None
    """The cut-off Amazon echoes: every change before it is in the pages of this window."""


class OrdersReader(Protocol):
    """Reads one seller's orders. Every method raises the errors of `Session.call`."""

    @property
    def api(self) -> OrdersApi:
        """Which generation it reads; v0 pages carry orders without lines."""

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        """Reads one order with its lines.

        Raises:
            OrderUnknown: the seller has no such order.
            AnswerUnreadable: it lacks something we cannot do without.
        """

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        """Returns an order of a page with what pages leave out: in v0, its lines."""

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        """Reads one page of the merchant-fulfilled orders changed in a window.

        Args:
            since: Start of the window.
            until: End of it, at least two minutes ago; None: as late as Amazon can.
            page_token: `next_token` of the page before, with the same window.
            created: The window is one of creation, not of change.
        """


def page_of(
    orders: Iterable[object],
    read: Callable[[object], AmazonOrder],
    *,
    id_field: str,
    next_token: str,
    complete_to: datetime | None,
) -> OrdersPage:
    """Reads every order of a page; one that cannot be read does not stop the others."""
    readable: list[AmazonOrder] = []
    unreadable: list[Unreadable] = []
    for each in orders:
        try:
            readable.append(read(each))
        except AnswerUnreadable as error:
            named = each.get(id_field) if isinstance(each, dict) else None
            order_id = named if isinstance(named, str) else ""
            unreadable.append(Unreadable(amazon_order_id=order_id[:LONGEST_ID], what=str(error)))
    return OrdersPage(
        orders=tuple(readable), unreadable=tuple(unreadable), next_token=next_token, complete_to=complete_to
    )
