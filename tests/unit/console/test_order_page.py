"""The page of one order: what happened, opening its address, reporting a parcel, lifting a hold."""

import re
from datetime import datetime

import pytest

from dockseal.console.words import TOLD
from dockseal.domain.identifiers import WarehouseId, release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content
from dockseal.domain.stop import StopState
from dockseal.monitoring_audit.tags import Tag
from unit.console.person import Person
from unit.console.world import CANARY, World, fill

PARCEL = {"carrier": "UPS", "service": "Ground", "tracking_number": "1Z999"}


@pytest.fixture
def order(world: World) -> Order:
    """An order that is packed by hand, with an address sealed."""
    return fill(world)["by_hand"]


def page_of(order: Order) -> str:
    return f"/orders/{order.ref}"


def send_parcel(person: Person, order: Order, **values: str) -> tuple[int, str]:
    answer = person.send(f"{page_of(order)}/parcels", PARCEL | values, page=page_of(order))
    return answer.status_code, answer.text


def test_the_page_tells_what_happened_with_the_newest_first(person: Person, order: Order) -> None:
    page = person.get(page_of(order)).text
    told = ["Taken by the warehouse", "About to be handed to the warehouse", "Taken in from Amazon"]
    places = [page.index(text) for text in told]
    assert places == sorted(places)
    assert order.id in page
    assert "TRAY-OAK-40" in page


def test_an_address_is_opened_for_a_purpose_and_recorded_first(
    person: Person, order: Order, world: World
) -> None:
    answer = person.send(f"{page_of(order)}/open", {"purpose": "shipping_label"}, page=page_of(order))
    assert answer.status_code == 200
    assert CANARY[Field.NAME] in answer.text
    assert CANARY[Field.ADDRESS_LINE_1] in answer.text
    assert CANARY[Field.GIFT_MESSAGE] not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    row = world.storage.audit.rows()[-1]
    assert (row.tag, row.actor, row.order) == ("order:data:opened", "person:console", order.ref)
    assert dict(row.fields)["purpose"] == "shipping_label"


def test_a_packing_slip_shows_the_gift_message_but_no_address(person: Person, order: Order) -> None:
    answer = person.send(f"{page_of(order)}/open", {"purpose": "packing_slip"}, page=page_of(order))
    assert CANARY[Field.GIFT_MESSAGE] in answer.text
    assert CANARY[Field.ADDRESS_LINE_1] not in answer.text


@pytest.mark.parametrize("purpose", ["", "hand_over", "curiosity"])
def test_nothing_is_opened_without_a_purpose_a_person_may_have(
    person: Person, order: Order, world: World, purpose: str
) -> None:
    answer = person.send(f"{page_of(order)}/open", {"purpose": purpose}, page=page_of(order))
    assert answer.status_code == 400
    assert not world.storage.audit.search(tag="order:data:opened")


def test_the_opened_address_is_gone_from_every_later_page(person: Person, order: Order) -> None:
    person.send(f"{page_of(order)}/open", {"purpose": "shipping_label"}, page=page_of(order))
    for path in ("/", page_of(order), f"/?text={order.id}"):
        assert CANARY[Field.NAME] not in person.get(path).text


def test_an_order_packed_elsewhere_is_never_opened_here(person: Person, world: World) -> None:
    order = world.seal(world.add(900, OrderState.RELEASED))
    assert "Open personal data" not in person.get(page_of(order)).text
    answer = person.send(f"{page_of(order)}/open", {"purpose": "shipping_label"}, page=page_of(order))
    assert answer.status_code == 403
    assert not world.storage.audit.search(tag="order:data:opened")


def test_data_that_is_no_longer_sealed_is_said_to_be_gone(person: Person, order: Order, world: World) -> None:
    world.vault.sealed.clear()
    answer = person.send(f"{page_of(order)}/open", {"purpose": "shipping_label"}, page=page_of(order))
    assert answer.status_code == 410
    assert "no personal data is kept for this order" in answer.text


def test_a_parcel_with_everything_ships_the_order(person: Person, order: Order, world: World) -> None:
    status, _ = send_parcel(
        person, order, **{"quantity-51": "2", "quantity-52": "1", "report_id": "console-1"}
    )
    assert status == 303
    assert world.storage.orders.get(order.ref).state is OrderState.SHIPPED
    assert world.storage.audit.search(order.ref, tag="order:package:reported")[0].actor == "person:console"
    page = person.get(page_of(order)).text
    assert "1Z999" in page
    assert "Report a parcel" not in page


def test_a_parcel_with_a_part_leaves_the_rest_to_report(person: Person, order: Order, world: World) -> None:
    send_parcel(person, order, **{"quantity-51": "1", "quantity-52": "", "report_id": "console-1"})
    assert world.storage.orders.get(order.ref).state is OrderState.PARTLY_SHIPPED
    page = person.get(page_of(order)).text
    assert re.search(r'name="quantity-51" min="0" max="1" value="1"', page)
    assert world.storage.packages.of_order(order.ref)[0].contents == (
        Content(order_item_id="51", quantity=1),
    )


