"""Finding the order that a path names."""

import re

from spapi_simulator.front.answers import refuse_input, refuse_unknown
from spapi_simulator.front.gate import Ask
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import OrderRecord

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


def order_of(ask: Ask, book: Book) -> OrderRecord:
    """Return the order of a path as it truly is.

    Raises:
        Refusal: 400 for an id that is not in 3-7-7 format, 404 for one that this seller does not have.
    """
    order_id = ask.path["orderId"]
    if not ORDER_ID.fullmatch(order_id):
        raise refuse_input(f"OrderId: {order_id[:40]} is invalid, should be in 3-7-7 format.")
    order = book.find(order_id)
    if order is None or order.seller_id != ask.caller.seller.seller_id:
        raise refuse_unknown()
    return order


def shown_order_of(ask: Ask, book: Book) -> OrderRecord:
    """Return the order of a path as reads by id show it now; refuses as `order_of` does."""
    return order_of(ask, book).visible_by_id(ask.now)
