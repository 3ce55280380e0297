"""What buyers, banks, carriers and people in Seller Central do to orders, past every API."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spapi_simulator.controls.base import Controls
from spapi_simulator.notifications.order_change import TIP_CHANGE
from spapi_simulator.orders.by_hand import ship_by_hand
from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.book import Book
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import PLAIN_TERMS, Line, OrderRecord, Terms


class OrderControls(Controls):
    """The orders of a simulator, seen and touched from outside."""

    _book: Book

    def place_order(
        self,
        seller: Seller,
        *,
        lines: Sequence[Line],
        marketplace_id: str | None = None,
        pending: bool = False,
        fulfilled_by: str = "MERCHANT",
        ship_by: datetime | None = None,
        recipient: Recipient | None = None,
        gift_message: str | None = None,
        programs: Sequence[str] = (),
        terms: Terms = PLAIN_TERMS,
    ) -> str:
        """Place an order and return its id.

        Args:
            seller: Whose order.
            lines: What is bought.
            marketplace_id: Where; the seller's first marketplace unless given.
            pending: Whether the payment is still to be authorised.
            fulfilled_by: `MERCHANT` or `AMAZON`.
            ship_by: The end of tomorrow at the marketplace unless given.
            recipient: Invented unless given.
            gift_message: On every line that has none of its own.
            programs: In v2026-01-01 spelling, such as `PRIME` or `AMAZON_BUSINESS`.
            terms: What else was agreed.
        """
        with self._world():
            order = self._book.place(
                seller,
                lines,
                marketplace_id=marketplace_id or seller.marketplaces[0],
                pending=pending,
                fulfilled_by=fulfilled_by,
                ship_by=ship_by,
                recipient=recipient,
                gift_message=gift_message,
                programs=programs,
                terms=terms,
            )
            return order.order_id

    def authorise_payment(self, order_id: str) -> None:
        """Turn a pending order into one to ship."""
        with self._world():
            self._book.authorise_payment(order_id)

    def cancel(self, order_id: str) -> None:
        """Cancel an order that has not been shipped."""
        with self._world():
            self._book.cancel(order_id)

    def request_cancel(self, order_id: str) -> None:
        """Let the buyer ask for a cancellation."""
        with self._world():
            self._book.request_cancel(order_id)

    def change_address(self, order_id: str, recipient: Recipient | None = None, **parts: str) -> None:
        """Let the buyer have an order sent elsewhere: the order's clock moves, and no notification tells.

        Args:
            order_id: Which order; something of it is still to be shipped.
            recipient: The new one; the one it has unless given.
            parts: Fields of `Recipient` that differ from it, such as `address_line_1`.
        """
        with self._world():
            before = recipient or self._book.get(order_id).recipient
            self._book.change_address(order_id, replace(before, **parts))

    def change_delivery_tip(self, order_id: str) -> None:
        """Let the buyer change the delivery tip: a notification tells, and nothing of the order changes."""
        with self._world():
            self._book.tell(self._book.get(order_id), TIP_CHANGE)

    def cancel_item(self, order_id: str, item_id: str, quantity: int) -> None:
        """Take units off an item."""
        with self._world():
            self._book.cancel_item(order_id, item_id, quantity, stays=self.behaviours.cancelled_items_stay)

    def ship(self, order_id: str) -> None:
        """Let the seller report what is left of an order as one package, by hand in Seller Central."""
        with self._world():
            shipping = Shipping(self._book, self._present, self.behaviours)
            ship_by_hand(self._book.get(order_id), shipping, self._present.now())

    def move_package(self, order_id: str, reference: str, status: str, detail: str = "") -> None:
        """Let a carrier say where a package is, such as `UNDELIVERABLE`, in v2026-01-01 spelling."""
        with self._world():
            self._book.package_moved(self._book.get(order_id), reference, status, detail)

    def move_easy_ship(self, order_id: str, status: str) -> None:
        """Let Amazon's own carrier handle an Easy Ship order; `PickedUp` ships it."""
        with self._world():
            self._book.easy_ship_moved(order_id, status)

    def confirm_invoice(self, order_id: str) -> None:
        """Let Amazon accept the invoice of a shipped order that waits for it."""
        with self._world():
            self._book.confirm_invoice(order_id)

    def hide_from_lists(self, order_id: str, *, seconds: float | None = None) -> None:
        """Leave an order out of lists, for some seconds or for ever, though it is found by its id."""
        with self._world():
            now = self._present.now()
            lasts = timedelta(seconds=seconds) if seconds is not None else timedelta(days=36500)
            self._book.get(order_id).hidden_until = now + lasts

    def order(self, order_id: str) -> OrderRecord:
        """Return an order as it truly is, whatever reads show."""
        with self._world():
            return self._book.get(order_id)

    def orders(self, seller: Seller | None = None) -> list[OrderRecord]:
        """Return the orders of a seller, or all."""
        with self._world():
            return list(self._book.all() if seller is None else self._book.of_seller(seller.seller_id))
