"""Callbacks of warehouses, signed with the reference library of Standard Webhooks."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import standardwebhooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.console.desk import PERSON
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import MoveRefused
from dockseal.fulfillment_processing.amending import Amending, Amendment
from unit.console.person import Person
from unit.console.test_rest_api import Heard
from unit.console.world import RENO, RENO_SECRET, RENO_SECRET_BEFORE, SHED, World

S = OrderState


@pytest.fixture
def order(world: World) -> Order:
    return world.seal(world.add(7, S.RELEASED))


def ref(order: Order) -> ReleaseRef:
    return release_ref(order.ref, order.revision)


class Sender:
    """A warehouse that signs its callbacks."""

    def __init__(self, person: Person, people: ManualClock) -> None:
        self._client, self._people = person.client, people

    def __call__(
        self,
        body: Any,
        *,
        webhook_id: str = "m-1",
        secret: Secret = RENO_SECRET,
        to: str = "reno",
        at: datetime | None = None,
        **headers: str,
    ) -> httpx.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        now = at or self._people.now()
        signed = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": standardwebhooks.Webhook(secret.reveal()).sign(webhook_id, now, text),
            "content-type": "application/json",
        }
        return self._client.post(
            f"/api/v1/warehouses/{to}/callbacks",
            content=text,
            headers=signed | {name.replace("_", "-"): value for name, value in headers.items()},
        )


@pytest.fixture
def send(stranger: Person, people: ManualClock) -> Sender:
    return Sender(stranger, people)


def parcel(order: Order, **changes: Any) -> dict[str, Any]:
    return {
        "type": "shipment.reported",
        "report_id": "R-1",
        "reference": ref(order),
        "carrier": "UPS",
        "tracking_number": "1Z999",
        "shipped_at": "2026-11-02T07:30:00Z",
    } | changes


def counted(world: World, result: str) -> float:
    labels = {"warehouse": "reno", "result": result}
    return world.metrics.registry.get_sample_value("dockseal_callbacks_total", labels) or 0.0


@pytest.mark.parametrize("secret", [RENO_SECRET, RENO_SECRET_BEFORE])
def test_a_parcel_is_taken_in_under_either_live_secret(
    send: Sender, order: Order, world: World, secret: Secret
) -> None:
    answer = send(parcel(order), secret=secret)
    assert (answer.status_code, answer.json()) == (200, {"result": "taken"})
    (package,) = world.storage.packages.of_order(order.ref)
    assert (package.report_id, package.tracking_number) == ("R-1", "1Z999")
    assert world.storage.orders.get(order.ref).state is S.SHIPPED
    assert counted(world, "taken") == 1


def test_the_same_webhook_id_again_changes_nothing(send: Sender, order: Order, world: World) -> None:
    send(parcel(order, lines=[{"line_id": "71", "quantity": 1}]))
    again = send(parcel(order, report_id="R-2", lines=[{"line_id": "72", "quantity": 1}]))
    assert (again.status_code, again.json()) == (200, {"result": "repeated"})
    assert len(world.storage.packages.of_order(order.ref)) == 1
    send(parcel(order, report_id="R-2", lines=[{"line_id": "72", "quantity": 1}]), webhook_id="m-2")
    assert len(world.storage.packages.of_order(order.ref)) == 2


def test_a_callback_that_could_not_be_used_may_come_again(send: Sender, order: Order, world: World) -> None:
    body = parcel(order, shipped_at="2026-11-02T09:00:00Z")
    answer = send(body)
    assert answer.status_code == 400
    assert "in the future" in answer.json()["error"]
    world.clock.advance(timedelta(hours=2))
    assert send(body).json() == {"result": "taken"}
    assert counted(world, "refused") == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"type": "order.taken", "id": "DW-17"},
            Taken(release=ReleaseRef(""), reference_at_warehouse="DW-17"),
        ),
        (
            {"type": "order.refused", "reason": "no MUG left"},
            LateRefusal(release=ReleaseRef(""), words="no MUG left"),
        ),
        ({"type": "order.stopped"}, StopReply(release=ReleaseRef(""), stopped=True)),
        (
            {"type": "order.not_stopped", "timestamp": "2026-11-02T08:00:00Z", "reason": "left at noon"},
            StopReply(release=ReleaseRef(""), stopped=False, words="left at noon"),
        ),
    ],
)
def test_what_becomes_of_an_order_is_taken_in(
    send: Sender, order: Order, world: World, body: dict[str, str], message: WarehouseMessage
) -> None:
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    assert send(body | {"reference": ref(order)}).json() == {"result": "taken"}
    assert [repr(each) for each in heard.messages] == [
        repr(message).replace("release=''", f"release='{ref(order)}'")
    ]


def test_a_correction_names_what_it_corrects(send: Sender, order: Order, world: World) -> None:
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    assert send(parcel(order, type="shipment.corrected", report_id="R-2")).status_code == 400
    send(parcel(order, type="shipment.corrected", report_id="R-2", corrects="R-1"))
    (message,) = heard.messages
    assert isinstance(message, ShipmentReport)
    assert (message.report_id, message.corrects) == ("R-2", "R-1")


def test_a_reason_that_repeats_the_buyers_data_is_left_out(send: Sender, order: Order, world: World) -> None:
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    send({"type": "order.refused", "reference": ref(order), "reason": "no road to 1 Sample Street"})
    assert "Sample Street" not in repr(heard.messages)
    assert "repeats the buyer's data" in repr(heard.messages)


@pytest.mark.parametrize("kind", ["order.frozen", "", None, 7, "Testperson Alpha"])
def test_a_type_that_nobody_knows_is_answered_and_counted(send: Sender, world: World, kind: object) -> None:
    answer = send({"type": kind, "name": "Testperson Alpha"})
    assert (answer.status_code, answer.json()) == (200, {"result": "unknown"})
    assert counted(world, "unknown") == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "7",
        "[" * 5000,
        {"type": "order.taken"},
        {"type": "order.taken", "reference": 7},
        {"type": "order.taken", "reference": "x", "id": "two words"},
        {"type": "order.taken", "reference": "x", "Testperson Alpha": "x"},
        {"type": "shipment.reported"},
    ],
)
def test_a_callback_that_cannot_be_read_is_refused_in_a_sentence(send: Sender, body: Any) -> None:
    answer = send(body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert "Testperson" not in answer.text


def test_a_warehouse_speaks_of_its_own_orders_alone(send: Sender, world: World) -> None:
    other = world.add(8, S.RELEASED, warehouse=SHED)
    assert send({"type": "order.taken", "reference": ref(other)}).status_code == 400
    assert send(parcel(other), webhook_id="m-2").status_code == 400
    assert not world.storage.packages.of_order(other.ref)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"secret": Secret("whsec_" + "A" * 32)}, "fits no live secret"),
        ({"webhook_timestamp": "1793600000"}, "5 minutes"),
        ({"webhook_signature": ""}, "fits no live secret"),
        ({"to": "nowhere"}, "no callbacks for this warehouse"),
        ({"to": "shed"}, "no callbacks for this warehouse"),
    ],
)
def test_what_is_not_signed_by_its_warehouse_is_turned_away_and_recorded(
    send: Sender, order: Order, world: World, changes: Mapping[str, Any], says: str
) -> None:
    answer = send(parcel(order), **changes)
    assert answer.status_code == 401
    assert says in answer.json()["error"]
    row = world.storage.audit.rows()[-1]
    assert (row.tag, dict(row.fields)) == ("api:key:refused", {"reason": "signature"})
    assert not world.storage.packages.of_order(order.ref)


def test_an_old_callback_that_somebody_kept_is_turned_away(
    send: Sender, order: Order, people: ManualClock
) -> None:
    then = people.now()
    people.advance(timedelta(minutes=5, seconds=1))
    answer = send(parcel(order), at=then)
    assert answer.status_code == 401
    assert "over 5 minutes off" in answer.json()["error"]


def test_a_secret_whose_time_is_over_signs_no_more(send: Sender, order: Order, world: World) -> None:
    world.credentials.secrets[RENO] = LiveSecrets(newest=RENO_SECRET)
    assert send(parcel(order), secret=RENO_SECRET_BEFORE).status_code == 401


def test_two_messages_of_one_order_at_once_are_sent_again(send: Sender, order: Order, world: World) -> None:
    inbox, world.inbox = world.inbox, Heard(MoveRefused("changed meanwhile"))  # type: ignore[assignment]  # a stand-in
    assert send(parcel(order)).status_code == 409
    world.inbox = inbox
    assert send(parcel(order)).json() == {"result": "taken"}


_ids = count()
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
_FIELDS = ("report_id", "reference", "carrier", "service", "tracking_number", "shipped_at", "lines", "id")
_TYPES = ("shipment.reported", "shipment.corrected", "order.taken", "order.refused", "order.stopped")


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(_TYPES),
    said=st.dictionaries(st.sampled_from((*_FIELDS, "reason", "corrects")), _json, max_size=6),
    known=st.booleans(),
)
def test_whatever_a_warehouse_signs_is_answered(
    send: Sender, order: Order, kind: str, said: dict[str, Any], known: bool
) -> None:
    body = said | {"type": kind} | ({"reference": ref(order)} if known else {})
    answer = send(body, webhook_id=f"m-{next(_ids)}")
    assert answer.status_code in {200, 400}
    assert set(answer.json()) <= {"result", "error"}


# ShipBob.


@pytest.fixture
def at_shipbob(world: World) -> WarehouseId:
    world.storage.warehouses.change(world.storage.warehouses.get(RENO), options=(("callbacks", "shipbob"),))
    return RENO


def shipbob(order: Order, number: str = "1Z999", **changes: Any) -> dict[str, Any]:
    return {
        "event_time": "2026-11-02T07:30:00+00:00",
        "order_id": 4711,
        "reference_id": ref(order),
        "status": "Completed",
        "tracking": {
            "carrier": "UPS",
            "carrier_service": "Ground",
            "tracking_id": number,
            "tracking_url": "https://track.example.com/1Z999",
        },
    } | changes


def test_shipbob_reports_a_parcel_once_whatever_it_is_called(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId
) -> None:
    first = send(shipbob(order), x_webhook_topic="order.shipped")
    again = send(shipbob(order), webhook_id="m-2", x_webhook_topic="order.shipment.tracking.updated")
    assert (first.json(), again.json()) == ({"result": "taken"}, {"result": "ignored"})
    (package,) = world.storage.packages.of_order(order.ref)
    assert (package.carrier, package.service, package.tracking_number) == ("UPS", "Ground", "1Z999")
    assert package.report_id == "shipbob/4711/1Z999"


def test_shipbob_corrects_a_tracking_number(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId
) -> None:
    send(shipbob(order), x_webhook_topic="order.shipped")
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    send(shipbob(order, "1Z998"), webhook_id="m-2", x_webhook_topic="order.shipment.tracking.updated")
    (message,) = heard.messages
    assert isinstance(message, ShipmentReport)
    assert (message.corrects, message.tracking_number) == ("shipbob/4711/1Z999", "1Z998")


def test_shipbob_corrects_a_parcel_that_a_person_corrected_too(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId
) -> None:
    send(shipbob(order), x_webhook_topic="order.shipped")
    for number in ("1Z998", "1Z997"):
        said = Amendment(service=f"Saver {number}")
        Amending(tracking=world.inbox.tracking).correct(order.ref, 1, said, PERSON)
        told = shipbob(order, number)
        assert send(told, webhook_id=number, x_webhook_topic="order.shipment.tracking.updated").is_success
        assert [each.tracking_number for each in world.storage.packages.of_order(order.ref)] == [number]


def test_shipbob_says_that_it_ships_nothing(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId
) -> None:
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    send(shipbob(order), x_webhook_topic="order.cancelled")
    world.storage.orders.move(order, S.CANCELLED)
    send(shipbob(order), webhook_id="m-2", x_webhook_topic="order.cancelled")
    assert heard.messages == [
        LateRefusal(release=ref(order), words="ShipBob cancelled it"),
        StopReply(release=ref(order), stopped=True),
    ]


@pytest.mark.parametrize("topic", ["order.shipment.exception", "order.shipment.on_hold"])
def test_a_problem_at_shipbob_reaches_a_person_once(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId, topic: str
) -> None:
    for n in range(2):
        send(shipbob(order, status="Testperson Alpha"), webhook_id=f"m-{n}", x_webhook_topic=topic)
    after = world.storage.orders.get(order.ref)
    assert after.state is S.RELEASED
    assert after.attention.startswith("Warehouse reno ")
    assert after.attention.endswith(f"order {order.id}: look at it there.")
    assert after.attention.count("Warehouse") == 1
    assert "Testperson" not in after.attention


@pytest.mark.parametrize(
    ("topic", "changes", "result"),
    [
        ("order.shipment.delivered", {}, "ignored"),
        ("order.delivered", {}, "ignored"),
        ("order.shipped", {"tracking": None}, "ignored"),
        ("order.shipped", {"tracking": {"carrier": "UPS"}}, "ignored"),
        ("order.returned", {}, "unknown"),
        ("", {}, "unknown"),
    ],
)
@pytest.mark.usefixtures("at_shipbob")
def test_what_shipbob_says_beside_is_answered_and_counted(  # noqa: PLR0917 - fixtures, and a table
    send: Sender, order: Order, world: World, topic: str, changes: dict[str, Any], result: str
) -> None:
    answer = send(shipbob(order, **changes), x_webhook_topic=topic)
    assert (answer.status_code, answer.json()) == (200, {"result": result})
    assert counted(world, result) == 1
    assert world.storage.orders.get(order.ref) == order


@pytest.mark.parametrize(
    "changes",
    [
        {"reference_id": None},
        {"reference_id": "never-released"},
        {"order_id": None},
        {"event_time": "noon"},
        {"event_time": "0001-01-01T00:00:00+09:00"},
        {"tracking": {"carrier": "", "tracking_id": "1Z999"}},
        {"tracking": {"carrier": "UPS", "tracking_id": "x" * 201}},
    ],
)
def test_what_shipbob_cannot_mean_is_refused(
    send: Sender, order: Order, world: World, at_shipbob: WarehouseId, changes: dict[str, Any]
) -> None:
    answer = send(shipbob(order, **changes), x_webhook_topic="order.shipped")
    assert answer.status_code == 400
    assert not world.storage.packages.of_order(order.ref)
