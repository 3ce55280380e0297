"""The notification types: their payload versions, and how each is written, delivered and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ORDER_CHANGE = "ORDER_CHANGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One notification type.

    Attributes:
        versions: The payload versions there are; empty where no document at hand tells.
        envelope: The notificationVersion it carries.
        camel: Whether its envelope is written in camelCase instead of PascalCase.
        event_bridge: Whether it goes to EventBridge instead of SQS.
        filters: The parts of an eventFilter it knows; empty where it knows no eventFilter.
        expression: Whether it knows a filterExpression.
        marketplace: Where the payload tells the marketplace.
        article: Where it tells the ASIN, in types that can be aggregated by it.
    """

    name: str
    versions: tuple[str, ...] = ("1.0",)
    envelope: str = "1.0"
    camel: bool = False
    event_bridge: bool = False
    filters: frozenset[str] = frozenset()
    expression: bool = True
    marketplace: tuple[str, ...] = ()
    article: tuple[str, ...] = ()


def _table(*kinds: Kind) -> Mapping[str, Kind]:
    return MappingProxyType({kind.name: kind for kind in kinds})


def _listing(name: str) -> Kind:
    return Kind(name=name, event_bridge=True, expression=False)


KINDS = _table(
    Kind(name="ACCOUNT_STATUS_CHANGED", versions=("2021-01-01",), camel=True),
    Kind(
        name="ANY_OFFER_CHANGED",
        filters=frozenset({"marketplaceIds", "aggregationSettings"}),
        marketplace=("AnyOfferChangedNotification", "OfferChangeTrigger", "MarketplaceId"),
        article=("AnyOfferChangedNotification", "OfferChangeTrigger", "ASIN"),
    ),
    Kind(name="B2B_ANY_OFFER_CHANGED"),
    _listing("BRANDED_ITEM_CONTENT_CHANGE"),
    Kind(name="DATA_KIOSK_QUERY_PROCESSING_FINISHED", versions=("2023-11-15",), camel=True, expression=False),
    Kind(name="DETAIL_PAGE_TRAFFIC_EVENT", versions=(), camel=True),
    Kind(name="EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE", versions=(), camel=True),
    Kind(name="FBA_INVENTORY_AVAILABILITY_CHANGES"),
    Kind(name="FBA_OUTBOUND_SHIPMENT_STATUS"),
    Kind(name="FEED_PROCESSING_FINISHED", versions=("2020-09-04",), envelope="2020-09-04", camel=True),
    Kind(name="FEE_PROMOTION"),
    Kind(name="FULFILLMENT_ORDER_STATUS"),
    Kind(name="ITEM_INVENTORY_EVENT_CHANGE", versions=(), camel=True),
    _listing("ITEM_PRODUCT_TYPE_CHANGE"),
    Kind(name="ITEM_SALES_EVENT_CHANGE", versions=(), camel=True),
    _listing("LISTINGS_ITEM_ISSUES_CHANGE"),
    _listing("LISTINGS_ITEM_MFN_QUANTITY_CHANGE"),
    _listing("LISTINGS_ITEM_STATUS_CHANGE"),
    Kind(
        name=ORDER_CHANGE,
        filters=frozenset({"marketplaceIds", "orderChangeTypes"}),
        marketplace=("OrderChangeNotification", "Summary", "MarketplaceId"),
    ),
    Kind(name="PRICING_HEALTH", camel=True),
    _listing("PRODUCT_TYPE_DEFINITIONS_CHANGE"),
    Kind(name="REPORT_PROCESSING_FINISHED", versions=("2020-09-04",), envelope="2020-09-04", camel=True),
    Kind(
        name="SHIPMENT_TRACKING_MILESTONE_CHANGED",
        versions=("2026-01-30",),
        camel=True,
        filters=frozenset({"trackingIdentifier"}),
        expression=False,
    ),
    Kind(name="TRANSACTION_UPDATE"),
)
"""Every type an application can subscribe to. The simulator's world gives rise to a few of them; tests can
publish the others themselves. Of those no schema is at hand for most, and how their envelope is spelt is not
confirmed."""
REMOVED = frozenset({"ORDER_STATUS_CHANGE", "MFN_ORDER_STATUS_CHANGE"})
"""Types that Amazon took away; ORDER_CHANGE is there instead."""
