"""Requests under an Idempotency-Key count once."""

import hashlib
from datetime import timedelta

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.order import OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.request_once import Door
from dockseal.domain.warehouse_message import Taken
from unit.console.person import Person
from unit.console.test_rest_api import KEY, SPARKS, Heard, Wms, parcel, put, ref
from unit.console.world import RENO_KEY, World

S = OrderState


@pytest.fixture
def wms(stranger: Person, world: World) -> Wms:
    world.storage.warehouses.add(
        Warehouse(id=SPARKS, adapter="rest", api_key_hash=hashlib.sha256(KEY.encode()).hexdigest())
    )
    return Wms(stranger)


def test_the_same_request_under_its_key_gets_the_same_answer_again(wms: Wms, world: World) -> None:
    order = put(world, 7)
    first = wms.post("/shipments", parcel(order), **{"Idempotency-Key": "one"})
    world.inbox = Heard(AssertionError("it was worked on twice"))  # type: ignore[assignment]  # a stand-in
    again = wms.post("/shipments", parcel(order), **{"Idempotency-Key": '"one"'})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_a_key_that_was_used_for_something_else_is_refused(wms: Wms, world: World) -> None:
    order = put(world, 7)
    wms.post("/shipments", parcel(order), **{"Idempotency-Key": "one"})
    for path, body in (
        ("/shipments", parcel(order, report_id="R-2")),
        (f"/orders/{ref(order)}/taken", {}),
    ):
        answer = wms.post(path, body, **{"Idempotency-Key": "one"})
        assert answer.status_code == 422
        assert "was used for another request" in answer.json()["error"]
    assert len(world.storage.packages.of_order(order.ref)) == 1


def test_each_warehouse_has_keys_of_its_own(wms: Wms, stranger: Person, world: World) -> None:
    mine, theirs = put(world, 7), world.add(8, S.RELEASED)
    wms.post("/shipments", parcel(mine), **{"Idempotency-Key": "one"})
    answer = Wms(stranger, RENO_KEY).post("/shipments", parcel(theirs), **{"Idempotency-Key": "one"})
    assert answer.status_code == 201


def test_a_request_that_is_being_worked_on_is_begun_again_once_it_was_cut_off(
    wms: Wms, world: World, people: ManualClock
) -> None:
    order = put(world, 7)

    class Cut(Heard):
        def take(self, *_: object, **__: object) -> None:
            raise SystemExit

    world.inbox = Cut()  # type: ignore[assignment]  # a stand-in whose process ends
    with pytest.raises(SystemExit):
        wms.post(f"/orders/{ref(order)}/taken", **{"Idempotency-Key": "one"})
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    meanwhile = wms.post(f"/orders/{ref(order)}/taken", **{"Idempotency-Key": "one"})
    assert meanwhile.status_code == 409
    assert "is being worked on" in meanwhile.json()["error"]
    people.advance(timedelta(minutes=1))
    assert wms.post(f"/orders/{ref(order)}/taken", **{"Idempotency-Key": "one"}).status_code == 200
    assert wms.post(f"/orders/{ref(order)}/taken", **{"Idempotency-Key": "one"}).status_code == 200
    assert heard.messages == [Taken(release=ref(order))]


def test_what_was_refused_is_looked_at_again(wms: Wms, world: World) -> None:
    order = put(world, 7)
    body = parcel(order, shipped_at="2026-11-02T09:00:00Z")
    assert wms.post("/shipments", body, **{"Idempotency-Key": "one"}).status_code == 400
    world.clock.advance(timedelta(hours=2))
    assert wms.post("/shipments", body, **{"Idempotency-Key": "one"}).status_code == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "tab\tkey"])
def test_what_is_no_key_is_refused(wms: Wms, world: World, key: str) -> None:
    answer = wms.post("/shipments", parcel(put(world, 7)), **{"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]


def test_nothing_personal_is_kept_with_an_answer(wms: Wms, world: World) -> None:
    order = put(world, 7)
    wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]}, **{"Idempotency-Key": "one"})
    key_hash = hashlib.sha256(b"one").hexdigest()
    assert world.storage.requests_once.find(SPARKS, Door.API, key_hash) is None


def test_answers_are_kept_for_a_day_and_then_forgotten(wms: Wms, world: World) -> None:
    wms.post("/shipments", parcel(put(world, 7)), **{"Idempotency-Key": "one"})
    assert world.storage.requests_once.purge(world.clock.now() - timedelta(hours=24)) == 0
    assert world.storage.requests_once.purge(world.clock.now() + timedelta(seconds=1)) == 1
