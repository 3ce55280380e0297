"""REST: the warehouse's system comes and gets its orders, and posts what became of them."""

from dockseal.warehouses.port import AdapterParts, HandOver, Receipt


class Rest:
    """Takes every order: it lies on the shelf, and its warehouse gets it over the machine API.

    Nothing is sent. Personal data is opened when the warehouse asks for it, one order and the fields it names
    at a time. The wish to stop an order lies on the shelf as well.
    """

    works_without_recipient = True
    pulled = True
    key_use = "Authorization: Bearer …, GET /api/v1/orders and all else in docs/rest.md"

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse.id

    def submit(self, hand_over: HandOver) -> Receipt:
        """Takes the order; nothing leaves Dockseal."""
        return Receipt(reference_at_warehouse=hand_over.reference)
