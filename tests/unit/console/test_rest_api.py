"""The machine API of a warehouse that comes and gets its orders."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content, ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput, KeyDestroyed, OpensExhausted, PastDeadline, SealBroken
from unit.console.person import Person
from unit.console.world import CANARY, RENO, RENO_KEY, World

SPARKS = WarehouseId("sparks")
KEY = "sparks-key-only-for-tests"
S = OrderState


class Wms:
    """The system of a warehouse, with one key."""

    def __init__(self, person: Person, key: str = KEY) -> None:
        self._client, self.key = person.client, key

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self._client.get(f"/api/v1{path}", params=params, headers=self._headers())

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self._client.post(
            f"/api/v1{path}", json={} if body is None else body, headers=self._headers() | headers
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


class Heard:
    """An inbox that takes everything, or meets one fault."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.messages: list[WarehouseMessage] = []
        self._fault = fault

    def take(self, warehouse: WarehouseId, message: WarehouseMessage, **_: object) -> None:
        if self._fault is not None:
            raise self._fault
        self.messages.append(message)


@pytest.fixture
def wms(stranger: Person, world: World) -> Wms:
    world.storage.warehouses.add(
        Warehouse(id=SPARKS, adapter="rest", api_key_hash=hashlib.sha256(KEY.encode()).hexdigest())
    )
    return Wms(stranger)


def put(world: World, n: int, *, kind: ShelfKind = ShelfKind.RELEASED, at: WarehouseId = SPARKS) -> Order:
    """Adds the n-th order with its address sealed, and puts it on a shelf."""
    order = world.seal(world.add(n, S.RELEASED, warehouse=at))
    world.storage.shelf.put(at, ref(order), kind, world.clock.now())
    return order


def ref(order: Order) -> ReleaseRef:
    return release_ref(order.ref, order.revision)


def parcel(order: Order, **changes: Any) -> dict[str, Any]:
    return {
        "report_id": "R-1",
        "reference": ref(order),
        "carrier": "UPS",
        "tracking_number": "1Z999",
        "shipped_at": "2026-11-02T07:30:00Z",
    } | changes


def test_a_released_order_is_listed_without_personal_data(wms: Wms, world: World) -> None:
    order = put(world, 7)
    answer = wms.get("/orders")
    assert answer.status_code == 200
    (found,) = answer.json()["orders"]
    assert found == {
        "kind": "released",
        "reference": ref(order),
        "told_at": "2026-11-02T08:00:00Z",
        "amazon_order_id": order.id,
        "marketplace_id": "ATVPDKIKX0DER",
        "ship_by": "2026-11-03T08:00:00Z",
        "deliver_by": "2026-11-06T08:00:00Z",
        "programs": [],
        "has_gift_message": False,
        "lines": [
            {
                "line_id": "71",
                "sku": "CUP-BLUE",
                "title": "Blue cup, stoneware",
                "quantity": 2,
                "transparency": False,
            },
            {
                "line_id": "72",
                "sku": "TRAY-OAK-40",
                "title": "Oak tray 40 cm",
                "quantity": 1,
                "transparency": False,
            },
        ],
    }
    assert wms.get(f"/orders/{ref(order)}").json() == found
    assert not [text for text in CANARY.values() if text in answer.text]


def test_a_cursor_leads_past_every_order_once_however_few_are_asked_for(wms: Wms, world: World) -> None:
    orders = [put(world, n) for n in range(7, 12)]
    seen, after = [], ""
    for _ in range(5):
        page = wms.get("/orders", after=after, limit=2).json()
        seen += [each["reference"] for each in page["orders"]]
        after = page["next"]
    assert seen == [ref(order) for order in orders]
    assert wms.get("/orders", after=after).json() == {"orders": [], "next": after}
    late = put(world, 12)
    assert [each["reference"] for each in wms.get("/orders", after=after).json()["orders"]] == [ref(late)]


def test_an_empty_shelf_has_a_cursor_too(wms: Wms, world: World) -> None:
    after = wms.get("/orders").json()["next"]
    order = put(world, 7)
    assert wms.get("/orders", after=after).json()["orders"][0]["reference"] == ref(order)


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 20, "²", "9" * 21])
def test_what_is_no_cursor_is_refused(wms: Wms, after: str) -> None:
    answer = wms.get("/orders", after=after)
    assert answer.status_code == 400
    assert "after" in answer.json()["error"]


def test_no_warehouse_sees_what_is_on_the_shelf_of_another(wms: Wms, world: World) -> None:
    other = put(world, 7, at=RENO)
    assert wms.get("/orders").json()["orders"] == []
    unknown = wms.get("/orders/never-released").json()
    assert wms.get(f"/orders/{ref(other)}").json() == unknown
    answer = wms.post(f"/orders/{ref(other)}/address", {"fields": ["name"]})
    assert (answer.status_code, answer.json()) == (404, unknown)
    told = wms.post(f"/orders/{ref(other)}/taken")
    assert (told.status_code, told.json()) == (404, unknown)


