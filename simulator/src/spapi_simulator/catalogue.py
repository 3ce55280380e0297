"""Every operation the simulator answers, room by room."""

from spapi_simulator import application_management, sellers
from spapi_simulator.feeds import api as feeds
from spapi_simulator.front.operations import Catalogue
from spapi_simulator.login import tokens
from spapi_simulator.merchant_fulfillment import api as merchant_fulfillment
from spapi_simulator.notifications import api as notifications
from spapi_simulator.orders import confirm_shipment, regulated_info, shipment_status, v0, v2026
from spapi_simulator.reports import api as reports

CATALOGUE = Catalogue((
    *v0.OPERATIONS,
    *confirm_shipment.OPERATIONS,
    *shipment_status.OPERATIONS,
    *regulated_info.OPERATIONS,
    *v2026.OPERATIONS,
    *feeds.OPERATIONS,
    *reports.OPERATIONS,
    *merchant_fulfillment.OPERATIONS,
    *notifications.OPERATIONS,
    *tokens.OPERATIONS,
    *application_management.OPERATIONS,
    *sellers.OPERATIONS,
))  # fmt: skip
