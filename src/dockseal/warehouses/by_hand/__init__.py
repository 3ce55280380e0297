"""By hand: a person packs from the console, so there is nothing to send."""

from dockseal.warehouses.port import AdapterParts, HandOver, Receipt


class ByHand:
    """Takes every order: a person opens its address in the console, packs, and reports its parcels there."""

    works_without_recipient = True
    opened_at_console = True
    reports_by_api = False

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse.id

    def submit(self, hand_over: HandOver) -> Receipt:
        """Takes the order; nothing leaves Dockseal and the recipient is not disclosed."""
        return Receipt(reference_at_warehouse=hand_over.reference)
