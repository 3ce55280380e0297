"""The machine API."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import MoveRefused, StorageUnavailable
from unit.console.person import Person
from unit.console.world import RENO, RENO_KEY, SHED, START, World


@pytest.fixture
def order(world: World) -> Order:
    return world.add(7, OrderState.RELEASED)


def reference(order: Order) -> ReleaseRef:
    return release_ref(order.ref, order.revision)


def shipment(order: Order, **changes: Any) -> dict[str, Any]:
    values = {
        "report_id": "R-1",
        "reference": reference(order),
        "carrier": "UPS",
        "tracking_number": "1Z999",
        "shipped_at": "2026-11-02T07:30:00Z",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def send(stranger: Person, body: Any, *, key: str = RENO_KEY) -> httpx.Response:
    return stranger.client.post("/api/v1/shipments", json=body, headers={"Authorization": f"Bearer {key}"})


def test_a_new_parcel_is_taken_in_with_201(stranger: Person, order: Order, world: World) -> None:
    answer = send(stranger, shipment(order, lines=[{"line_id": "71", "quantity": 2}]))
    assert answer.status_code == 201
    assert answer.json() == {
        "reference": reference(order),
        "report_id": "R-1",
        "package": 1,
        "state": "reported",
        "held": None,
        "refusal": "",
        "lines": [{"line_id": "71", "quantity": 2, "transparency_codes": []}],
    }
    assert world.storage.orders.get(order.ref).state is OrderState.PARTLY_SHIPPED
    assert world.storage.audit.rows()[-1].actor == "warehouse:reno"


def test_the_same_report_again_is_answered_with_200_and_kept_once(
    stranger: Person, order: Order, world: World
) -> None:
    first = send(stranger, shipment(order))
    again = send(stranger, shipment(order))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(world.storage.packages.of_order(order.ref)) == 1


def test_a_parcel_without_lines_holds_all_that_is_left(stranger: Person, order: Order, world: World) -> None:
    send(stranger, shipment(order, lines=[{"line_id": "71", "quantity": 1}]))
    answer = send(stranger, shipment(order, report_id="R-2", tracking_number="1Z998"))
    assert [(line["line_id"], line["quantity"]) for line in answer.json()["lines"]] == [("71", 1), ("72", 1)]
    assert world.storage.orders.get(order.ref).state is OrderState.SHIPPED


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"carrier": None}, "carrier is missing."),
        ({"carrier": "  "}, "carrier: "),
        ({"tracking_number": "x" * 201}, "tracking_number: "),
        ({"shipped_at": "yesterday"}, "shipped_at: "),
        ({"shipped_at": "2026-11-02T07:30:00"}, "shipped_at: "),
        ({"shipped_at": "2026-11-03T07:30:00Z"}, "is in the future; report a parcel when it has left"),
        ({"shipped_at": "2026-10-02T07:30:00Z"}, "was bought"),
        ({"shipped_at": "0001-01-01T00:00:00+09:00"}, "check the year"),
        ({"lines": [{"line_id": "71", "quantity": 0}]}, "lines.0.quantity: "),
        (
            {"lines": [{"line_id": "72", "quantity": 1, "transparency_codes": ["SN-0000001", "SN-0000002"]}]},
            "2 Transparency codes are given for 1 units",
        ),
        (
            {"lines": [{"line_id": "71", "quantity": 2, "transparency_codes": ["SN-0000001", "SN-0000001"]}]},
            "given twice; scan each unit",
        ),
        (
            {"lines": [{"line_id": "71", "quantity": 1, "transparency_codes": ["one of a kind"]}]},
            "has none of Amazon's forms",
        ),
        ({"lines": [{"line_id": "71", "quantity": 1, "transparency_codes": "SN-0000001"}]}, "lines.0."),
        ({"tracking_number": None}, "tracking_number is missing."),
        ({"lines": [{"line_id": "71", "quantity": "2"}]}, "lines.0.quantity: "),
        ({"lines": [{"line_id": "99", "quantity": 1}]}, "has no line 99; its lines are 71, 72"),
        ({"lines": [{"line_id": "71", "quantity": 3}]}, "71"),
        ({"recipient": "somebody"}, "recipient is no field of this request; leave it out."),
        ({"report_id": ""}, "report_id: "),
    ],
)
def test_a_report_that_cannot_be_used_is_answered_with_400_and_a_sentence(
    stranger: Person, order: Order, world: World, changes: dict[str, Any], says: str
) -> None:
    answer = send(stranger, shipment(order, **changes))
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert says in answer.json()["error"]
    assert answer.json()["error"].endswith(".")
    assert "somebody" not in answer.text
    assert not world.storage.packages.of_order(order.ref)


def test_a_parcel_without_a_number_is_taken_in_where_that_is_said(
    stranger: Person, order: Order, world: World
) -> None:
    answer = send(stranger, shipment(order, tracking_number=" ", carrier="Deutsche Post"))
    assert (answer.status_code, answer.json()["state"]) == (201, "reported")
    (package,) = world.storage.packages.of_order(order.ref)
    assert package.tracking_number == ""


def test_transparency_codes_are_kept_and_shown(stranger: Person, order: Order, world: World) -> None:
    codes = ["AZ:L1Z2H38F4C5Q6R7E5K6Z1C2K3E", "0100376204200301214P1OZMT7D8B81EMF4WW4"]
    line = {"line_id": "71", "quantity": 2, "transparency_codes": codes}
    answer = send(stranger, shipment(order, lines=[line]))
    assert answer.json()["lines"] == [line]
    (package,) = world.storage.packages.of_order(order.ref)
    assert list(package.contents[0].transparency_codes) == codes


def test_a_warehouse_sees_why_amazon_is_not_told_of_its_parcel(
    stranger: Person, order: Order, world: World
) -> None:
    send(stranger, shipment(order))
    (package,) = world.storage.packages.of_order(order.ref)
    held = world.storage.packages.change(
        package, state=PackageState.HELD, hold=Hold(code="number_wrong", sentence="Correct the number.")
    )
    listed = stranger.client.get("/api/v1/shipments", headers={"Authorization": f"Bearer {RENO_KEY}"})
    (seen,) = listed.json()["shipments"]
    assert seen["state"] == "held"
    assert seen["held"] == {"code": "number_wrong", "sentence": "Correct the number."}
    world.storage.packages.change(held, state=PackageState.REFUSED, hold=None, refusal="No such item.")
    (seen,) = stranger.client.get(
        "/api/v1/shipments", headers={"Authorization": f"Bearer {RENO_KEY}"}
    ).json()["shipments"]
    assert (seen["state"], seen["held"], seen["refusal"]) == ("refused", None, "No such item.")


@pytest.mark.parametrize("name", ["report_id", "reference", "carrier", "tracking_number"])
@pytest.mark.parametrize("text", ["R\x00", "R\n1", "R\ud800"])
def test_what_cannot_be_printed_is_refused_before_it_is_looked_up(
    stranger: Person, order: Order, name: str, text: str
) -> None:
    answer = stranger.client.post(
        "/api/v1/shipments",
        content=json.dumps(shipment(order, **{name: text})),
        headers={"Authorization": f"Bearer {RENO_KEY}"},
    )
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{name}: ")
    assert "line break" in answer.json()["error"] or "unicode" in answer.json()["error"]


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'"text"', b"\xff\xfe", b"{" * 5000])
def test_a_body_that_is_no_json_object_is_answered_with_400(stranger: Person, content: bytes) -> None:
    answer = stranger.client.post(
        "/api/v1/shipments", content=content, headers={"Authorization": f"Bearer {RENO_KEY}"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {RENO_KEY}", f"Bearer {RENO_KEY}x"]
)
def test_without_a_known_key_the_answer_is_401(stranger: Person, order: Order, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = stranger.client.post("/api/v1/shipments", json=shipment(order), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer" in answer.json()["error"]


def test_a_session_of_a_person_is_no_key(person: Person, order: Order) -> None:
    assert person.client.post("/api/v1/shipments", json=shipment(order)).status_code == 401


def test_a_refused_key_is_recorded_without_the_key_and_not_without_end(
    stranger: Person, order: Order, world: World
) -> None:
    for _ in range(25):
        send(stranger, shipment(order), key="a-wrong-key")
    rows = world.storage.audit.search(tag="api:key:refused")
    assert len(rows) == 10
    assert "a-wrong-key" not in str(rows)


def test_ten_wrong_keys_in_a_row_lock_their_address_for_a_while(
    stranger: Person, order: Order, world: World, people: ManualClock
) -> None:
    for _ in range(9):
        assert send(stranger, shipment(order), key="a-wrong-key").status_code == 401
    assert send(stranger, shipment(order)).status_code == 201  # a right one begins the count anew
    for _ in range(10):
        assert send(stranger, shipment(order), key="a-wrong-key").status_code == 401
    locked = send(stranger, shipment(order))
    assert locked.status_code == 429
    assert "After 10 failures in a row api/127.0.0.1 is locked out" in locked.json()["error"]
    elsewhere = Person(world, people, remote="192.0.2.7")
    assert send(elsewhere, shipment(order)).status_code == 200
    (row,) = world.storage.audit.search(tag="access:lockout:begun")
    assert dict(row.fields)["source"] == "api/127.0.0.1"
    people.advance(timedelta(minutes=30))
    assert send(stranger, shipment(order)).status_code == 200


@pytest.mark.parametrize(
    ("remote", "source"),
    [
        ("192.0.2.7", "api/192.0.2.7"),
        ("2001:db8::1:2:3", "api/2001:db8::/64"),
        ("fe80::1%eth0", "api/fe80::/64"),
        ("", "api/unknown"),
    ],
)
def test_failures_are_counted_by_where_they_come_from(
    order: Order, world: World, people: ManualClock, remote: str, source: str
) -> None:
    send(Person(world, people, remote=remote), shipment(order), key="a-wrong-key")
    assert [each.source for each in world.storage.lockouts.all()] == [source]


def test_an_unknown_reference_is_answered_with_404(stranger: Person, order: Order) -> None:
    answer = send(stranger, shipment(order, reference="never-released"))
    assert answer.status_code == 404
    assert "Nothing was released to warehouse reno under this reference" in answer.json()["error"]


def test_the_reference_of_another_warehouse_is_unknown_to_this_one(stranger: Person, world: World) -> None:
    other = world.add(8, OrderState.RELEASED, warehouse=SHED)
    unknown = send(stranger, shipment(other, reference="never-released"))
    assert send(stranger, shipment(other)).json() == unknown.json()


def test_a_report_id_that_named_another_parcel_is_answered_with_409(stranger: Person, order: Order) -> None:
    send(stranger, shipment(order, lines=[{"line_id": "71", "quantity": 1}]))
    answer = send(
        stranger, shipment(order, tracking_number="1Z998", lines=[{"line_id": "72", "quantity": 1}])
    )
    assert answer.status_code == 409
    assert "give every parcel a report id of its own" in answer.json()["error"]


class Failing:
    """An inbox that meets one fault."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def take(self, warehouse: WarehouseId, message: WarehouseMessage, **_: object) -> Package:
        raise self._fault


