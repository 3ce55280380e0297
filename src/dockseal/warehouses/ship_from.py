"""Where a warehouse sends parcels from, as its options say: what its labels are bought with."""

from dockseal.domain.label import Sender
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput

_NEEDED = ("name", "line_1", "city", "postal_code", "country", "email", "phone")
_MORE = ("line_2", "region")


def sender_of(warehouse: Warehouse) -> Sender:
    """Returns the address of a warehouse, from its options `ship_from_name`, `ship_from_line_1`, ….

    Raises:
        BadInput: options are missing; names them.
    """
    given = {name: warehouse.option(f"ship_from_{name}").strip() for name in (*_NEEDED, *_MORE)}
    missing = [f"ship_from_{name}" for name in _NEEDED if not given[name]]
    if missing:
        raise BadInput(
            f"labels need to know where warehouse {warehouse.id} sends from: set {', '.join(missing)} "
            f"(dockseal warehouses change {warehouse.id} --option {missing[0]}=…)"
        )
    return Sender(**given)
