from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator
from notifying import (
    BRIDGE,
    DESTINATIONS,
    FEED,
    LISTING,
    ORDER,
    SANDBOX,
    SCOPE,
    SUBSCRIPTIONS,
    call,
    destination,
    expressed,
    fresh_application,
    narrowed,
    subscribe,
    told,
)
from shop import US, Shop, error, load, open_shop

from spapi_simulator import Behaviours, Line, Simulator


@pytest.fixture
def fresh(shop: Shop) -> Shop:
    """A shop whose application has no subscription yet."""
    return fresh_application(shop)


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
