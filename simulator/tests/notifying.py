"""Helpers for tests of the Notifications API."""

import json
from typing import Any

import httpx
from shop import NA, Shop

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


def fresh_application(shop: Shop) -> Shop:
    """The shop, with an application that has no subscription yet."""
    shop.app = shop.sim.add_application(name="fresh")
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    return shop
