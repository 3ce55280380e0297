import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from shop import START, US, Shop

from spapi_simulator import Fault, Line, Recipient, ScaledClock, Simulator
from spapi_simulator.watching.server import SimulatorServer

CANARY = Recipient(
    name="Testperson Canaryname",
    address_line_1="1 Canary Row",
    city="Canaryville",
    postal_code="00077",
    country_code="US",
    phone="+1 206-555-0177",
    buyer_name="Testperson Canarybuyer",
    buyer_email="canary@marketplace.example",
)


@pytest.fixture
def control(shop: Shop) -> Iterator[httpx.Client]:
    with SimulatorServer(shop.sim, scenario="a-scenario") as server:
        yield httpx.Client(base_url=f"{server.url}/_simulator")


def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error"])


def test_the_state_is_the_world_in_numbers(shop: Shop, control: httpx.Client) -> None:
    order_id = shop.place()
    shop.confirm(order_id)
    state = control.get("/state").json()
    assert (state["orders"], state["packages"]) == ({"SHIPPED": 1}, 1)
    assert state["calls"]["confirmShipment"] == {"204": 1}
    assert (state["scenario"], state["complete"]) == ("a-scenario", True)
    assert state["clock"] == {"now": "2026-11-02T08:00:00.000Z", "speed": 0}
    assert {one["operation"]: one["tokens"] for one in state["quotas"]}["confirmShipment"] == 9


def test_orders_are_shown_with_their_packages(shop: Shop, control: httpx.Client) -> None:
    order_id = shop.place()
    shop.confirm(order_id)
    (order,) = control.get("/orders").json()["orders"]
    assert (order["id"], order["should_ship"], len(order["packages"])) == (order_id, True, 1)
    assert control.get(f"/orders/{order_id}").json()["order"] == order
    assert control.get("/orders", params={"status": "UNSHIPPED"}).json()["orders"] == []
    assert control.get("/orders/113-0000000-0000000").status_code == 404


def test_no_answer_holds_personal_data_or_a_token(shop: Shop, control: httpx.Client) -> None:
    order_id = shop.place(recipient=CANARY, gift_message="canary")
    shop.get(f"/orders/v0/orders/{order_id}")
    control.post("/faults", json={"operation": "getOrder", "status": 500, "times": 1})
    looks = ("state", "orders", f"orders/{order_id}", "events", "faults", "limits", "clock", "sellers")
    told = "".join(control.get(f"/{path}").text for path in looks)
    told += control.post(f"/orders/{order_id}/request_cancel", json={}).text
    secrets = [shop.app.client_secret, shop.refresh_token, CANARY.postal_code, CANARY.phone]
    assert [one for one in (*secrets, "anary", "Atza") if one in told] == []
    assert order_id in told


def test_events_say_what_was_asked_and_how_it_was_answered(shop: Shop, control: httpx.Client) -> None:
    order_id = shop.place()
    shop.sim.faults.add(Fault(operation="getOrder", status=503, times=1))
    shop.get(f"/orders/v0/orders/{order_id}")
    shop.get("/orders/v0/orders/113-0000000-0000000")
    answer = control.get("/events").json()
    asked = [one for one in answer["events"] if one["operation"] == "getOrder"]
    assert [(one["subject"], one["status"], one["code"], one["fault"]) for one in asked] == [
        (order_id, 503, "", "before"),
        ("113-0000000-0000000", 404, "NotFound", ""),
    ]
    assert {(one["region"], one["restricted"], one["method"]) for one in asked} == {("NA", False, "GET")}
    again = control.get("/events", params={"cursor": answer["cursor"]}).json()
    assert again == {"events": [], "cursor": answer["cursor"]}
    assert refused(control.get("/events", params={"cursor": "x"})) == "cursor must be a whole number."