def test_two_reports_at_the_same_moment_are_answered_with_409(
    stranger: Person, order: Order, world: World
) -> None:
    world.inbox = Failing(MoveRefused("changed meanwhile"))  # type: ignore[assignment]  # a stand-in that fails
    answer = send(stranger, shipment(order))
    assert answer.status_code == 409
    assert "send this again" in answer.json()["error"]


def test_a_locked_database_is_answered_with_503_and_when_to_come_back(
    stranger: Person, order: Order, world: World
) -> None:
    world.inbox = Failing(StorageUnavailable("the database is locked"))  # type: ignore[assignment]  # a stand-in that fails
    answer = send(stranger, shipment(order))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == {"error": "the database is locked."}


def test_other_methods_are_refused(stranger: Person) -> None:
    answer = stranger.client.delete("/api/v1/shipments", headers={"Authorization": f"Bearer {RENO_KEY}"})
    assert answer.status_code == 405


def test_the_description_names_every_status_that_is_given(stranger: Person) -> None:
    operation = stranger.get("/api/v1/openapi.json").json()["paths"]["/api/v1/shipments"]["post"]
    assert operation["operationId"] == "reportShipment"
    assert set(operation["responses"]) == {
        *("200", "201", "202"),
        *("400", "401", "403", "404", "409", "422", "429", "503"),
    }


def test_a_report_tracking_takes_is_the_one_that_was_sent(
    stranger: Person, order: Order, world: World
) -> None:
    send(stranger, shipment(order, service=" Ground ", shipped_at="2026-11-02T08:30:00+01:00"))
    package = world.storage.packages.find_report(RENO, "R-1")
    assert package is not None
    assert (package.carrier, package.service, package.tracking_number) == ("UPS", "Ground", "1Z999")
    assert (START - package.shipped_at).total_seconds() == 1800
