import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator
from shop import NA, US, Shop, error, load, open_shop
from test_queues import sqs

from spapi_simulator import Behaviours, Line, Simulator

DESTINATIONS = "/notifications/v1/destinations"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
SANDBOX = "https://sandbox.sellingpartnerapi-na.amazon.com"
SCOPE = "sellingpartnerapi::notifications"
BRIDGE = {"eventBridge": {"accountId": "123456789012", "region": "us-east-1"}}
FEED, ORDER, LISTING = "FEED_PROCESSING_FINISHED", "ORDER_CHANGE", "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"
AMAZON = "arn:aws:iam::437568002678:root"


def call(
    shop: Shop, method: str, path: str, body: object = None, *, seller: bool = False, host: str = NA
) -> httpx.Response:
    shop.sim.limits.off()
    form = {} if seller else {"grant_type": "client_credentials", "scope": SCOPE}
    headers = {"x-amz-access-token": shop.login(**form).json()["access_token"]}
    return shop.http.request(method, host + path, json=body, headers=headers)


def arn_of(shop: Shop, name: str = "more") -> str:
    shop.sim.add_queue(name)
    return f"arn:aws:sqs:us-east-1:000000000000:{name}"


def destination(shop: Shop, resource: object = None, name: str = "more") -> str:
    body = {"name": "mine", "resourceSpecification": resource or {"sqs": {"arn": arn_of(shop, name)}}}
    answer = call(shop, "POST", DESTINATIONS, body)
    assert answer.status_code == 200
    return str(answer.json()["payload"]["destinationId"])


def subscribe(shop: Shop, kind: str, destination_id: str, version: str = "", **more: Any) -> httpx.Response:
    version = version or ("2020-09-04" if kind == FEED else "1.0")
    body = {"destinationId": destination_id, "payloadVersion": version, **more}
    return call(shop, "POST", f"{SUBSCRIPTIONS}/{kind}", body, seller=True)


def narrowed(**event_filter: Any) -> dict[str, Any]:
    return {"processingDirective": {"eventFilter": {"eventFilterType": ORDER, **event_filter}}}


def expressed(text: str) -> dict[str, Any]:
    return {"processingDirective": {"filterExpression": text}}


def told(shop: Shop, queue: str = "more") -> list[Any]:
    return [json.loads(body) for body in shop.sim.messages(queue)]


@pytest.fixture
def fresh(shop: Shop) -> Shop:
    """A shop whose application has no subscription yet."""
    shop.app = shop.sim.add_application(name="fresh")
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    return shop


def test_a_destination_is_created_read_and_deleted(fresh: Shop) -> None:
    assert call(fresh, "GET", DESTINATIONS).json() == {"payload": []}
    made = destination(fresh)
    shape = {
        "destinationId": made,
        "name": "mine",
        "resource": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:more"}},
    }
    assert call(fresh, "GET", f"{DESTINATIONS}/{made}").json() == {"payload": shape}
    assert call(fresh, "GET", DESTINATIONS).json() == {"payload": [shape]}
    gone = call(fresh, "DELETE", f"{DESTINATIONS}/{made}")
    assert (gone.status_code, gone.json()) == (200, {})
    assert error(call(fresh, "GET", f"{DESTINATIONS}/{made}"))[:2] == (404, "NotFound")


def test_a_partner_event_source_is_named_after_account_and_application(fresh: Shop) -> None:
    made = destination(fresh, BRIDGE)
    resource = call(fresh, "GET", f"{DESTINATIONS}/{made}").json()["payload"]["resource"]
    name = f"aws.partner/sellingpartnerapi.amazon.com/123456789012/{fresh.app.application_id}"
    assert resource == {"eventBridge": {"accountId": "123456789012", "region": "us-east-1", "name": name}}
    again = call(fresh, "POST", DESTINATIONS, {"name": "again", "resourceSpecification": BRIDGE})
    assert error(again)[:2] == (409, "Conflict")
    destination(fresh, {"eventBridge": BRIDGE["eventBridge"] | {"region": "eu-west-1"}})


