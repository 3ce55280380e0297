import json
from collections.abc import Iterator
from pathlib import Path

import amazon
import conformance
import httpx
import pytest
from shop import US, Shop

from spapi_simulator import Fault
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front import door
from spapi_simulator.front.answers import Refusal, Reply
from spapi_simulator.watching.server import SimulatorServer

SINCE = "2026-11-02T07:00:00Z"


@pytest.fixture(autouse=True)
def _watched(models: Path) -> Iterator[None]:
    """Starts and ends with nothing found, so that what these tests provoke fails nobody."""
    conformance.complain()
    yield
    conformance.complain()


def answer_with(monkeypatch: pytest.MonkeyPatch, status: int, body: object, **headers: str) -> None:
    """Makes every SP-API answer this one."""

    def answered(reply: Reply | Refusal, *, request_id: str, rate: float | None) -> httpx.Response:
        del reply, rate
        head = {"x-amzn-RequestId": request_id, "content-type": "application/json"} | headers
        content = b"" if body is None else json.dumps(body).encode()
        return httpx.Response(status, headers=head, content=content)

    monkeypatch.setattr(door, "spapi_response", answered)


def test_every_answer_of_this_run_is_watched(shop: Shop) -> None:
    assert getattr(type(shop.sim).handle, "watched", False)
    assert conformance.watch()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"payload": {"Orders": [], "Invented": 1}}, "'Invented' was unexpected"),
        (200, {"payload": {}}, '"Orders" is a required property'),
        (200, {"payload": {"Orders": [{"AmazonOrderId": 7}]}}, "$.payload.Orders[0].AmazonOrderId"),
        (200, None, "the body is not JSON"),
        (200, {"payload": {"Orders": float("nan")}}, "NaN is no JSON"),
        (201, {"payload": {"Orders": []}}, "does not know this status"),
        (401, {"errors": []}, "does not know this status"),
        (413, {"errors": [{"message": "too large"}]}, '"code" is a required property'),
    ],
)
def test_an_answer_that_amazons_model_does_not_allow_fails_the_test(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, status: int, body: object, said: str
) -> None:
    token = shop.token()
    answer_with(monkeypatch, status, body)
    shop.get("/orders/v0/orders", token=token, MarketplaceIds=US)
    with pytest.raises(conformance.Unfaithful) as found:
        conformance.complain()
    assert "getOrders answered" in str(found.value)
    assert said in str(found.value)


def test_a_rate_on_a_refused_call_and_a_body_on_a_204_are_found(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = shop.place()
    answer_with(monkeypatch, 403, {"errors": []}, **{"x-amzn-RateLimit-Limit": "0.5"})
    shop.get("/orders/v0/orders", MarketplaceIds=US)
    with pytest.raises(conformance.Unfaithful, match="sends only with 20x, 400 and 404"):
        conformance.complain()
    answer_with(monkeypatch, 204, {})
    shop.confirm(order_id)
    with pytest.raises(conformance.Unfaithful, match="the body must be empty"):
        conformance.complain()


def test_what_a_server_answers_on_its_own_thread_is_found_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"x-amz-access-token": shop.token()}
    answer_with(monkeypatch, 200, {"invented": 1})
    with SimulatorServer(shop.sim) as server:
        httpx.get(f"{server.url}/orders/2026-01-01/orders", headers=headers)
    with pytest.raises(conformance.Unfaithful, match="'invented' was unexpected"):
        conformance.complain()


def test_faults_made_on_purpose_are_no_fault_of_ours(shop: Shop) -> None:
    for fault in (
        Fault(operation="getOrders", status=503, body="html", times=1),
        Fault(operation="getOrders", status=502, body=None, times=1),
        Fault(operation="getOrders", status=502, times=1),
        Fault(operation="getOrders", status=429, times=1),
    ):
        shop.sim.faults.add(fault)
        answer = shop.get("/orders/v0/orders", MarketplaceIds=US, LastUpdatedAfter=SINCE)
        assert answer.status_code == fault.status
    shop.sim.faults.add(Fault(operation="getOrders", effect="cut", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        shop.get("/orders/v0/orders", MarketplaceIds=US, LastUpdatedAfter=SINCE)


def test_notifications_are_checked_and_what_a_client_sends_is_its_own(shop: Shop) -> None:
    shop.place()
    conformance.complain()
    headers = {"x-amz-target": "AmazonSQS.SendMessage", "authorization": "AWS4-HMAC-SHA256 Credential=test"}
    body = {"QueueUrl": shop.queue_url, "MessageBody": '{"NotificationType":"ORDER_CHANGE"}'}
    assert shop.http.post(shop.queue_url, headers=headers, json=body).status_code == 200
    conformance.complain()
    assert list(conformance.faults_of_notification('{"NotificationType":"ORDER_CHANGE"}')) != []
    assert list(conformance.faults_of_notification('{"notificationType":"INVENTED"}')) != []


def test_every_operation_is_one_of_amazons(models: Path) -> None:
    for operation in CATALOGUE:
        known = amazon.described(operation.api)[operation.method, operation.template]
        assert known.name == operation.name
        assert {200, 201, 202, 204} & set(known.responses)