def test_a_form_that_is_sent_twice_reports_one_parcel(person: Person, order: Order, world: World) -> None:
    values = {"quantity-51": "1", "report_id": "console-1"}
    assert [send_parcel(person, order, **values)[0] for _ in range(2)] == [303, 303]
    assert len(world.storage.packages.of_order(order.ref)) == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"quantity-51": "3"}, "51"),
        ({"quantity-51": "0", "quantity-52": "0"}, "the parcel is empty"),
        ({"quantity-51": "two"}, "a quantity is a whole number"),
        ({"quantity-51": "1", "carrier": " "}, "carrier"),
        ({"quantity-51": "1", "tracking_number": "1" * 201}, "tracking_number"),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_and_the_form_kept(
    person: Person, order: Order, world: World, values: dict[str, str], says: str
) -> None:
    status, page = send_parcel(person, order, **{"report_id": "console-1", **values})
    assert status == 400
    fault = re.search(r'<p class="fault" role="alert">(.*?)</p>', page)
    assert fault
    assert says in fault[1]
    assert 'value="console-1"' in page
    assert not world.storage.packages.of_order(order.ref)


def test_a_parcel_of_an_order_packed_elsewhere_is_refused(person: Person, world: World) -> None:
    order = world.add(900, OrderState.RELEASED)
    status, page = send_parcel(person, order, report_id="console-1")
    assert status == 409
    assert "nothing to pack here" in page


def test_a_hold_is_lifted_by_a_person_and_recorded(person: Person, world: World) -> None:
    order = world.add(900, OrderState.HELD, hold=Hold(code="sku_missing", sentence="Give it a SKU."))
    assert "Give it a SKU." in person.get(page_of(order)).text
    answer = person.send(f"{page_of(order)}/examine", page=page_of(order))
    assert answer.status_code == 303
    assert world.storage.orders.get(order.ref).state is OrderState.ACCEPTED
    assert world.storage.audit.rows()[-1].actor == "person:console"


def test_what_asked_for_a_look_is_settled_by_a_person_and_recorded(person: Person, world: World) -> None:
    order = world.add(900, OrderState.CANCELLED, attention="Tell the warehouse not to ship it.")
    assert "Tell the warehouse not to ship it." in person.get("/").text
    answer = person.send(f"{page_of(order)}/seen", page=page_of(order))
    assert answer.status_code == 303
    assert world.storage.orders.get(order.ref).attention == ""
    assert world.storage.audit.rows()[-1].tag == "order:attention:seen"
    assert "Tell the warehouse not to ship it." not in person.get("/").text


def test_an_order_that_asks_for_nothing_cannot_be_settled(person: Person, order: Order) -> None:
    answer = person.send(f"{page_of(order)}/seen", page=page_of(order))
    assert answer.status_code == 409
    assert "nothing" in answer.text


def test_an_order_that_is_not_held_cannot_be_lifted(person: Person, order: Order) -> None:
    answer = person.send(f"{page_of(order)}/examine", page=page_of(order))
    assert answer.status_code == 409
    assert "not held" in answer.text


def at_the_warehouse(world: World, now: datetime) -> Order:
    order = world.add(900, OrderState.RELEASED)
    world.storage.releases.intend(
        Release(
            ref=release_ref(order.ref, 1),
            order=order.ref,
            warehouse=WarehouseId("reno"),
            state=ReleaseState.ACCEPTED,
            intended_at=now,
        )
    )
    return order


def test_a_person_has_an_order_stopped_and_records_what_the_warehouse_said(
    person: Person, world: World
) -> None:
    order = at_the_warehouse(world, world.clock.now())
    assert "Have the warehouse stop it" in person.get(page_of(order)).text
    assert person.send(f"{page_of(order)}/stop", page=page_of(order)).status_code == 303
    page = person.get(page_of(order)).text
    assert "Have the warehouse stop it" not in page
    assert f"No answer yet of reno about <code>{order.ref}-1</code>" in page
    answer = person.send(f"{page_of(order)}/stopped", {"answer": "too late"}, page=page_of(order))
    assert answer.status_code == 303
    (stop,) = world.storage.stops.of_order(order.ref)
    assert stop.state is StopState.TOO_LATE
    assert world.storage.audit.rows()[-1].actor == "person:console"
    again = person.send(f"{page_of(order)}/stopped", {"answer": "stopped"}, page=page_of(order))
    assert again.status_code == 409


def test_a_person_cancels_an_order_that_no_warehouse_has_with_a_reason(person: Person, world: World) -> None:
    order = world.add(900, OrderState.HELD, hold=Hold(code="sku_missing", sentence="Give it a SKU."))
    missing = person.send(f"{page_of(order)}/cancel", {"reason": "Whim"}, page=page_of(order))
    assert missing.status_code == 400
    answer = person.send(f"{page_of(order)}/cancel", {"reason": "NoInventory"}, page=page_of(order))
    assert answer.status_code == 303
    page = person.get(page_of(order)).text
    assert "is being cancelled at Amazon" in page
    assert "Cancel it at Amazon" not in page


def test_an_order_at_a_warehouse_is_stopped_before_it_is_cancelled(person: Person, world: World) -> None:
    order = at_the_warehouse(world, world.clock.now())
    answer = person.send(f"{page_of(order)}/cancel", {"reason": "NoInventory"}, page=page_of(order))
    assert answer.status_code == 409
    assert "have it stopped first" in answer.text


@pytest.mark.parametrize("state", [state for state in OrderState if state is not OrderState.NOTICED])
def test_every_state_has_a_page_that_marks_where_the_order_stands(
    person: Person, world: World, state: OrderState
) -> None:
    page = person.get(page_of(world.add(900, state))).text
    here = re.search(r'<li class="here" aria-current="step">([^<]+)</li>', page)
    assert here
    assert here[1] == state.value


def test_whatever_the_trail_tells_of_an_order_is_told_in_words() -> None:
    assert [tag.value for tag in Tag if tag.about_an_order and tag.value not in TOLD] == []
