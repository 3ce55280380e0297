"""Hands orders over to a ShipStation account: it fetches them, so nothing is sent."""

from dockseal.errors import SettingsFault, WarehouseRefused
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt
from dockseal.warehouses.shipstation.address import Unfit, check_lines
from dockseal.warehouses.shipstation.limits import LONGEST


class ShipStation:
    """Accepts orders for the shelf, from which ShipStation fetches them with their addresses.

    What of an order it would not take is found here, where the order can still be held. Only the address
    is not known yet: it is opened when ShipStation comes.
    """

    pulled = True
    key_use = "the password at /shipstation/NAME; the user name is the warehouse's own"

    def __init__(self, parts: AdapterParts) -> None:
        requested = parts.warehouse.option("requested_warehouse")
        if len(requested) > LONGEST["requested warehouse"] or not requested.isprintable():
            raise SettingsFault(
                (
                    f"the option requested_warehouse of warehouse {parts.warehouse.id} is no name of at most "
                    f"{LONGEST['requested warehouse']} characters: give it as ShipStation shows it",
                )
            )

    def submit(self, hand_over: HandOver) -> Receipt:
        """Accepts an order; nothing leaves Dockseal.

        Raises:
            WarehouseRefused: a line is longer, or of more units, than ShipStation takes.
        """
        try:
            check_lines(hand_over.lines)
        except Unfit as fault:
            what = str(fault)
        else:
            return Receipt()
        raise WarehouseRefused(f"ShipStation takes {what}: order {hand_over.amazon_order_id} has another")
