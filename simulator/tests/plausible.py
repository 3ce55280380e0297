"""A world with something of everything in it, and for every operation a request that makes sense there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import buying
import httpx
from feeding import FLAT_FULFILLMENT, TABS, upload
from shop import NA, US, Shop, open_shop

from spapi_simulator import Line, Recipient
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.operations import Operation
from spapi_simulator.world.records import Terms

SINCE = "2026-11-02T07:00:00Z"
SANDBOX = "https://sandbox.sellingpartnerapi-na.amazon.com"
ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
ARN = "arn:aws:sqs:us-east-1:000000000000:{}"
OFFICE = Recipient(
    name="Testperson Office", address_line_1="1 Sample Row", address_line_2="Unit 1", city="Sampleton",
    state="WA", postal_code="00001", country_code="US", phone="+1 206-555-0100",
)  # fmt: skip
TORONTO = Recipient(
    name="Testperson Abroad", address_line_1="1 Sample Row", address_line_2="Unit 1", city="Exampleford",
    state="ON", postal_code="Z0Z 0Z0", country_code="CA", phone="+1 604-555-0100",
)  # fmt: skip
OPERATIONS = {one.bucket: one for one in CATALOGUE}
_V0, _FEEDS, _REPORTS = "/orders/v0/orders", "/feeds/2021-06-30", "/reports/2021-06-30"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for one operation; `path` are the values in its path, `rdt` an RDT to ask with."""

    bucket: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    rdt: bool = False
    host: str = NA

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.bucket]

    @property
    def url(self) -> str:
        return self.operation.template.format_map(self.path)

    def __str__(self) -> str:
        return self.bucket


@dataclass(kw_only=True)
class World:
    """A busy shop, and where to find what in it."""

    shop: Shop
    ids: dict[str, str]
    _tokens: dict[str, str] = field(default_factory=dict)

    def send(self, asked: Asked, **changes: Any) -> httpx.Response:
        """Ask, with the token that fits the operation."""
        asked = replace(asked, **changes)
        token = self.rdt(asked) if asked.rdt else self.token(asked.operation.scope)
        content = None if asked.body is None else json.dumps(asked.body).encode()
        headers = {"x-amz-access-token": token, "content-type": "application/json"}
        query = {key: ",".join(one) if isinstance(one, list) else one for key, one in asked.query.items()}
        return self.shop.http.request(
            asked.operation.method, asked.host + asked.url, params=query, headers=headers, content=content
        )

    def token(self, scope: str = "") -> str:
        if scope not in self._tokens:
            form = {"grant_type": "client_credentials", "scope": scope}
            self._tokens[scope] = self.shop.login(**form if scope else {}).json()["access_token"]
        return self._tokens[scope]

    def rdt(self, asked: Asked) -> str:
        resource: dict[str, Any] = {"method": asked.operation.method, "path": asked.url}
        if asked.operation.elements:
            resource["dataElements"] = [
                one for one in ("buyerInfo", "shippingAddress") if one in asked.operation.restricted
            ]
        return str(self.shop.rdt(resource).json()["restrictedDataToken"])


def open_world() -> World:
    """A world with orders, packages, feeds, reports, schedules, destinations and subscriptions."""
    shop = open_shop()
    shop.sim.limits.off()
    ids = {"order": shop.place(2, 1, gift_message="Invented"), "spare": shop.place(3)}
    shop.confirm(ids["spare"], [(0, 1)])
    special = {
        "store": {
            "programs": ["IN_STORE_PICK_UP"],
            "terms": Terms(store_id="STORE-1", seller_order_id="S-1"),
        },
        "regulated": {"lines": [Line(sku="RX-1", prescription=True)]},
        "business": {"programs": ["AMAZON_BUSINESS"], "recipient": OFFICE},
        "parcel": {},
        "label": {},
        "abroad": {"recipient": TORONTO},
    }
    for name, choices in special.items():
        lines = [Line(sku="MUG-1", title="Mug")]
        ids[name] = shop.sim.place_order(shop.seller, **{"lines": lines, **choices})
    shop.sim.cancel(shop.place())
    shop.place(pending=True)
    shop.sim.add_queue("more")
    shop.sim.add_queue("third")
    shop.sim.register_rotation_queue(shop.app, shop.sim.add_queue("secrets"))
    shop.clock.advance(seconds=121)
    world = World(shop=shop, ids=ids)
    _fill(world)
    return world


