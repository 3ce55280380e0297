"""Every operation the simulator answers, room by room."""

from spapi_simulator.front.operations import Catalogue
from spapi_simulator.login import tokens
from spapi_simulator.orders import confirm_shipment, v0, v2026

CATALOGUE = Catalogue((
    *v0.OPERATIONS,
    *confirm_shipment.OPERATIONS,
    *v2026.OPERATIONS,
    *tokens.OPERATIONS,
))  # fmt: skip
