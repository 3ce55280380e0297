"""Payloads that tell of nothing real, for sendTestNotification."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis

_SELLER = "A0000000000000"
_ACCOUNT = f"amzn1.merchant.o.{_SELLER}"


def sample(kind: str, now: datetime) -> JSON | None:
    """Return a payload of a type; None where there is no sample of it."""
    make = _SAMPLES.get(kind)
    return make(millis(now)) if make else None


def _account_status(now: str) -> JSON:
    del now
    change = {"previousAccountStatus": "NORMAL", "currentAccountStatus": "AT_RISK"}
    return {"accountStatusChangeNotification": change}


def _feed(now: str) -> JSON:
    del now
    return {
        "feedProcessingFinishedNotification": {
            "sellerId": _SELLER,
            "accountId": _ACCOUNT,
            "feedId": "50000000001",
            "feedType": "POST_ORDER_FULFILLMENT_DATA",
            "processingStatus": "DONE",
            "resultFeedDocumentId": "amzn1.tortuga.4.na.sample",
        }
    }


def _report(now: str) -> JSON:
    del now
    return {
        "reportProcessingFinishedNotification": {
            "sellerId": _SELLER,
            "accountId": _ACCOUNT,
            "reportId": "50000000001",
            "reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
            "processingStatus": "DONE",
            "reportDocumentId": "amzn1.spdoc.1.4.na.sample",
        }
    }


def _order_change(now: str) -> JSON:
    item = {
        "OrderItemId": "00000000000001",
        "SellerSKU": "SAMPLE-1",
        "SupplySourceId": None,
        "Quantity": 1,
        "QuantityShipped": 0,
        "IsBuyerRequestedCancel": False,
    }
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": _SELLER,
            "AmazonOrderId": "111-0000000-0000001",
            "OrderChangeType": "OrderStatusChange",
            "OrderChangeTrigger": {"TimeOfOrderChange": now, "ChangeReason": "Order Status Change"},
            "Summary": {
                "MarketplaceId": "ATVPDKIKX0DER",
                "OrderStatus": "Unshipped",
                "PurchaseDate": now,
                "DestinationPostalCode": None,
                "FulfillmentType": "MFN",
                "OrderType": "StandardOrder",
                "NumberOfItemsShipped": 0,
                "NumberOfItemsUnshipped": 1,
                "OrderItems": [item],
            },
        }
    }


def _quantity(now: str) -> JSON:
    del now
    return {"SellerId": _SELLER, "FulfillmentChannelCode": "DEFAULT", "Sku": "SAMPLE-1", "Quantity": 12}


_SAMPLES: Mapping[str, Callable[[str], JSON]] = MappingProxyType({
    "ACCOUNT_STATUS_CHANGED": _account_status,
    "FEED_PROCESSING_FINISHED": _feed,
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": _quantity,
    "ORDER_CHANGE": _order_change,
    "REPORT_PROCESSING_FINISHED": _report,
})  # fmt: skip
