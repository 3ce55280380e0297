"""The page of what fits no order: shown, matched to an order, dismissed."""

from typing import Any

import pytest

from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import ShipmentReport, SkuContent
from dockseal.domain.unmatched import Unmatched
from unit.console.person import Person
from unit.console.world import RENO, START, World

PAGE = "/unmatched"


@pytest.fixture
def order(world: World) -> Order:
    return world.add(7, OrderState.RELEASED)


@pytest.fixture
def kept(world: World, order: Order) -> Unmatched:
    return keep(world)


def keep(world: World, **changes: Any) -> Unmatched:
    values: dict[str, Any] = {
        "report_id": "R-1",
        "warehouse": RENO,
        "release": ReleaseRef("typed-wrongly"),
        "carrier": "UPS",
        "tracking_number": "1Z999",
        "shipped_at": START,
        "by_sku": (SkuContent(sku="CUP-BLUE", quantity=2),),
    }
    world.matching.inbox.take(RENO, ShipmentReport(**values | changes), keep=True, delivery="in/a.csv")
    return world.storage.unmatched.open()[-1]


def test_the_page_says_that_nothing_is_left(person: Person) -> None:
    assert "Everything that warehouses reported fits an order" in person.get(PAGE).text


def test_the_page_shows_what_was_reported_and_why_it_is_not_used(person: Person, kept: Unmatched) -> None:
    page = person.get(PAGE).text
    for text in (
        "typed-wrongly",
        "1Z999",
        "2 × CUP-BLUE",
        "in/a.csv",
        "nothing was released to warehouse reno",
    ):
        assert text in page
    assert '<a href="/unmatched" aria-current="page">Unmatched</a>' in page


def test_the_first_page_leads_to_it(person: Person, kept: Unmatched) -> None:
    need = person.get("/").text.partition("One thing it reported fits no order")[2].partition("</li>")[0]
    assert 'href="/unmatched"' in need


def test_a_person_takes_it_in_for_an_order(
    person: Person, kept: Unmatched, order: Order, world: World
) -> None:
    answer = person.send(f"{PAGE}/{kept.number}/match", {"order": f" {order.id} ", "lines": ""}, page=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert world.storage.orders.get(order.ref).state is OrderState.PARTLY_SHIPPED
    page = person.get(PAGE).text
    assert "Everything that warehouses reported fits an order" in page
    assert "by person:console" in page


def test_a_person_says_what_lies_in_it(person: Person, kept: Unmatched, order: Order, world: World) -> None:
    values = {"order": order.id, "lines": "71=2  72=1"}
    person.send(f"{PAGE}/{kept.number}/match", values, page=PAGE)
    (package,) = world.storage.packages.of_order(order.ref)
    assert [(each.order_item_id, each.quantity) for each in package.contents] == [("71", 2), ("72", 1)]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (("113-0000000-0000000", ""), "no order 113-0000000-0000000 was released to warehouse reno"),
        (("{id}", "71=9"), "has 2 of 2 left to ship"),
        (("{id}", "two cups"), "is not LINE=QUANTITY"),
        (("<b>", ""), "no order (unreadable) was released"),
    ],
)
def test_what_does_not_fit_says_why_and_stays(
    person: Person, kept: Unmatched, order: Order, *, values: tuple[str, str], sentence: str
) -> None:
    form = {"order": values[0].format(id=order.id), "lines": values[1]}
    answer = person.send(f"{PAGE}/{kept.number}/match", form, page=PAGE)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert f'id="n{kept.number}"' in answer.text
    assert "<b>" not in answer.text.partition('role="alert"')[2].partition("</form>")[0]


def test_a_person_dismisses_it_once(person: Person, kept: Unmatched, world: World) -> None:
    other = keep(world, report_id="R-2")
    assert person.send(f"{PAGE}/{kept.number}/dismiss", page=PAGE).status_code == 303
    assert [each.number for each in world.storage.unmatched.open()] == [other.number]
    again = person.send(f"{PAGE}/{kept.number}/dismiss", page=PAGE)
    assert again.status_code == 409
    assert "is dismissed already" in again.text


def test_what_cannot_be_read_has_no_order_to_type(person: Person, world: World) -> None:
    world.matching.inbox.unreadable(RENO, "row 3 cannot be read", delivery="in/a.csv")
    page = person.get(PAGE).text
    assert "row 3 cannot be read" in page
    assert 'name="order"' not in page


def test_numbers_tell_what_is_open(world: World, kept: Unmatched) -> None:
    assert b'dockseal_unmatched_reports{warehouse="reno"} 1.0' in world.metrics_text()
    (check,) = [check for check in world.health().checks if check.name == "unmatched reno"]
    assert not check.ok
