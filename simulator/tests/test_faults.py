import threading
from datetime import timedelta

import httpx
import pytest
from shop import START, Shop, error

from spapi_simulator import Call, Fault, Journal, ManualClock, ScaledClock, Simulator


def test_a_fault_before_the_work_does_nothing(shop: Shop) -> None:
    order_id = shop.place()
    shop.sim.faults.add(Fault(operation="confirmShipment", status=503, body="html", times=1))
    answer = shop.confirm(order_id)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert shop.sim.order(order_id).packages == []
    assert shop.confirm(order_id).status_code == 204


def test_a_lost_answer_after_the_work_leaves_the_package(shop: Shop) -> None:
    order_id = shop.place()
    shop.sim.faults.add(Fault(operation="confirmShipment", status=None, times=1, effect="after"))
    with pytest.raises(httpx.ReadTimeout):
        shop.confirm(order_id)
    assert len(shop.sim.order(order_id).packages) == 1
    assert shop.sim.calls[-1].status == 0


def test_a_lost_request_is_told_apart_from_a_lost_answer(shop: Shop) -> None:
    order_id = shop.place()
    shop.sim.faults.add(Fault(operation="confirmShipment", status=None, times=1))
    shop.sim.faults.add(Fault(operation="confirmShipment", status=None, times=1, effect="none"))
    with pytest.raises(httpx.ConnectError):
        shop.confirm(order_id)
    with pytest.raises(httpx.ReadTimeout):
        shop.confirm(order_id)
    assert shop.sim.order(order_id).packages == []


def test_a_lost_login_is_in_the_list_of_calls(shop: Shop) -> None:
    shop.sim.faults.add(Fault(operation="lwaToken", status=None, times=1, effect="after"))
    with pytest.raises(httpx.ReadTimeout):
        shop.login()
    assert [(call.operation, call.status) for call in shop.sim.calls] == [("lwaToken", 0)]


def test_an_outage_ends_at_its_time_and_meets_every_operation(shop: Shop) -> None:
    shop.sim.faults.add(Fault(operation="*", status=500, until=START + timedelta(minutes=10)))
    assert shop.login().status_code == 500
    shop.clock.advance(timedelta(minutes=10))
    assert shop.login().status_code == 200


def test_a_fault_in_amazons_shape(shop: Shop) -> None:
    order_id, token = shop.place(), shop.token()
    shop.sim.faults.add(Fault(operation="getOrder", status=500))
    answer = shop.get(f"/orders/v0/orders/{order_id}", token=token)
    assert error(answer)[:2] == (500, "InternalFailure")


def test_other_hosts_cannot_be_reached(shop: Shop) -> None:
    with pytest.raises(httpx.ConnectError):
        shop.http.get("https://sellingpartnerapi-na.example.com/orders/v0/orders")


def test_the_same_seed_gives_the_same_world() -> None:
    worlds = [Simulator(clock=ManualClock(START), seed=11) for _ in range(2)]
    sellers = [world.add_seller() for world in worlds]
    assert sellers[0] == sellers[1]
    assert worlds[0].add_application(name="a") == worlds[1].add_application(name="a")


def test_waiting_on_a_manual_clock_moves_it_at_once() -> None:
    clock, stop = ManualClock(START), threading.Event()
    assert clock.wait(stop, 90) is False
    assert clock.now() == START + timedelta(seconds=90)
    stop.set()
    assert clock.wait(stop, -1) is True
    assert clock.now() == START + timedelta(seconds=90)


def test_scaled_clocks_with_the_same_numbers_agree() -> None:
    wall = [1000.0]
    first, second = (ScaledClock(START, 60, 990.0, wall=lambda: wall[0]) for _ in range(2))
    assert first.now() == second.now() == START + timedelta(minutes=10)


class TestAnswersThatAreCarriedOut:
    def test_a_slow_answer_is_late_only_for_the_impatient(self, shop: Shop) -> None:
        order_id = shop.place()
        shop.sim.faults.add(Fault(operation="confirmShipment", effect="slow", seconds=10))
        with pytest.raises(httpx.ReadTimeout):
            shop.confirm(order_id)
        assert len(shop.sim.order(order_id).packages) == 1
        patient = httpx.Client(transport=shop.sim.transport, timeout=30)
        shop.http = patient
        assert shop.confirm(order_id).status_code == 204

    def test_a_cut_answer_breaks_off_in_the_middle(self, shop: Shop) -> None:
        order_id, token = shop.place(), shop.token()
        shop.sim.faults.add(Fault(operation="getOrder", effect="cut"))
        with pytest.raises(httpx.RemoteProtocolError):
            shop.get(f"/orders/v0/orders/{order_id}", token=token)
        assert shop.sim.journal.of("getOrder")[-1].fault == "cut"

    def test_an_answer_comes_before_its_effect_shows(self, shop: Shop) -> None:
        order_id, token = shop.place(), shop.token()
        shop.sim.faults.add(Fault(operation="confirmShipment", effect="later", seconds=600, times=1))
        assert shop.confirm(order_id).status_code == 204
        path = f"/orders/v0/orders/{order_id}"
        assert shop.get(path, token=token).json()["payload"]["OrderStatus"] == "Unshipped"
        shop.clock.advance(seconds=600)
        assert shop.get(path, token=token).json()["payload"]["OrderStatus"] == "Shipped"