def test_an_order_is_placed_with_every_choice(shop: Shop, control: httpx.Client) -> None:
    wish = {
        "seller_id": shop.seller.seller_id,
        "lines": [{"sku": "MUG-1", "quantity": 2, "price": "12.50", "promotion_ids": ["SAMPLE"]}],
        "marketplace_id": US,
        "pending": True,
        "ship_by": "2026-11-03T01:00:00+01:00",
        "gift_message": "hello",
        "programs": ["PRIME"],
        "recipient": {
            "name": "Testperson Somebody", "address_line_1": "1 Sample Row", "city": "Sampleton",
            "postal_code": "00001", "country_code": "US",
        },
        "terms": {"service_level": "NEXT_DAY"},
    }  # fmt: skip
    order = shop.sim.order(control.post("/orders", json=wish).json()["order_id"])
    assert (order.status, order.programs, order.terms.service_level) == ("PENDING", ("PRIME",), "NEXT_DAY")
    assert (order.items[0].line.quantity, order.items[0].gift_message) == (2, "hello")
    assert order.ship_by == START.replace(day=3, hour=0)
    assert order.recipient.name == "Testperson Somebody"
    by_amazon = control.post("/orders", json={"fulfilled_by": "AMAZON"}).json()["order_id"]
    assert shop.sim.order(by_amazon).fulfilled_by == "AMAZON"


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"sellers": "A1"}, "An order has no field 'sellers'"),
        ({"seller_id": "A1"}, "There is no such seller."),
        ({"marketplace_id": "A1PA6795UKMFR9"}, f"marketplace_id must be one of {US}."),
        ({"lines": []}, "lines must hold a line."),
        ({"lines": "MUG"}, "lines must be a list."),
        ({"lines": [{"quantity": 1}]}, "lines needs sku."),
        ({"lines": [{"sku": "M", "quantity": 0}]}, "quantity must be from 1"),
        ({"lines": [{"sku": "M", "quantity": True}]}, "quantity must be a whole number."),
        ({"lines": [{"sku": "M", "price": "much"}]}, "price must be an amount"),
        ({"lines": [{"sku": "M", "discount": "-1"}]}, "discount must be an amount"),
        ({"lines": [{"sku": "M", "delivery_window": ["2026-11-02T08:00:00Z"]}]}, "must be a list of 2."),
        ({"pending": "yes"}, "pending must be true or false."),
        ({"fulfilled_by": "NOBODY"}, "fulfilled_by must be one of MERCHANT, AMAZON."),
        ({"ship_by": "tomorrow"}, "ship_by must be an instant"),
        ({"ship_by": "2026-11-02T08:00:00"}, "ship_by must be an instant"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_a_sentence(
    shop: Shop, control: httpx.Client, wish: dict[str, Any], sentence: str
) -> None:
    assert sentence in refused(control.post("/orders", json=wish))
    assert shop.sim.orders() == []


def test_buyers_banks_and_sellers_do_what_they_do(shop: Shop, control: httpx.Client) -> None:
    pending, cancelled, asked, shipped, less = (
        shop.place(pending=True), shop.place(), shop.place(), shop.place(), shop.place(3),
    )  # fmt: skip
    control.post(f"/orders/{pending}/authorise_payment", json={})
    control.post(f"/orders/{cancelled}/cancel", json={})
    control.post(f"/orders/{asked}/request_cancel", json={})
    control.post(f"/orders/{shipped}/ship", json={})
    item = shop.sim.order(less).items[0]
    wish = {"order_item_id": item.order_item_id, "quantity": 2}
    assert control.post(f"/orders/{less}/cancel_item", json=wish).json()["order"]["items"][0]["ordered"] == 1
    statuses = [shop.sim.order(one).status for one in (pending, cancelled, shipped)]
    assert statuses == ["UNSHIPPED", "CANCELLED", "SHIPPED"]
    assert shop.sim.order(asked).items[0].cancel_requested
    assert "can no longer be cancelled" in refused(control.post(f"/orders/{cancelled}/cancel", json={}))
    assert "A cancellation needs order_item_id." in refused(
        control.post(f"/orders/{less}/cancel_item", json={})
    )
    assert control.post("/orders/113-0000000-0000000/cancel", json={}).status_code == 404
    assert control.post(f"/orders/{less}/explode", json={}).status_code == 404
    assert "cannot be confirmed in status Canceled" in refused(
        control.post(f"/orders/{cancelled}/ship", json={})
    )
    assert "This has no field 'now'" in refused(control.post(f"/orders/{less}/ship", json={"now": True}))


def test_carriers_and_amazon_do_what_they_do(shop: Shop, control: httpx.Client) -> None:
    order_id, easy = shop.place(), shop.place(programs=["AMAZON_EASY_SHIP"])
    control.post(f"/orders/{order_id}/ship", json={})
    lost = {"status": "UNDELIVERABLE"}
    moved = control.post(f"/orders/{order_id}/move_package", json=lost).json()["order"]
    assert moved["packages"][0]["status"] == "UNDELIVERABLE"
    none = control.post(f"/orders/{order_id}/move_package", json=lost | {"package_reference_id": "9"})
    assert refused(none) == "The order has no such package."
    assert "A move needs status." in refused(control.post(f"/orders/{order_id}/move_package", json={}))
    picked_up = control.post(f"/orders/{easy}/move_easy_ship", json={"status": "PickedUp"}).json()["order"]
    assert picked_up["status"] == "SHIPPED"
    before = len(shop.sim.messages(shop.queue_url))
    control.post(f"/orders/{order_id}/change_delivery_tip", json={})
    assert len(shop.sim.messages(shop.queue_url)) == before + 1
    control.post(f"/orders/{order_id}/confirm_invoice", json={})
    control.post(f"/orders/{order_id}/hide_from_lists", json={"seconds": 60})
    assert shop.sim.order(order_id).hidden_until == START + timedelta(seconds=60)


def test_a_buyer_has_an_order_sent_elsewhere(shop: Shop, control: httpx.Client) -> None:
    order_id, gone = shop.place(), shop.place()
    shop.sim.cancel(gone)
    shop.clock.advance(timedelta(minutes=5))
    wish = {"name": "Testperson Plumtackle", "address_line_1": "9 Example Lane", "city": "Mockhaven",
            "postal_code": "00099", "country_code": "US"}  # fmt: skip
    assert "Example Lane" not in control.post(f"/orders/{order_id}/change_address", json=wish).text
    shop.sim.change_address(order_id, city="Testbury")
    record = shop.sim.order(order_id)
    assert (record.recipient.address_line_1, record.recipient.city) == ("9 Example Lane", "Testbury")
    assert record.updated_at == START + timedelta(minutes=5)
    assert "can no longer be changed" in refused(control.post(f"/orders/{gone}/change_address", json=wish))


def test_roles_go_and_come_at_amazons_side(shop: Shop, control: httpx.Client) -> None:
    control.post("/roles", json={"lose": shop.refresh_token})
    assert shop.get("/sellers/v1/marketplaceParticipations").status_code == 403
    control.post("/roles", json={"give": shop.refresh_token})
    assert shop.get("/sellers/v1/marketplaceParticipations").status_code == 200
    assert "lose or give" in refused(control.post("/roles", json={}))


def test_faults_are_put_in_force_counted_and_ended(shop: Shop, control: httpx.Client) -> None:
    wish = {"operation": "lwaToken", "status": 503, "times": 2, "until": "2026-11-02T09:00:00Z"}
    control.post("/faults", json=wish)
    assert shop.login().status_code == 503
    (fault,) = control.get("/faults").json()["faults"]
    assert {name: fault[name] for name in ("operation", "status", "met", "active")} == {
        "operation": "lwaToken", "status": 503, "met": 1, "active": True,
    }  # fmt: skip
    shop.login()
    assert control.get("/faults").json()["faults"] == []
    control.post("/faults", json={"operation": "*", "since": "2026-11-02T09:00:00Z"})
    assert [one["active"] for one in control.get("/faults").json()["faults"]] == [False]
    control.delete("/faults")
    assert len(shop.sim.faults) == 0


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({}, "A fault needs operation."),
        ({"operation": "getOrder", "stauts": 500}, "A fault has no field 'stauts'; it may have operation,"),
        ({"operation": "getOrdres"}, "operation must be one of *,"),
        ({"operation": "*", "status": "500"}, "status must be a whole number."),
        ({"operation": "*", "status": 200}, "status must be from 400 to 599, or null."),
        ({"operation": "*", "body": "xml"}, "body must be one of json, html."),
        ({"operation": "*", "times": 0}, "times must be 1 or more"),
        ({"operation": "*", "every": 0}, "every must be 1 or more."),
        ({"operation": "*", "effect": "boom"}, "effect must be one of before, after,"),
        ({"operation": "*", "seconds": -1}, "seconds must be from 0"),
        ({"operation": "*", "until": "noon"}, "until must be an instant"),
        (
            {"operation": "*", "since": "2026-11-02T09:00:00Z", "until": "2026-11-02T08:00:00Z"},
            "later than since",
        ),
        ({"operation": "*", "region": "XX"}, "region must be one of NA, EU, FE."),
        ({"operation": 7}, "operation must be text."),
    ],
)
def test_a_fault_that_no_call_could_meet_is_refused(
    shop: Shop, control: httpx.Client, wish: dict[str, Any], sentence: str
) -> None:
    assert sentence in refused(control.post("/faults", json=wish))
    assert len(shop.sim.faults) == 0


