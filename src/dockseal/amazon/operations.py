"""The operations that are called: method, path and usage plan as Amazon publishes them.

The rates are where a bucket starts; `x-amzn-RateLimit-Limit` of the answers corrects them (SP-API, "Usage
Plans and Rate Limits").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the Selling Partner API.

    Attributes:
        name: Amazon's operationId; with the version where two versions share one.
        path: Template; `{orderId}` stands for the order id, another name for another id.
        rate: Calls per second that the bucket regains.
        burst: Most calls at once.
    """

    name: str
    method: str
    path: str
    rate: float
    burst: int


_V0 = "/orders/v0/orders"
_V2026 = "/orders/2026-01-01/orders"


def _get(name: str, path: str, rate: float, *, burst: int) -> Operation:
    return Operation(name=name, method="GET", path=path, rate=rate, burst=burst)


SEARCH_ORDERS = _get("searchOrders", _V2026, 0.0056, burst=20)
GET_ORDER = _get("getOrder", f"{_V2026}/{{orderId}}", 0.5, burst=30)
GET_ORDERS_V0 = _get("getOrders", _V0, 0.0167, burst=20)
GET_ORDER_V0 = _get("getOrder v0", f"{_V0}/{{orderId}}", 0.5, burst=30)
GET_ORDER_ITEMS_V0 = _get("getOrderItems", f"{_V0}/{{orderId}}/orderItems", 0.5, burst=30)
GET_ORDER_ADDRESS_V0 = _get("getOrderAddress", f"{_V0}/{{orderId}}/address", 0.5, burst=30)
GET_REGULATED_INFO_V0 = _get("getOrderRegulatedInfo", f"{_V0}/{{orderId}}/regulatedInfo", 0.5, burst=30)
CONFIRM_SHIPMENT = Operation(
    name="confirmShipment", method="POST", path=f"{_V0}/{{orderId}}/shipmentConfirmation", rate=2, burst=10
)
CREATE_RDT = Operation(
    name="createRestrictedDataToken",
    method="POST",
    path="/tokens/2021-03-01/restrictedDataToken",
    rate=1,
    burst=10,
)
GET_PARTICIPATIONS = _get(
    "getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations", 0.016, burst=15
)
_REPORTS = "/reports/2021-06-30"
CREATE_REPORT = Operation(
    name="createReport", method="POST", path=f"{_REPORTS}/reports", rate=0.0167, burst=15
)
GET_REPORT = _get("getReport", f"{_REPORTS}/reports/{{reportId}}", 2, burst=15)
GET_REPORT_DOCUMENT = _get(
    "getReportDocument", f"{_REPORTS}/documents/{{reportDocumentId}}", 0.0167, burst=15
)
_DESTINATIONS = "/notifications/v1/destinations"
_ORDER_CHANGE = "/notifications/v1/subscriptions/ORDER_CHANGE"
GET_DESTINATIONS = _get("getDestinations", _DESTINATIONS, 1, burst=5)
CREATE_DESTINATION = Operation(name="createDestination", method="POST", path=_DESTINATIONS, rate=1, burst=5)
GET_SUBSCRIPTION = _get("getSubscription", _ORDER_CHANGE, 1, burst=5)
CREATE_SUBSCRIPTION = Operation(name="createSubscription", method="POST", path=_ORDER_CHANGE, rate=1, burst=5)
ROTATE_SECRET = Operation(
    name="rotateApplicationClientSecret",
    method="POST",
    path="/applications/2023-11-30/clientSecret",
    rate=0.0167,
    burst=1,
)
_MFN = "/mfn/v0/shipments"
GET_RATES = Operation(
    name="getEligibleShipmentServices",
    method="POST",
    path="/mfn/v0/eligibleShippingServices",
    rate=6,
    burst=12,
)
CREATE_SHIPMENT = Operation(name="createShipment", method="POST", path=_MFN, rate=2, burst=2)
GET_SHIPMENT = _get("getShipment", f"{_MFN}/{{shipmentId}}", 1, burst=1)
CANCEL_SHIPMENT = Operation(
    name="cancelShipment", method="DELETE", path=f"{_MFN}/{{shipmentId}}", rate=1, burst=1
)
_FEEDS = "/feeds/2021-06-30"
CREATE_FEED_DOCUMENT = Operation(
    name="createFeedDocument", method="POST", path=f"{_FEEDS}/documents", rate=0.5, burst=15
)
CREATE_FEED = Operation(name="createFeed", method="POST", path=f"{_FEEDS}/feeds", rate=0.0083, burst=15)
GET_FEED = _get("getFeed", f"{_FEEDS}/feeds/{{feedId}}", 2, burst=15)
GET_FEEDS = _get("getFeeds", f"{_FEEDS}/feeds", 0.0222, burst=10)
GET_FEED_DOCUMENT = _get("getFeedDocument", f"{_FEEDS}/documents/{{feedDocumentId}}", 0.0222, burst=10)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {each.name: each for each in list(globals().values()) if isinstance(each, Operation)}
)
"""All of them by name: whatever stands above is in it."""