class TestWhoMeetsAFault:
    def test_a_region_is_out_and_the_others_are_not(self, shop: Shop) -> None:
        europe = shop.sim.add_seller(region="EU", marketplaces=["A1PA6795UKMFR9"])
        refresh = shop.sim.authorize(shop.app, europe)
        token = shop.login(refresh_token=refresh).json()["access_token"]
        shop.sim.faults.add(Fault(operation="*", region="EU", status=503, body="html"))
        host = "https://sellingpartnerapi-eu.amazon.com"
        path, since = "/orders/2026-01-01/orders", "2026-11-01T00:00:00Z"
        assert shop.get(path, token=token, host=host, createdAfter=since).status_code == 503
        assert shop.get(path, createdAfter=since).status_code == 200

    def test_one_dataset_is_out(self, shop: Shop) -> None:
        order_id = shop.place()
        shop.sim.faults.add(Fault(operation="getOrder", dataset="FULFILLMENT", status=400))
        path = f"/orders/2026-01-01/orders/{order_id}"
        assert error(shop.get(path, includedData="BUYER,FULFILLMENT"))[:2] == (400, "InvalidInput")
        assert shop.get(path, includedData="BUYER").status_code == 200

    def test_every_third_call_from_an_instant_on(self, shop: Shop) -> None:
        order_id, token = shop.place(), shop.token()
        since = START + timedelta(seconds=60)
        shop.sim.faults.add(Fault(operation="getOrder", status=500, every=3, since=since, code="Odd"))
        path = f"/orders/v0/orders/{order_id}"
        before = [shop.get(path, token=token).status_code for _ in range(4)]
        shop.clock.advance(seconds=60)
        after = [shop.get(path, token=token).status_code for _ in range(6)]
        assert (before, after) == ([200] * 4, [200, 200, 500, 200, 200, 500])
        assert shop.sim.journal.of("getOrder", subject=order_id)[-1].status == 500


def test_a_seller_may_have_a_usage_plan_of_its_own(shop: Shop) -> None:
    order_id, token = shop.place(), shop.token()
    path = f"/orders/v0/orders/{order_id}"
    shop.get(path, token=token)
    shop.sim.limits.plan(shop.seller.seller_id, "getOrder", rate=0.25, burst=2)
    answers = [shop.get(path, token=token) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.25"
    assert "x-amzn-RateLimit-Limit" not in answers[2].headers
    other = shop.sim.add_seller()
    mine = shop.login(refresh_token=shop.sim.authorize(shop.app, other)).json()["access_token"]
    assert shop.get(path, token=mine).headers["x-amzn-RateLimit-Limit"] == "0.5"


def test_the_journal_knows_every_request_and_forgets_the_oldest() -> None:
    journal = Journal(most=3)
    for number in range(5):
        journal.note(
            Call(
                at=START,
                operation="getOrder",
                seller_id="A",
                status=200,
                request_id=str(number),
                path_template="/",
            )
        )
    assert [call.request_id for call in journal] == ["2", "3", "4"]
    assert journal.counts["getOrder"][200] == 5
    calls, cursor = journal.since(0)
    assert ([call.request_id for call in calls], cursor) == (["2", "3", "4"], 5)
    assert journal.since(cursor) == ([], 5)
    assert [call.request_id for call in journal.since(4)[0]] == ["4"]


def test_a_body_that_is_too_large_or_not_json_is_refused(shop: Shop) -> None:
    order_id = shop.place()
    url = f"https://sellingpartnerapi-na.amazon.com/orders/v0/orders/{order_id}/shipmentConfirmation"
    headers = {"x-amz-access-token": shop.token()}
    large = shop.http.post(url, json={"pad": "x" * 5_000_000}, headers=headers)
    form = shop.http.post(url, data={"marketplaceId": "1"}, headers=headers)
    assert [error(one)[:2] for one in (large, form)] == [
        (413, "RequestTooLarge"),
        (415, "UnsupportedMediaType"),
    ]
