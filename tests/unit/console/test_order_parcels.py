"""The parcels on the page of an order: how far Amazon knows of them, and what a person does about them."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.console.parcels import named_in
from dockseal.console.words import PARCEL_GIVEN_BACK, PARCEL_OVER, PARCEL_STANDS
from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.measures import box_from
from unit.console.person import Person
from unit.console.world import RENO, START, World

P = PackageState
OLD, NEW = "1Z999AA10123456784", "1Z999AA10123456795"
UNKNOWN = Hold(
    code="carrier_unknown",
    sentence='Dockseal knows no carrier "Parcel Fox"; did it mean DHL eCommerce or UPS? Name the carrier.',
)
CODES = ("UPS", "USPS", "DHL", "DHL eCommerce", "Deutsche Post")


@pytest.fixture
def order(world: World) -> Order:
    order = world.add(7, OrderState.RELEASED)
    world.tracking.report(
        ShipmentReport(
            report_id="R-1",
            warehouse=RENO,
            release=release_ref(order.ref, order.revision),
            carrier="Parcel Fox",
            service="24h",
            tracking_number=OLD,
            shipped_at=START.replace(hour=7, minute=30, second=12),
        )
    )
    return world.storage.orders.get(order.ref)


def package_of(world: World, order: Order) -> Package:
    (package,) = world.storage.packages.of_order(order.ref)
    return package


def put(world: World, order: Order, **changes: Any) -> Package:
    return world.storage.packages.change(package_of(world, order), **changes)


def form_of(page: str) -> dict[str, str]:
    """The fields of the form that corrects the first parcel, as a browser sends them untouched."""
    form = page[page.index("parcels/1/correct") :]
    form = form[: form.index("</form>")]
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    del fields["csrfmiddlewaretoken"]
    return fields


def send(person: Person, order: Order, act: str, values: dict[str, str]) -> tuple[int, str]:
    page = f"/orders/{order.ref}"
    answer = person.send(f"{page}/parcels/1/{act}", values, page=page)
    return answer.status_code, answer.text


def page_of(person: Person, order: Order) -> str:
    return person.get(f"/orders/{order.ref}").text


def fault_in(page: str) -> str:
    found = re.search(r'<p class="fault" role="alert">(.*?)</p>', page)
    assert found
    return found[1]


@pytest.mark.parametrize("state", list(PackageState))
def test_every_state_is_told_in_words(
    person: Person, world: World, order: Order, state: PackageState
) -> None:
    put(world, order, state=state)
    assert f"{PARCEL_STANDS[state]}." in page_of(person, order)


def test_a_parcel_that_is_untouched_in_the_form_stays_as_it_is(
    person: Person, world: World, order: Order
) -> None:
    before = put(world, order, state=P.VERIFIED)
    status, _ = send(person, order, "correct", form_of(page_of(person, order)))
    assert status == 303
    assert package_of(world, order) == before


@pytest.mark.parametrize(
    ("field", "value", "name", "kept"),
    [
        ("tracking_number", NEW, "tracking_number", NEW),
        ("tracking_number", "", "tracking_number", ""),
        ("carrier", "UPS", "carrier", "UPS"),
        ("service", "Ground", "service", "Ground"),
        ("shipped_at", "2026-11-02T06:15", "shipped_at", START.replace(hour=6, minute=15)),
        ("quantity-71", "1", "contents", None),
    ],
)
def test_a_person_corrects_one_thing_of_a_parcel(
    person: Person, world: World, order: Order, *, field: str, value: str, name: str, kept: object
) -> None:
    before = put(world, order, state=P.CONFIRMED)
    status, _ = send(person, order, "correct", form_of(page_of(person, order)) | {field: value})
    assert status == 303
    after = package_of(world, order)
    expected = kept if kept is not None else (content("71", 1), content("72", 1))
    assert getattr(after, name) == expected
    changed = {name: expected, "state": P.REPORTED, "report_id": after.report_id}
    assert after == replace(before, **changed)
    row = world.storage.audit.search(order.ref, tag="order:package:corrected")[0]
    assert row.actor == "person:console"
    assert "A parcel was corrected" in page_of(person, order)


def content(item: str, quantity: int, *codes: str) -> Content:
    return Content(order_item_id=item, quantity=quantity, transparency_codes=codes)


def test_a_form_that_is_sent_twice_corrects_once(person: Person, world: World, order: Order) -> None:
    form = form_of(page_of(person, order)) | {"tracking_number": NEW}
    assert [send(person, order, "correct", form)[0] for _ in range(2)] == [303, 303]
    assert len(world.storage.audit.search(order.ref, tag="order:package:corrected")) == 1


def test_a_form_that_was_overtaken_by_the_warehouse_changes_nothing(
    person: Person, world: World, order: Order
) -> None:
    form = form_of(page_of(person, order)) | {"service": "48h"}
    report = ShipmentReport(
        report_id="R-2",
        corrects="R-1",
        warehouse=RENO,
        release=release_ref(order.ref, order.revision),
        carrier="UPS",
        tracking_number=NEW,
        shipped_at=START,
    )
    world.tracking.report(report)
    status, page = send(person, order, "correct", form)
    assert (status, fault_in(page)[:35]) == (400, "the parcel was told of anew meanwhi")
    assert package_of(world, order).tracking_number == NEW


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"quantity-71": "3"}, "has 2 of 2 left to ship"),
        ({"quantity-71": "0", "quantity-72": "0"}, "the parcel is empty"),
        ({"carrier": " "}, "carrier is empty"),
        ({"shipped_at": "2026-11-09T08:00"}, "is in the future"),
        ({"shipped_at": "noon"}, "is no instant"),
        ({"shipped_at": "9999-12-31T23:59-09:00"}, "is no instant"),
        ({"tracking_number": "1" * 201}, "has 201 characters"),
    ],
)
def test_what_cannot_be_is_said_and_the_form_kept(
    person: Person, world: World, order: Order, values: dict[str, str], says: str
) -> None:
    before = package_of(world, order)
    form = form_of(page_of(person, order)) | values
    status, page = send(person, order, "correct", form)
    assert status == 400
    assert says in fault_in(page)
    assert form_of(page) | {"report_id": ""} == form | {"report_id": ""}
    assert package_of(world, order) == before


def test_transparency_codes_are_counted_and_corrected(person: Person, world: World, order: Order) -> None:
    put(world, order, contents=(content("71", 2, "SN-0000001", "SN-0000002"), content("72", 1)))
    page = page_of(person, order)
    assert "2 Transparency codes" in page
    form = form_of(page)
    assert form["codes-71"] == "SN-0000001 SN-0000002"
    send(person, order, "correct", form | {"codes-71": "SN-0000001\r\nSN-0000003"})
    assert package_of(world, order).contents[0] == content("71", 2, "SN-0000001", "SN-0000003")


def test_a_held_parcel_is_sent_as_it_is(person: Person, world: World, order: Order) -> None:
    hold = Hold(code="number_wrong", sentence="The check digit of this number is 5, not 4; correct it.")
    put(world, order, state=P.HELD, hold=hold)
    assert hold.sentence in page_of(person, order)
    assert ("held-parcel", hold.sentence) in needs_of(person)
    assert "<b>Parcel held</b><span>1 d left</span>" in person.get("/").text
    assert send(person, order, "clear", {})[0] == 303
    package = package_of(world, order)
    assert (package.state, package.hold, package.cleared) == (P.REPORTED, None, {"number_wrong"})
    assert "held-parcel" not in dict(needs_of(person))
    assert send(person, order, "clear", {})[0] == 400, "it is not held any more"


def needs_of(person: Person) -> list[tuple[str, str]]:
    found = re.findall(
        r'<li class="need ([a-z-]+)">.*?<p class="sentence">(.*?)</p>', person.get("/").text, re.DOTALL
    )
    return [(kind, sentence) for kind, sentence in found]


def test_a_parcel_that_amazon_would_not_take_cannot_be_sent_as_it_is(
    person: Person, world: World, order: Order
) -> None:
    put(world, order, state=P.HELD, hold=Hold(code="ship_date_wrong", sentence="Correct when it left."))
    page = page_of(person, order)
    assert "Send it as it is" not in page
    assert "Correct it" in page
    status, page = send(person, order, "clear", {})
    assert (status, package_of(world, order).state) == (400, P.HELD)
    assert "correct it" in fault_in(page)


def test_the_carrier_of_a_held_parcel_is_named_for_this_one(
    person: Person, world: World, order: Order
) -> None:
    put(world, order, state=P.HELD, hold=UNKNOWN)
    page = page_of(person, order)
    assert re.findall(r'name="code" value="([^"]+)"', page) == ["DHL eCommerce", "UPS"]
    assert send(person, order, "carrier", {"code": "dhl ecommerce"})[0] == 303
    package = package_of(world, order)
    assert (package.state, package.carrier, package.service) == (P.REPORTED, "DHL eCommerce", "24h")
    assert world.storage.carrier_names.of(RENO) == {}


def test_the_carrier_of_a_held_parcel_is_named_for_all_of_its_warehouse(
    person: Person, world: World, order: Order
) -> None:
    put(world, order, state=P.HELD, hold=UNKNOWN)
    values = {"code": "Other", "name": "Parcel Fox Ltd", "always": "yes"}
    assert send(person, order, "carrier", values)[0] == 303
    package = package_of(world, order)
    assert (package.state, package.hold, package.carrier) == (P.REPORTED, None, "Parcel Fox")
    assert world.storage.carrier_names.of(RENO) == {
        "parcel fox": Carrier(code="Other", name="Parcel Fox Ltd")
    }


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"code": "Parcel Fox"}, "Amazon has no carrier code"),
        ({"code": "Deutsche Pots"}, "did you mean Deutsche Post?"),
        ({"code": "Other"}, "give the carrier&#x27;s name"),
        ({"code": "UPS", "name": "United"}, "a name goes with the code Other alone"),
    ],
)
def test_a_carrier_that_is_none_is_refused(
    person: Person, world: World, order: Order, values: dict[str, str], says: str
) -> None:
    held = put(world, order, state=P.HELD, hold=UNKNOWN)
    status, page = send(person, order, "carrier", values)
    assert status == 400
    assert says in fault_in(page)
    assert package_of(world, order) == held


def test_a_parcel_with_a_label_of_amazons_has_no_form(person: Person, world: World, order: Order) -> None:
    put(world, order, bought=True)
    page = page_of(person, order)
    assert "Amazon sold its label" in page
    assert "Correct it" not in page


def test_no_label_is_bought_while_another_parcel_is_held(world: World, order: Order) -> None:
    one = (content("71", 1),)
    put(world, order, state=P.HELD, hold=UNKNOWN, contents=one)
    world.storage.orders.move(order, OrderState.RELEASED)
    ref = release_ref(order.ref, order.revision)
    with pytest.raises(BadInput, match=r"parcel 1 of order .* is held, and Amazon is not told of it yet"):
        world.labelling.rates(ref, box_from("30x20x12 cm", "450 g"), one)
    put(world, order, state=P.REPORTED, hold=None)
    with pytest.raises(BadInput, match="Amazon is being told of another parcel"):
        world.labelling.rates(ref, box_from("30x20x12 cm", "450 g"), one)


def test_a_parcel_whose_label_was_given_back_says_so(person: Person, world: World, order: Order) -> None:
    put(world, order, bought=True, state=P.REFUSED, refusal="its label was voided")
    assert PARCEL_GIVEN_BACK in page_of(person, order)


@pytest.mark.parametrize("state", [P.REPORTED, P.HELD, P.REFUSED])
def test_of_a_cancelled_order_amazon_is_told_no_parcel(
    person: Person, world: World, state: PackageState
) -> None:
    cancelled = world.add(8, OrderState.CANCELLED)
    world.storage.packages.add(
        Package(
            order=cancelled.ref,
            reference_id=1,
            carrier="Parcel Fox",
            tracking_number=OLD,
            shipped_at=START,
            contents=(content("81", 2),),
            state=state,
            hold=UNKNOWN if state is P.HELD else None,
            report_id="R-8",
        )
    )
    page = page_of(person, cancelled)
    assert PARCEL_OVER in page
    assert "Send it by this carrier" not in page
    assert "held-parcel" not in dict(needs_of(person))


def test_nothing_is_done_to_an_order_or_a_parcel_that_is_not_there(
    person: Person, world: World, order: Order
) -> None:
    page = f"/orders/{order.ref}"
    assert person.send("/orders/nobody/parcels/1/clear", {}, page=page).status_code == 404
    answer = person.send(f"{page}/parcels/9/clear", {}, page=page)
    assert answer.status_code == 404
    stranger = Person(world, person.people)
    assert stranger.client.post(f"{page}/parcels/1/clear").status_code in {303, 403}
    assert package_of(world, order).cleared == frozenset()


@given(st.lists(st.sampled_from(CODES), max_size=4))
def test_the_carriers_that_a_sentence_names_are_suggested_once_each(named: list[str]) -> None:
    sentence = f"Did it mean {' or '.join(named)}?"
    assert named_in(sentence, CODES) == tuple(dict.fromkeys(named))[:3]


def test_no_carrier_is_seen_inside_another_word() -> None:
    assert named_in("GROUPS, DHLX and USPSA carry nothing here", CODES) == ()
    assert named_in("DHL", ()) == ()
