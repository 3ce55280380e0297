"""Notes what an address that came, or did not come, tells of a seller's roles."""

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import OrdersApi
from dockseal.domain.seller import RECIPIENT_V2026
from dockseal.storage.store import Storage


class RoleSeen:
    """Notes whether Amazon gives the recipients of a seller's orders with v2026-01-01.

    Only an order shows it: Amazon leaves out silently what the roles do not cover. One lives as long as a
    run, so that the seller is not looked up for each order.
    """

    def __init__(self, storage: Storage, seller: SellerId) -> None:
        self._storage = storage
        self._seller = seller
        self._readable: bool | None = None

    def see(self, *, readable: bool) -> None:
        """Is told whether an order's recipient was there; writes it down where that is news."""
        if readable is self._readable:
            return
        self._readable = readable
        with self._storage.transaction():
            seller = self._storage.sellers.get(self._seller)
            known = RECIPIENT_V2026 in seller.may_read
            if seller.orders_api is OrdersApi.V2026 and known is not readable:
                self._storage.sellers.change(seller, may_read=seller.may_read ^ {RECIPIENT_V2026})
