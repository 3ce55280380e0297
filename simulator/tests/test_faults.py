import threading
from datetime import timedelta

import httpx
import pytest
from shop import START, Shop, error

from spapi_simulator import Fault, ManualClock, ScaledClock, Simulator


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