def test_the_same_queue_twice_is_a_conflict_for_one_application_alone(fresh: Shop) -> None:
    destination(fresh)
    body = {"name": "again", "resourceSpecification": {"sqs": {"arn": arn_of(fresh)}}}
    status, code, text = error(call(fresh, "POST", DESTINATIONS, body))
    assert (status, code) == (409, "Conflict")
    assert text.startswith(f"A destination with arn {arn_of(fresh)} already exists for the application")
    fresh.app = fresh.sim.add_application(name="another")
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 200


def test_a_destination_of_another_application_is_unknown(fresh: Shop) -> None:
    made = destination(fresh)
    fresh.app = fresh.sim.add_application(name="another")
    fresh.refresh_token = fresh.sim.authorize(fresh.app, fresh.seller)
    for method in ("GET", "DELETE"):
        assert call(fresh, method, f"{DESTINATIONS}/{made}").status_code == 404
    assert subscribe(fresh, FEED, made).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"name": "x", "resourceSpecification": {}},
        {"name": "x", "resourceSpecification": "made up"},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "made up"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:none"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:o.fifo"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:eu-west-1:000000000000:orders"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": {"accountId": "12", "region": "us-east-1"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": {"accountId": "123456789012"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": BRIDGE["eventBridge"] | {"region": "NA"}}},
        {"name": "x" * 257, "resourceSpecification": BRIDGE},
        {"name": "", "resourceSpecification": BRIDGE},
        {"name": "x", "resourceSpecification": BRIDGE | {"sqs": {"arn": "arn:aws:sqs:a:b:c"}}},
    ],
)
def test_a_destination_that_cannot_be_is_refused(fresh: Shop, body: object) -> None:
    assert error(call(fresh, "POST", DESTINATIONS, body))[:2] == (400, "InvalidInput")


def test_a_malformed_destination_can_be_an_internal_failure() -> None:
    shop = open_shop(behaviours=Behaviours(malformed_destination_is_internal_failure=True))
    assert error(call(shop, "POST", DESTINATIONS, []))[:2] == (500, "InternalFailure")
    assert error(call(shop, "POST", DESTINATIONS, {"resourceSpecification": {}}))[:2] == (400, "InvalidInput")


def policy(arn: str, **changes: Any) -> dict[str, str]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": AMAZON},
        "Action": ["SQS:SendMessage", "sqs:GetQueueAttributes"],
        "Resource": arn,
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement | changes]})}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"Principal": {"AWS": ["437568002678"]}}, 200),
        ({"Principal": "*", "Action": "sqs:*"}, 200),
        ({"Action": "sqs:SendMessage"}, 400),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, 400),
        ({"Resource": "arn:aws:sqs:us-east-1:000000000000:other"}, 400),
        ({"Effect": "Deny"}, 400),
    ],
)
def test_a_queue_must_let_amazon_send(fresh: Shop, changes: dict[str, Any], status: int) -> None:
    arn = "arn:aws:sqs:us-east-1:000000000000:wire"
    sqs(fresh, "CreateQueue", QueueName="wire")
    body = {"name": "wire", "resourceSpecification": {"sqs": {"arn": arn}}}
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 400
    sqs(fresh, "SetQueueAttributes", QueueUrl="/wire", Attributes=policy(arn, **changes))
    assert call(fresh, "POST", DESTINATIONS, body).status_code == status


def test_a_denial_in_the_policy_wins(fresh: Shop) -> None:
    arn = arn_of(fresh)
    document = json.loads(policy(arn)["Policy"])
    document["Statement"].append(document["Statement"][0] | {"Effect": "Deny", "Action": "sqs:Send*"})
    sqs(fresh, "SetQueueAttributes", QueueUrl="/more", Attributes={"Policy": json.dumps(document)})
    body = {"name": "denied", "resourceSpecification": {"sqs": {"arn": arn}}}
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 400


