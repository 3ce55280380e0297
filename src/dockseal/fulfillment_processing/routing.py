"""Which warehouse an order goes to."""

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import Order
from dockseal.domain.seller import Seller


def route(_order: Order, seller: Seller) -> WarehouseId:
    """Returns the warehouse of an order that is at none yet: its seller's."""
    return seller.warehouse