def test_a_warehouse_that_shipped_all_of_an_order_is_told_that_it_is_closed(wms: Wms, world: World) -> None:
    order = put(world, 7)
    after = wms.get("/orders").json()["next"]
    wms.post("/shipments", parcel(order, lines=[{"line_id": "71", "quantity": 2}]))
    assert wms.get("/orders", after=after).json()["orders"] == []
    wms.post("/shipments", parcel(order, report_id="R-2", tracking_number="1Z998"))
    (told,) = wms.get("/orders", after=after).json()["orders"]
    assert (told["kind"], told["reference"]) == ("closed", ref(order))
    assert wms.get(f"/orders/{ref(order)}").json()["kind"] == "closed"


def test_only_the_fields_that_are_asked_for_are_opened_and_that_is_recorded(wms: Wms, world: World) -> None:
    order = put(world, 7)
    answer = wms.post(f"/orders/{ref(order)}/address", {"fields": ["postal_code", "name"]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "reference": ref(order),
        "fields": {"name": "Testperson Alpha", "postal_code": "QZ0 0ZZ"},
    }
    row = world.storage.audit.rows()[-1]
    assert (row.tag, row.actor, row.order) == ("order:data:opened", "warehouse:sparks", order.ref)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fields": []},
        {"fields": ["name", "shoe_size"]},
        {"fields": ["buyer_email"]},
        {"fields": "name"},
        {"fields": ["name"], "more": 1},
        {"fields": ["name"] * 99},
    ],
)
def test_what_no_warehouse_needs_is_not_opened(wms: Wms, world: World, body: Any) -> None:
    order = put(world, 7)
    rows = len(world.storage.audit.rows())
    answer = wms.post(f"/orders/{ref(order)}/address", body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert len(world.storage.audit.rows()) == rows


@pytest.mark.parametrize("kind", [ShelfKind.STOP, ShelfKind.CLOSED])
def test_an_order_that_is_stopped_or_closed_is_opened_no_more(
    wms: Wms, world: World, kind: ShelfKind
) -> None:
    order = put(world, 7)
    world.storage.shelf.put(SPARKS, ref(order), kind, world.clock.now())
    answer = wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]})
    assert answer.status_code == 409
    assert "nothing left to ship" in answer.json()["error"]


def test_a_warehouse_that_chose_to_get_no_personal_data_gets_none(wms: Wms, world: World) -> None:
    world.storage.warehouses.change(
        world.storage.warehouses.get(SPARKS), options=(("personal_data", "none"),)
    )
    order = put(world, 7)
    answer = wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]})
    assert answer.status_code == 409
    assert "chose to get no personal data" in answer.json()["error"]


class Refusing:
    """A shelf that opens nothing."""

    def __init__(self, world: World, fault: Exception) -> None:
        self._shelf, self._fault = world.shelf, fault

    def find(self, *args: Any) -> Any:
        return self._shelf.find(*args)

    def open(self, *_: Any) -> None:
        raise self._fault


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (PastDeadline("kept until 2026-12-01"), 410),
        (KeyDestroyed("shredded"), 410),
        (SealBroken("altered"), 409),
    ],
)
def test_what_the_vault_does_not_open_is_said_in_a_sentence(
    wms: Wms, world: World, fault: Exception, status: int
) -> None:
    order = put(world, 7)
    world.shelf = Refusing(world, fault)  # type: ignore[assignment]  # a stand-in that fails
    answer = wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]})
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert answer.json()["error"].endswith(".")


def test_where_nothing_is_sealed_there_is_nothing_to_open(wms: Wms, world: World) -> None:
    order = world.add(7, S.RELEASED, warehouse=SPARKS)
    world.storage.shelf.put(SPARKS, ref(order), ShelfKind.RELEASED, world.clock.now())
    assert wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]}).status_code == 404