def test_a_lost_answer_can_be_asked_for(shop: Shop, control: httpx.Client) -> None:
    control.post("/faults", json={"operation": "lwaToken", "status": None, "effect": "after", "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        shop.login()


def test_usage_plans_are_cut_scaled_and_switched_off(shop: Shop, control: httpx.Client) -> None:
    order_id, token = shop.place(), shop.token()
    path = f"/orders/v0/orders/{order_id}"
    plan = {"seller_id": shop.seller.seller_id, "operation": "getOrder", "rate": 0.1, "burst": 1}
    control.post("/limits", json=plan)
    assert [shop.get(path, token=token).status_code for _ in range(2)] == [200, 429]
    control.post("/limits", json={"scale": 3})
    assert [shop.get(path, token=token).status_code for _ in range(4)] == [200, 200, 200, 429]
    control.post("/limits", json={"off": True})
    assert shop.get(path, token=token).status_code == 200
    assert "need scale or off" in refused(control.post("/limits", json={}))
    assert "operation must be one of" in refused(
        control.post("/limits", json=plan | {"operation": "getOrdr"})
    )
    assert "burst must be" in refused(control.post("/limits", json=plan | {"burst": 0}))
    assert "There is no such seller." in refused(control.post("/limits", json=plan | {"seller_id": "A1"}))
    assert "scale must be" in refused(control.post("/limits", json={"scale": 0}))


def test_notifications_are_lost_and_doubled(shop: Shop, control: httpx.Client) -> None:
    control.post("/notifications", json={"drop": 1})
    shop.place()
    assert shop.sim.messages(shop.queue_url) == []
    control.post("/notifications", json={"drop": 0, "duplicate": 3, "shuffle": True})
    shop.place()
    assert len(shop.sim.messages(shop.queue_url)) == 3
    control.post("/notifications", json={"duplicate": 1, "delay": 60})
    shop.place()
    assert shop.sim.queue_counts()["orders"][0] == 3
    shop.clock.advance(seconds=60)
    assert shop.sim.queue_counts()["orders"] == (4, 0)
    assert "delay must be" in refused(control.post("/notifications", json={"delay": -1}))


def test_the_clock_is_moved_and_what_is_due_happens(shop: Shop, control: httpx.Client) -> None:
    happened: list[str] = []
    shop.sim.at(START + timedelta(hours=1), lambda: happened.append(shop.place()))
    assert control.post("/clock", json={"advance": 7200}).json()["now"] == "2026-11-02T10:00:00.000Z"
    assert shop.sim.order(happened[0]).created_at == START + timedelta(hours=1)
    assert (
        control.post("/clock", json={"set": "2026-11-02T07:00:00Z"}).json()["now"]
        == "2026-11-02T07:00:00.000Z"
    )
    assert control.get("/clock").json() == {"now": "2026-11-02T07:00:00.000Z", "speed": 0}
    for wish in (
        {},
        {"advance": 1, "set": "2026-11-02T07:00:00Z"},
        {"advance": 1e12},
        {"set": "0001-01-01T00:00:00Z"},
    ):
        refused(control.post("/clock", json=wish))


def test_a_running_clock_jumps_and_runs_on() -> None:
    wall = [1000.0]
    clock = ScaledClock(START, 60, 1000.0, wall=lambda: wall[0])
    clock.advance(timedelta(minutes=1), seconds=60)
    assert clock.now() == START + timedelta(minutes=2)
    wall[0] += 1
    assert clock.now() == START + timedelta(minutes=3)
    clock.set(START)
    wall[0] += 1
    assert clock.now() == START + timedelta(minutes=1)
    assert ScaledClock(clock.start, clock.speed, clock.anchor, wall=lambda: wall[0]).now() == clock.now()


def test_a_clock_of_somebody_elses_is_left_alone() -> None:
    class Still:
        def now(self) -> Any:
            return START

    with SimulatorServer(Simulator(clock=Still())) as server:
        answer = httpx.post(f"{server.url}/_simulator/clock", json={"advance": 1})
    assert answer.status_code == 409


def test_tokens_expire_and_consent_is_taken_back(shop: Shop, control: httpx.Client) -> None:
    order_id, token = shop.place(), shop.token()
    control.post("/tokens", json={"expire": True})
    assert shop.get(f"/orders/v0/orders/{order_id}", token=token).status_code == 403
    wrong = control.post("/tokens", json={"revoke": "Atzr|canary"})
    assert refused(wrong) == "There is no such refresh token."
    assert "need expire or revoke" in refused(control.post("/tokens", json={}))
    control.post("/tokens", json={"revoke": shop.refresh_token})
    assert shop.login().status_code == 400


def test_sellers_and_applications_are_added(shop: Shop, control: httpx.Client) -> None:
    app = control.post("/applications", json={"name": "another"}).json()
    wish = {"region": "EU", "marketplaces": ["A1PA6795UKMFR9"], "client_id": app["client_id"], "queue": "eu"}
    seller = control.post("/sellers", json=wish).json()
    form = {name: app[name] for name in ("client_id", "client_secret")}
    assert shop.login(refresh_token=seller["refresh_token"], **form).status_code == 200
    shop.sim.place_order(shop.sim.sellers()[-1], lines=[Line(sku="M")])
    assert len(shop.sim.messages(seller["queue_url"])) == 1
    known = control.get("/sellers").json()["sellers"]
    assert [one["region"] for one in known] == ["NA", "EU"]
    assert "is not one of region NA" in refused(control.post("/sellers", json=wish | {"region": "NA"}))
    assert "no such application" in refused(control.post("/sellers", json={"client_id": "x"}))
    assert "marketplaces must hold" in refused(control.post("/sellers", json={"marketplaces": []}))


def test_a_form_of_a_web_page_cannot_change_anything(shop: Shop, control: httpx.Client) -> None:
    order_id = shop.place()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        for path in ("/orders", "/faults", "/clock", f"/orders/{order_id}/cancel"):
            answer = control.post(path, content=b"{}", headers={"content-type": kind})
            assert answer.status_code == 415
    assert (len(shop.sim.orders()), shop.sim.order(order_id).status) == (1, "UNSHIPPED")


def test_a_name_that_somebody_else_made_up_opens_nothing(shop: Shop, control: httpx.Client) -> None:
    port = control.base_url.port
    for path in ("/state", "/"):
        assert control.get(path, headers={"host": f"rebound.example:{port}"}).status_code == 403
    for name in ("localhost", "127.0.0.1", "[::1]"):
        assert control.get("/state", headers={"host": f"{name}:{port}"}).status_code == 200
    with SimulatorServer(shop.sim, exposed=True) as server:
        answer = httpx.get(f"{server.url}/_simulator/state", headers={"host": "simulator.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "The body is not JSON."),
        (b"[]", "The body must be a JSON object."),
        (b"\xff", "The body is not JSON."),
        (b'{"advance": NaN}', "advance must be a number."),
        (b"[" * 100_000, "The body is not JSON."),
        (json.dumps({"set": "x" * 9000}).encode(), "set must be an instant"),
    ],
)
def test_a_body_that_is_none_is_refused(control: httpx.Client, content: bytes, sentence: str) -> None:
    answer = control.post(
        "/clock", content=content, headers={"content-type": "application/json; charset=utf-8"}
    )
    assert sentence in refused(answer)


def test_what_a_path_cannot_do_is_said(control: httpx.Client) -> None:
    assert control.get("/nothing").status_code == 404
    answer = control.put("/faults", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE")
    assert control.request("OPTIONS", "/orders").status_code == 405
    assert control.get("/tokens").status_code == 405