def test_a_queue_under_awss_own_key_cannot_take_notifications(fresh: Shop) -> None:
    arn = arn_of(fresh)
    body = {"name": "sealed", "resourceSpecification": {"sqs": {"arn": arn}}}
    for key, status in (("alias/aws/sqs", 400), ("alias/of-the-seller", 200)):
        sqs(fresh, "SetQueueAttributes", QueueUrl="/more", Attributes={"KmsMasterKeyId": key})
        assert call(fresh, "POST", DESTINATIONS, body).status_code == status


def test_the_policy_of_a_queue_can_be_left_unread() -> None:
    shop = open_shop(behaviours=Behaviours(check_queue_policy=False))
    sqs(shop, "CreateQueue", QueueName="wire")
    wire = {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:wire"}}
    assert subscribe(shop, FEED, destination(shop, wire)).status_code == 200


def test_a_destination_with_subscriptions_stays(fresh: Shop) -> None:
    made = destination(fresh)
    subscription = subscribe(fresh, FEED, made).json()["payload"]["subscriptionId"]
    refused = error(call(fresh, "DELETE", f"{DESTINATIONS}/{made}"))
    assert refused == (403, "Unauthorized", "Destination has subscriptions")
    assert call(fresh, "DELETE", f"{SUBSCRIPTIONS}/{FEED}/{subscription}").json() == {}
    assert call(fresh, "DELETE", f"{DESTINATIONS}/{made}").status_code == 200


def test_a_subscription_is_created_read_and_deleted(fresh: Shop) -> None:
    made = destination(fresh)
    shape = subscribe(fresh, ORDER, made, **narrowed(marketplaceIds=[US])).json()["payload"]
    directive = {"eventFilter": {"eventFilterType": ORDER, "marketplaceIds": [US]}}
    assert (shape["destinationId"], shape["processingDirective"]) == (made, directive)
    path = f"{SUBSCRIPTIONS}/{ORDER}"
    assert call(fresh, "GET", path, seller=True).json() == {"payload": shape}
    assert call(fresh, "GET", f"{path}?payloadVersion=2.0", seller=True).status_code == 404
    by_id = f"{path}/{shape['subscriptionId']}"
    assert call(fresh, "GET", by_id).json() == {"payload": shape}
    assert call(fresh, "GET", f"{SUBSCRIPTIONS}/{FEED}/{shape['subscriptionId']}").status_code == 404
    fresh.place()
    assert len(told(fresh)) == 1
    assert call(fresh, "DELETE", by_id).status_code == 200
    assert call(fresh, "GET", by_id).status_code == 404
    fresh.place()
    assert len(told(fresh)) == 1


def test_the_latest_payload_version_is_found_without_naming_it(fresh: Shop) -> None:
    kind, made = "DETAIL_PAGE_TRAFFIC_EVENT", destination(fresh)
    for version in ("1.0", "3.0", "2.0"):
        assert subscribe(fresh, kind, made, version).status_code == 200
    path = f"{SUBSCRIPTIONS}/{kind}"
    found = [call(fresh, "GET", path + query, seller=True) for query in ("", "?payloadVersion=1.0")]
    assert [one.json()["payload"]["payloadVersion"] for one in found] == ["3.0", "1.0"]


def test_a_subscription_of_another_application_is_unknown(shop: Shop) -> None:
    made = subscribe(shop, FEED, destination(shop)).json()["payload"]["subscriptionId"]
    shop.app = shop.sim.add_application(name="another")
    for method in ("GET", "DELETE"):
        assert call(shop, method, f"{SUBSCRIPTIONS}/{FEED}/{made}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "seller"),
    [
        ("POST", DESTINATIONS, True),
        ("GET", DESTINATIONS, True),
        ("GET", f"{DESTINATIONS}/x", True),
        ("DELETE", f"{DESTINATIONS}/x", True),
        ("GET", f"{SUBSCRIPTIONS}/{ORDER}/x", True),
        ("DELETE", f"{SUBSCRIPTIONS}/{ORDER}/x", True),
        ("POST", f"{SUBSCRIPTIONS}/{ORDER}/testNotification", True),
        ("POST", f"{SUBSCRIPTIONS}/{ORDER}", False),
        ("GET", f"{SUBSCRIPTIONS}/{ORDER}", False),
        ("GET", f"{SUBSCRIPTIONS}?notificationTypes={ORDER}", False),
    ],
)
def test_each_operation_takes_one_sort_of_token(shop: Shop, method: str, path: str, seller: bool) -> None:
    body = {} if method == "POST" else None
    assert error(call(shop, method, path, body, seller=seller))[:2] == (403, "Unauthorized")


def test_every_operation_may_be_called_five_times_at_once_and_then_once_a_second(shop: Shop) -> None:
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    token = shop.login(**form).json()["access_token"]
    assert [shop.get(DESTINATIONS, token=token).status_code for _ in range(6)] == [200] * 5 + [429]
    shop.clock.advance(seconds=1)
    assert [shop.get(DESTINATIONS, token=token).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("MADE_UP", {}),
        ("ORDER_STATUS_CHANGE", {}),
        ("MFN_ORDER_STATUS_CHANGE", {}),
        (LISTING, {}),
        (ORDER, {"payloadVersion": "2.0"}),
        (ORDER, {"payloadVersion": None}),
        (ORDER, {"destinationId": ""}),
        (ORDER, {"processingDirective": "made up"}),
        (ORDER, {"processingDirective": {"eventFilter": "made up"}}),
        (ORDER, {"processingDirective": {"eventFilter": {"marketplaceIds": [US]}}}),
        (ORDER, {"processingDirective": {"eventFilter": {"eventFilterType": "ANY_OFFER_CHANGED"}}}),
        (FEED, {"processingDirective": {"eventFilter": {"eventFilterType": FEED}}}),
        (ORDER, narrowed(marketplaceIds=["A0000000000000"])),
        (ORDER, narrowed(marketplaceIds=US)),
        (ORDER, narrowed(orderChangeTypes=["MadeUp"])),
        (ORDER, narrowed(aggregationSettings={"aggregationTimePeriod": "FiveMinutes"})),
        (ORDER, {"processingDirective": narrowed()["processingDirective"] | {"filterExpression": "true"}}),
        (ORDER, expressed("")),
        (ORDER, expressed("true || " * 32 + "true")),
        (ORDER, expressed("1 + 1 == 2")),
        ("DATA_KIOSK_QUERY_PROCESSING_FINISHED", expressed("true")),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(fresh: Shop, kind: str, changes: dict[str, Any]) -> None:
    version = {FEED: "2020-09-04", "DATA_KIOSK_QUERY_PROCESSING_FINISHED": "2023-11-15"}.get(kind, "1.0")
    body = {"destinationId": destination(fresh), "payloadVersion": version} | changes
    answer = call(fresh, "POST", f"{SUBSCRIPTIONS}/{kind}", body, seller=True)
    assert error(answer)[:2] == (400, "InvalidInput")


def test_an_empty_filter_is_refused_in_amazons_words(fresh: Shop) -> None:
    answer = subscribe(fresh, ORDER, destination(fresh), processingDirective={"eventFilter": {}})
    assert error(answer) == (400, "InvalidInput", "Processing Directive eventFilter must not be empty")


def test_a_faulty_expression_is_refused_with_its_position(fresh: Shop) -> None:
    answer = subscribe(fresh, ORDER, destination(fresh), **expressed("a == 1 &&"))
    assert error(answer)[2].endswith("filterExpression: The expression ends too early at position 10.")


def test_order_changes_can_need_a_directive() -> None:
    shop = open_shop(behaviours=Behaviours(order_change_needs_directive=True))
    shop.app = shop.sim.add_application(name="fresh")
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    made = destination(shop)
    assert subscribe(shop, ORDER, made).status_code == 400
    assert subscribe(shop, FEED, made).status_code == 200
    assert subscribe(shop, ORDER, made, **narrowed()).status_code == 200


def test_other_types_take_the_filters_they_know(fresh: Shop) -> None:
    offers = {"eventFilterType": "ANY_OFFER_CHANGED", "marketplaceIds": [US]}
    made = destination(fresh)
    for settings in ({"aggregationTimePeriod": "OneMinute"}, {}, "FiveMinutes"):
        directive = {"eventFilter": offers | {"aggregationSettings": settings}}
        assert subscribe(fresh, "ANY_OFFER_CHANGED", made, processingDirective=directive).status_code == 400
    directive = {"eventFilter": offers | {"aggregationSettings": {"aggregationTimePeriod": "TenMinutes"}}}
    assert subscribe(fresh, "ANY_OFFER_CHANGED", made, processingDirective=directive).status_code == 200
    tracking = "SHIPMENT_TRACKING_MILESTONE_CHANGED"
    for identifier, status in (({"aftn": "1", "id": "2"}, 400), ({"made": "up"}, 400), ({"aftn": "1"}, 200)):
        directive = {"eventFilter": {"eventFilterType": tracking, "trackingIdentifier": identifier}}
        answer = subscribe(fresh, tracking, made, "2026-01-30", processingDirective=directive)
        assert answer.status_code == status


def test_a_second_subscription_is_a_conflict_unless_the_expressions_differ(shop: Shop) -> None:
    made = destination(shop)
    second = subscribe(shop, ORDER, made)
    assert error(second)[:2] == (409, "StateConflict")
    assert error(second)[2].startswith("Subscription already exist for notification type ORDER_CHANGE")
    assert subscribe(shop, ORDER, made, **expressed("true")).status_code == 409
    assert subscribe(shop, FEED, made, **expressed("true")).status_code == 200
    assert subscribe(shop, FEED, made, **expressed("true")).status_code == 409
    assert subscribe(shop, FEED, made, **expressed("!false")).status_code == 200
    assert subscribe(shop, FEED, made).status_code == 409


def test_subscriptions_are_of_one_seller(shop: Shop) -> None:
    other = shop.sim.add_seller()
    shop.refresh_token = shop.sim.authorize(shop.app, other)
    made = destination(shop)
    assert subscribe(shop, ORDER, made).status_code == 200
    shop.place()
    assert told(shop) == []
    shop.sim.place_order(other, lines=[Line(sku="SKU-1")])
    (one,) = told(shop)
    assert one["Payload"]["OrderChangeNotification"]["SellerId"] == other.seller_id


def test_subscriptions_are_listed_in_pages(fresh: Shop) -> None:
    made = destination(fresh)
    for number in range(35):
        assert subscribe(fresh, ORDER, made, **expressed(f"a == {number}")).status_code == 200
    path = f"{SUBSCRIPTIONS}?notificationTypes={ORDER}"
    first = call(fresh, "GET", path, seller=True).json()["payload"]
    assert len(first["subscriptions"]) == 30
    following = httpx.QueryParams(nextToken=first["nextToken"])
    rest = call(fresh, "GET", f"{path}&{following}", seller=True).json()["payload"]
    assert "nextToken" not in rest
    ids = [one["subscriptionId"] for one in first["subscriptions"] + rest["subscriptions"]]
    assert len(set(ids)) == 35
    whole = call(fresh, "GET", f"{path}&pageSize=100", seller=True).json()["payload"]["subscriptions"]
    assert [one["subscriptionId"] for one in whole] == ids
    for wrong in (
        f"{path}&payloadVersion=1.0&{following}",
        f"{path}&nextToken=made-up",
        f"{path}&pageSize=29",
        f"{path}&pageSize=101",
        f"{path},{FEED}",
        SUBSCRIPTIONS,
        f"{SUBSCRIPTIONS}?notificationTypes=MADE_UP",
    ):
        assert call(fresh, "GET", wrong, seller=True).status_code == 400
    none = call(fresh, "GET", f"{path}&payloadVersion=2.0", seller=True).json()
    assert none == {"payload": {"subscriptions": []}}


def test_listing_types_go_to_event_bridge(fresh: Shop, models: Path) -> None:
    made = destination(fresh, BRIDGE)
    assert subscribe(fresh, FEED, made).status_code == 400
    assert subscribe(fresh, LISTING, made).status_code == 200
    source = f"aws.partner/sellingpartnerapi.amazon.com/123456789012/{fresh.app.application_id}"
    assert fresh.sim.events(source) == []
    test = {"destinationId": made, "testNotification": {"payloadVersion": "1.0", "testScenario": "any"}}
    sent = call(fresh, "POST", f"{SUBSCRIPTIONS}/{LISTING}/testNotification", test, host=SANDBOX)
    assert sent.status_code == 200
    (event,) = fresh.sim.events(source)
    assert (event["source"], event["detail-type"], event["account"]) == (source, LISTING, "123456789012")
    schema = load(models / "schemas" / "notifications" / "ListingsItemMfnQuantityChange.json")
    assert [fault.message for fault in Draft7Validator(schema).iter_errors(event["detail"])] == []


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        (ORDER, "1.0"),
        (FEED, "2020-09-04"),
        ("REPORT_PROCESSING_FINISHED", "2020-09-04"),
        ("ACCOUNT_STATUS_CHANGED", "2021-01-01"),
    ],
)
def test_a_test_notification_is_sent_at_the_sandbox_alone(fresh: Shop, kind: str, version: str) -> None:
    made, path = destination(fresh), f"{SUBSCRIPTIONS}/{kind}/testNotification"
    test = {"payloadVersion": version, "testScenario": "any"}
    body = {"destinationId": made, "testNotification": test}
    assert error(call(fresh, "POST", path, body))[:2] == (403, "Unauthorized")
    answer = call(fresh, "POST", path, body, host=SANDBOX)
    assert (answer.status_code, answer.json()) == (200, {"payload": {}})
    (one,) = told(fresh)
    assert kind in {one.get("NotificationType"), one.get("notificationType")}


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        (ORDER, {"testNotification": {"payloadVersion": "1.0"}}, 400),
        (ORDER, {"testNotification": {"payloadVersion": "1.0", "testScenario": ""}}, 400),
        (ORDER, {"testNotification": {"payloadVersion": "2.0", "testScenario": "any"}}, 400),
        (ORDER, {"destinationId": "made up"}, 404),
        ("FEE_PROMOTION", {}, 400),
        ("MADE_UP", {}, 400),
        (LISTING, {}, 400),
    ],
)
def test_a_test_notification_that_cannot_be_is_refused(
    fresh: Shop, kind: str, changes: dict[str, Any], status: int
) -> None:
    test = {"payloadVersion": "1.0", "testScenario": "any"}
    body = {"destinationId": destination(fresh), "testNotification": test} | changes
    path = f"{SUBSCRIPTIONS}/{kind}/testNotification"
    assert call(fresh, "POST", path, body, host=SANDBOX).status_code == status
    assert told(fresh) == []


def test_the_same_seed_gives_the_same_destinations_and_subscriptions() -> None:
    def once() -> tuple[str, str]:
        shop = open_shop()
        made = destination(shop)
        return made, subscribe(shop, FEED, made).text

    assert once() == once()


def test_a_queue_is_added_once() -> None:
    sim: Simulator = open_shop().sim
    assert sim.add_queue("orders") == sim.add_queue("orders")