def test_past_its_hours_budget_a_warehouse_is_told_when_to_come_back(wms: Wms, world: World) -> None:
    order = put(world, 7)
    spent = OpensExhausted("warehouse:sparks", 10_000, world.clock.now() + timedelta(minutes=7))
    world.shelf = Refusing(world, spent)  # type: ignore[assignment]  # a stand-in that fails
    answer = wms.post(f"/orders/{ref(order)}/address", {"fields": ["name"]})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "421")
    assert "as often as a warehouse may" in answer.json()["error"]
    assert "DOCKSEAL_WAREHOUSE_OPENS_AN_HOUR" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("taken", {"id": "DW-17"}, Taken(release=ReleaseRef(""), reference_at_warehouse="DW-17")),
        ("taken", {}, Taken(release=ReleaseRef(""))),
        ("refused", {"reason": "no MUG left"}, LateRefusal(release=ReleaseRef(""), words="no MUG left")),
        ("stopped", {}, StopReply(release=ReleaseRef(""), stopped=True)),
        (
            "not-stopped",
            {"reason": "left at noon"},
            StopReply(release=ReleaseRef(""), stopped=False, words="left at noon"),
        ),
    ],
)
def test_what_becomes_of_an_order_is_taken_in(
    wms: Wms, world: World, path: str, body: Any, message: WarehouseMessage
) -> None:
    order = put(world, 7)
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    answer = wms.post(f"/orders/{ref(order)}/{path}", body)
    assert (answer.status_code, answer.json()) == (200, {"reference": ref(order)})
    assert heard.messages == [replace(message, release=ref(order))]


def test_an_order_that_was_stopped_is_closed(wms: Wms, world: World) -> None:
    order = put(world, 7)
    world.inbox = Heard()  # type: ignore[assignment]  # a stand-in that listens
    wms.post(f"/orders/{ref(order)}/not-stopped")
    assert wms.get(f"/orders/{ref(order)}").json()["kind"] == "released"
    wms.post(f"/orders/{ref(order)}/stopped")
    assert wms.get(f"/orders/{ref(order)}").json()["kind"] == "closed"


def test_a_reason_that_repeats_the_buyers_data_is_left_out(wms: Wms, world: World) -> None:
    order = put(world, 7)
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    wms.post(f"/orders/{ref(order)}/refused", {"reason": "no route to 1 Sample Street"})
    (message,) = heard.messages
    assert isinstance(message, LateRefusal)
    assert message.words == "its reason was left out: it repeats the buyer's data"


def test_a_reason_that_cannot_be_compared_is_left_out(wms: Wms, world: World) -> None:
    order = world.add(7, S.RELEASED, warehouse=SPARKS)
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    wms.post(f"/orders/{ref(order)}/refused", {"reason": "no route to 1 Sample Street"})
    assert "no buyer's data left to compare it with" in str(heard.messages)


def test_what_cannot_be_used_is_said(wms: Wms, world: World) -> None:
    order = put(world, 7)
    world.inbox = Heard(BadInput("nobody asked to stop it; leave it out"))  # type: ignore[assignment]  # a stand-in
    answer = wms.post(f"/orders/{ref(order)}/stopped")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Nobody asked to stop it; leave it out."},
    )


def test_a_correction_replaces_the_report_that_its_address_names(wms: Wms, world: World) -> None:
    order = put(world, 7)
    wms.post("/shipments", parcel(order))
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    body = parcel(order, report_id="R-1b", tracking_number="1Z998", lines=[{"line_id": "71", "quantity": 2}])
    assert wms.post("/shipments/R-1/correction", body).status_code == 202
    (message,) = heard.messages
    assert isinstance(message, ShipmentReport)
    assert (message.corrects, message.report_id, message.tracking_number) == ("R-1", "R-1b", "1Z998")
    assert message.contents == (Content(order_item_id="71", quantity=2),)


def test_nothing_that_was_not_reported_is_corrected(wms: Wms, world: World) -> None:
    order = put(world, 7)
    answer = wms.post("/shipments/R-9/correction", parcel(order))
    assert answer.status_code == 404
    assert not world.storage.packages.of_order(order.ref)


def test_a_warehouse_sees_its_own_parcels_page_by_page(wms: Wms, stranger: Person, world: World) -> None:
    mine = [put(world, n) for n in (7, 8)]
    for n, order in enumerate(mine):
        wms.post("/shipments", parcel(order, report_id=f"R-{n}", tracking_number=f"1Z{n}"))
    other = world.add(9, S.RELEASED)
    Wms(stranger, RENO_KEY).post("/shipments", parcel(other))
    first = wms.get("/shipments", limit=1).json()
    second = wms.get("/shipments", limit=1, after=first["next"]).json()
    assert [page["shipments"][0]["reference"] for page in (first, second)] == [ref(order) for order in mine]
    assert second["shipments"][0] == {
        "reference": ref(mine[1]),
        "report_id": "R-1",
        "package": 1,
        "state": "reported",
        "held": None,
        "refusal": "",
        "lines": [
            {"line_id": "81", "quantity": 2, "transparency_codes": []},
            {"line_id": "82", "quantity": 1, "transparency_codes": []},
        ],
        "carrier": "UPS",
        "tracking_number": "1Z1",
        "shipped_at": "2026-11-02T07:30:00Z",
    }
    assert wms.get("/shipments", after=second["next"]).json()["shipments"] == []