def _fill(world: World) -> None:
    shop, ids = world.shop, world.ids
    feed = Asked(bucket="createFeed", body=_feed(shop))
    report = Asked(bucket="createReport", body=_report())
    ids["feed"] = world.send(feed).json()["feedId"]
    ids["report"] = world.send(report).json()["reportId"]
    shop.clock.advance(seconds=120)
    found = world.send(Asked(bucket="getFeed", path={"feedId": ids["feed"]})).json()
    ids["feedDocument"] = found["resultFeedDocumentId"]
    found = world.send(Asked(bucket="getReport", path={"reportId": ids["report"]})).json()
    ids["reportDocument"] = found["reportDocumentId"]
    ids["newFeed"] = world.send(feed, body=_feed(shop)).json()["feedId"]
    ids["newReport"] = world.send(report).json()["reportId"]
    schedule = {"reportType": ALL_ORDERS, "marketplaceIds": [US], "period": "P1D"}
    made = world.send(Asked(bucket="createReportSchedule", body=schedule))
    ids["schedule"] = made.json()["reportScheduleId"]
    for name in ("more", "third"):
        body = {"name": name, "resourceSpecification": {"sqs": {"arn": ARN.format(name)}}}
        made = world.send(Asked(bucket="createDestination", body=body))
        ids[f"destination {name}"] = made.json()["payload"]["destinationId"]
    made = world.send(
        Asked(
            bucket="createSubscription",
            path={"notificationType": "FEED_PROCESSING_FINISHED"},
            body={"payloadVersion": "2020-09-04", "destinationId": ids["destination more"]},
        )
    )
    ids["subscription"] = made.json()["payload"]["subscriptionId"]
    shop.sim.add_queue("fourth")
    ids["shipment"] = world.send(_bought(world, "business")).json()["payload"]["ShipmentId"]


def _feed(shop: Shop) -> dict[str, Any]:
    document_id = upload(shop, "order-id\torder-item-id\tquantity\n", TABS)
    return {"feedType": FLAT_FULFILLMENT, "marketplaceIds": [US], "inputFeedDocumentId": document_id}


def _report() -> dict[str, Any]:
    return {"reportType": ALL_ORDERS, "marketplaceIds": [US], "dataStartTime": SINCE}


def requests(world: World) -> list[Asked]:
    """Requests for every operation, of which one at least succeeds; harmless ones come first."""
    made = [*_orders(world), *_feeds(world), *_reports(world), *_notifications(world)]
    made += [
        Asked(
            bucket="createRestrictedDataToken",
            body={
                "targetApplication": world.shop.app.application_id,
                "restrictedResources": [{"method": "GET", "path": f"{_V0}/{{orderId}}/address"}],
            },
        ),
        Asked(bucket="getMarketplaceParticipations"),
        Asked(bucket="getAccount"),
        Asked(bucket="rotateApplicationClientSecret"),
    ]
    made += _shipments(world)
    return [one for one in made if one.bucket in OPERATIONS]


def _orders(world: World) -> list[Asked]:
    order = {"orderId": world.ids["order"]}
    everything = {
        "MarketplaceIds": US, "CreatedAfter": SINCE, "CreatedBefore": "2026-11-02T08:00:00Z",
        "OrderStatuses": "Unshipped", "FulfillmentChannels": "MFN", "PaymentMethods": "Other",
        "MaxResultsPerPage": 2, "EarliestDeliveryDateAfter": SINCE, "LatestDeliveryDateAfter": SINCE,
        "EarliestDeliveryDateBefore": "2027-11-02T07:00:00Z", "IsISPU": "false",
        "LatestDeliveryDateBefore": "2027-11-02T07:00:00Z",
    }  # fmt: skip
    (parcel,) = world.shop.sim.order(world.ids["parcel"]).items
    package = {
        "packageReferenceId": "1", "carrierCode": "UPS", "trackingNumber": "1Z999AA10123456784",
        "shipDate": "2026-11-02T08:00:00Z",
        "orderItems": [{"orderItemId": parcel.order_item_id, "quantity": 1}],
    }  # fmt: skip
    reads = ("getOrder", "getOrderBuyerInfo", "getOrderAddress", "getOrderItems", "getOrderItemsBuyerInfo")
    found = {"lastUpdatedAfter": SINCE, "lastUpdatedBefore": "2026-11-02T08:00:00Z", "marketplaceIds": US}
    found |= {"fulfillmentStatuses": "UNSHIPPED", "fulfilledBy": "MERCHANT"}
    verdict = {"status": "Approved", "externalReviewerId": "reviewer-1"}
    return [
        Asked(bucket="getOrders", query=everything),
        Asked(bucket="getOrders", query={"MarketplaceIds": US, "LastUpdatedAfter": SINCE}, rdt=True),
        *(Asked(bucket=name, path=order, rdt=rdt) for name in reads for rdt in (False, True)),
        Asked(bucket="searchOrders", query=found | {"includedData": "BUYER,FULFILLMENT"}),
        Asked(bucket="getOrder 2026-01-01", path=order, query={"includedData": "RECIPIENT,PACKAGES"}),
        Asked(bucket="getOrderRegulatedInfo", path={"orderId": world.ids["regulated"]}, rdt=True),
        Asked(
            bucket="confirmShipment",
            path={"orderId": world.ids["parcel"]},
            body={"marketplaceId": US, "packageDetail": package},
        ),
        Asked(
            bucket="updateShipmentStatus",
            path={"orderId": world.ids["store"]},
            body={"marketplaceId": US, "shipmentStatus": "ReadyForPickup"},
        ),
        Asked(
            bucket="updateVerificationStatus",
            path={"orderId": world.ids["regulated"]},
            body={"regulatedOrderVerificationStatus": verdict},
        ),
    ]


def _feeds(world: World) -> list[Asked]:
    ids = world.ids
    listed = {"feedTypes": FLAT_FULFILLMENT, "marketplaceIds": US, "pageSize": 10}
    listed |= {
        "processingStatuses": "DONE,FATAL",
        "createdSince": SINCE,
        "createdUntil": "2026-11-03T00:00:00Z",
    }
    return [
        Asked(bucket="getFeeds", query=listed),
        Asked(bucket="getFeed", path={"feedId": ids["feed"]}),
        Asked(bucket="getFeedDocument", path={"feedDocumentId": ids["feedDocument"]}),
        Asked(bucket="createFeedDocument", body={"contentType": TABS}),
        Asked(bucket="createFeed", body=_feed(world.shop)),
        Asked(bucket="cancelFeed", path={"feedId": ids["newFeed"]}),
    ]


def _reports(world: World) -> list[Asked]:
    ids = world.ids
    listed = {"reportTypes": ALL_ORDERS, "marketplaceIds": US, "pageSize": 10}
    listed |= {
        "processingStatuses": "DONE,FATAL",
        "createdSince": SINCE,
        "createdUntil": "2026-11-03T00:00:00Z",
    }
    schedule = {"reportType": ALL_ORDERS, "marketplaceIds": [US], "period": "PT8H"}
    return [
        Asked(bucket="getReports", query=listed),
        Asked(bucket="getReport", path={"reportId": ids["report"]}),
        Asked(bucket="getReportDocument", path={"reportDocumentId": ids["reportDocument"]}),
        Asked(bucket="createReport", body=_report() | {"dataEndTime": "2026-11-02T08:00:00Z"}),
        Asked(bucket="cancelReport", path={"reportId": ids["newReport"]}),
        Asked(bucket="getReportSchedules", query={"reportTypes": ALL_ORDERS}),
        Asked(bucket="getReportSchedule", path={"reportScheduleId": ids["schedule"]}),
        Asked(bucket="cancelReportSchedule", path={"reportScheduleId": ids["schedule"]}),
        Asked(
            bucket="createReportSchedule",
            body=schedule | {"nextReportCreationTime": "2026-11-03T00:00:00Z", "reportOptions": {}},
        ),
    ]


def _notifications(world: World) -> list[Asked]:
    ids, kind = world.ids, {"notificationType": "FEED_PROCESSING_FINISHED"}
    by_id = kind | {"subscriptionId": ids["subscription"]}
    spare = ids["destination third"]
    test = {"payloadVersion": "1.0", "testScenario": "Default"}
    order_change = {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}
    return [
        Asked(
            bucket="getSubscriptions", query={"notificationTypes": "FEED_PROCESSING_FINISHED", "pageSize": 30}
        ),
        Asked(bucket="getSubscription", path=kind, query={"payloadVersion": "2020-09-04"}),
        Asked(bucket="getSubscriptionById", path=by_id),
        Asked(bucket="getDestinations"),
        Asked(bucket="getDestination", path={"destinationId": spare}),
        Asked(
            bucket="sendTestNotification",
            path={"notificationType": "ORDER_CHANGE"},
            body={"destinationId": spare, "testNotification": test},
            host=SANDBOX,
        ),
        Asked(
            bucket="createSubscription",
            path={"notificationType": "REPORT_PROCESSING_FINISHED"},
            body={"payloadVersion": "2020-09-04", "destinationId": ids["destination more"]},
        ),
        Asked(
            bucket="createDestination",
            body={"name": "fourth", "resourceSpecification": {"sqs": {"arn": ARN.format("fourth")}}},
        ),
        Asked(bucket="deleteSubscriptionById", path=by_id),
        Asked(bucket="deleteDestination", path={"destinationId": spare}),
        Asked(
            bucket="createSubscription",
            path={"notificationType": "ORDER_CHANGE"},
            body={
                "payloadVersion": "1.0",
                "destinationId": ids["destination more"],
                "processingDirective": {"eventFilter": order_change},
            },
        ),
    ]


def _bought(world: World, name: str, service: str = "USPS_PTP_PRI", **more: Any) -> Asked:
    """Buys a label for one of the orders, as it is offered."""
    options = buying.OPTIONS | {"DeclaredValue": {"CurrencyCode": "USD", "Amount": 10}}
    wanted = buying.details(world.shop, world.ids[name], ShippingServiceOptions=options)
    if more:
        made_in = {"AdditionalInputFieldName": "COUNTRY_OF_ORIGIN", "AdditionalSellerInput": _text("JP")}
        wanted["ItemList"][0]["ItemLevelSellerInputsList"] = [made_in]
    body = {"ShipmentRequestDetails": wanted, "ShippingServiceId": service}
    body |= {"ShippingServiceOfferId": buying.offer(world.shop, wanted, service)}
    body |= {"LabelFormatOption": {"IncludePackingSlipWithLabel": False}, "HazmatType": "None"}
    return Asked(bucket="createShipment", body=body | more, rdt=True)


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "ValueAsString": value}


def _shipments(world: World) -> list[Asked]:
    shipment = {"shipmentId": world.ids["shipment"]}
    abroad = "USPS_PTP_PRI_INTL"
    back = {"AdditionalInputFieldName": "NON_DELIVERY_OPTION", "AdditionalSellerInput": _text("RETURN")}
    inputs = {"ShippingServiceId": abroad, "ShipFromAddress": buying.SENDER, "OrderId": world.ids["abroad"]}
    wanted = buying.details(world.shop, world.ids["label"])
    return [
        Asked(
            bucket="getEligibleShipmentServices",
            body={"ShipmentRequestDetails": wanted, "ShippingOfferingFilter": buying.ALL},
        ),
        Asked(bucket="getShipment", path=shipment, rdt=True),
        Asked(bucket="getAdditionalSellerInputs", body=inputs),
        _bought(world, "label"),
        _bought(world, "abroad", abroad, ShipmentLevelSellerInputsList=[back]),
        Asked(bucket="cancelShipment", path=shipment, rdt=True),
    ]
