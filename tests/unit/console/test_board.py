"""The first page."""

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dockseal.console.needs import Need, foremost, headline
from dockseal.console.words import left_text, span, stage_id, state_of
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import Hold, OrderState
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Content, Package, PackageState
from unit.console.person import Person
from unit.console.world import SELLER, START, World, fill

_S = OrderState


def needs_of(page: str) -> list[tuple[str, str]]:
    """Returns kind and sentence of each thing that needs a person, in the order shown."""
    found = re.findall(r'<li class="need (\w+)">.*?<p class="sentence">(.*?)</p>', page, re.DOTALL)
    return [(kind, sentence) for kind, sentence in found if kind != "system"]


def rows_of(page: str) -> list[str]:
    return re.findall(r'id="row-\w+" href="[^"]+">([^<]+)</a>', page)


def count_of(page: str, stage: str) -> int:
    found = re.search(rf'id="stage-{stage}"[^>]*>\s*<b>(\d+)</b>', page)
    assert found
    return int(found[1])


def test_what_needs_a_person_comes_first_and_says_what_to_do(person: Person, world: World) -> None:
    orders = fill(world)
    page = person.get("/").text
    needs = needs_of(page)
    assert [kind for kind, _ in needs] == ["late", "soon", "hold", "hold", "attention"]
    assert needs[0][1] == f"Order {orders['late'].id} is at warehouse reno and no parcel has left; ask there."
    assert "cancel it in Seller Central" in needs[2][1]
    assert "1 order is late, 1 runs out of time, 2 are held and 1 wants a look" in page
    assert "1 h 24 min late" in page
    assert page.index("needs-title") < page.index("flow-title") < page.index("table-title")


def test_when_nothing_needs_a_person_it_says_so(person: Person, world: World) -> None:
    world.add(1, _S.RELEASED, hours=3)
    world.storage.watermarks.set(Watermark(seller=SELLER, complete_to=START))
    page = person.get("/").text
    assert needs_of(page) == []
    assert "Nothing needs you now" in page
    assert "Every order is on its way" in page


def test_a_resting_seller_is_shown_with_its_sentence(person: Person, world: World) -> None:
    seller = world.storage.sellers.get(SELLER)
    world.storage.sellers.change(seller, rests_because="Amazon refuses its credentials; add them again.")
    assert "Amazon refuses its credentials; add them again." in person.get("/").text


def test_a_parcel_that_amazon_refused_is_shown_until_a_person_saw_to_it(person: Person, world: World) -> None:
    words = "Amazon refused parcel 1 (InvalidInput: the tracking number is not valid): report it again."
    order = world.add(1, _S.SHIPPED, attention=words)
    world.storage.packages.add(
        Package(
            order=order.ref,
            reference_id=1,
            carrier="UPS",
            tracking_number="1Z0",
            shipped_at=START,
            contents=(Content(order_item_id="11", quantity=2),),
            state=PackageState.REFUSED,
            report_id="r1",
            refusal="the tracking number is not valid",
        )
    )
    assert needs_of(person.get("/").text) == [("refused", words)]
    world.storage.orders.change(order, attention="")
    assert needs_of(person.get("/").text) == []


def test_an_order_that_needs_a_person_twice_is_shown_once(person: Person, world: World) -> None:
    hold = Hold(code="sku_missing", sentence="Give it a SKU.")
    world.add(1, _S.HELD, hours=-1, hold=hold, attention="Look at it.")
    assert needs_of(person.get("/").text) == [("late", "Give it a SKU.")]


def test_the_flow_counts_every_state(person: Person, world: World) -> None:
    fill(world)
    notice = Notice(
        id="n1",
        seller=SELLER,
        amazon_order_id=world.storage.orders.list(limit=1)[0].id,
        source=NoticeSource.SWEEP,
        noticed_at=START,
    )
    world.storage.notices.add(notice)
    page = person.get("/").text
    for _, state, count in world.storage.orders.counts():
        assert count_of(page, stage_id(state)) == count
    assert count_of(page, "noticed") == 1


def test_open_orders_are_listed_by_ship_by(person: Person, world: World) -> None:
    ids = [world.add(n, _S.RELEASED, hours=hours).id for n, hours in ((1, 9), (2, -3), (3, 2.5), (4, None))]
    world.add(5, _S.VERIFIED, hours=1)
    assert rows_of(person.get("/").text) == [ids[1], ids[2], ids[0], ids[3]]


def test_the_list_narrows_to_a_state_a_seller_and_a_text(person: Person, world: World) -> None:
    fill(world)
    second = Seller(
        id="acme-de",  # type: ignore[arg-type]  # a plain text is enough here
        region=Region.EU,
        marketplaces=("A1PA6795UKMFR9",),
        selling_partner_id="A0TWO",
        warehouse=WarehouseId("reno"),
    )
    world.storage.sellers.add(second)
    other = world.add(300, _S.RELEASED, seller=second.id)
    assert rows_of(person.get("/?seller=acme-de").text) == [other.id]
    assert len(rows_of(person.get("/?state=held").text)) == 2
    assert rows_of(person.get(f"/?text={other.id}").text) == [other.id]
    assert rows_of(person.get("/?text=no-such-order").text) == []
    assert "No order has this in its id" in person.get("/?text=no-such-order").text


def test_long_lists_have_pages(person: Person, world: World) -> None:
    fill(world)
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += rows_of(person.get(f"/?state=shredded&page={page}").text)
    assert len(seen) == len(set(seen)) == 115


def test_odd_choices_in_the_address_are_passed_over(person: Person, world: World) -> None:
    fill(world)
    for query in (
        "state=nonsense",
        "page=-1",
        "page=99999999999",
        "page=x",
        "page=%C2%B2",
        "seller=%00",
        "text=%25",
    ):
        assert person.get(f"/?{query}").status_code == 200, query


def test_what_is_shown_is_escaped(person: Person, world: World) -> None:
    world.add(1, _S.HELD, hold=Hold(code="x", sentence="<script>alert(1)</script>"))
    page = person.get("/?text=<script>alert(2)</script>").text
    assert "<script>alert" not in page


def test_the_open_page_gets_only_what_changed(person: Person, world: World) -> None:
    fill(world)
    seen = re.search(r"seen=(\w+)", person.get("/").text)
    assert seen
    assert person.get(f"/live?seen={seen[1]}", HX_Request="true").status_code == 204
    world.add(400, _S.RELEASED, hours=1)
    fresh = person.get(f"/live?seen={seen[1]}", HX_Request="true")
    assert fresh.status_code == 200
    assert "<html" not in fresh.text
    assert 'hx-trigger="every 2s"' in fresh.text


def test_many_of_one_kind_do_not_hide_another(person: Person, world: World) -> None:
    for n in range(1, 12):
        world.add(n, _S.RELEASED, hours=-n)
    world.add(20, _S.HELD, hold=Hold(code="x", sentence="Do this."))
    page = person.get("/").text
    assert [kind for kind, _ in needs_of(page)] == ["late"] * 5 + ["hold"]
    assert "11 orders are late and 1 is held" in page
    assert "and 6 more" in page


KINDS = st.lists(st.sampled_from(["late", "soon", "hold", "refused", "attention", "system"]), max_size=40)


@given(KINDS)
def test_the_headline_counts_every_order_that_needs_a_person(kinds: list[str]) -> None:
    needs = [Need(kind=kind, label="", sentence="") for kind in kinds]
    numbers = [int(number) for number in re.findall(r"\d+", headline(needs))]
    assert sum(numbers) == len([kind for kind in kinds if kind != "system"])
    assert {need.kind for need in foremost(needs)} == set(kinds)


@given(st.integers(min_value=0, max_value=400 * 86400))
def test_a_span_is_never_longer_than_the_time_it_names(seconds: int) -> None:
    text = span(timedelta(seconds=seconds))
    if text == "under 1 min":
        assert seconds < 60
        return
    units = {"d": 86400, "h": 3600, "min": 60}
    words = text.split()
    named = sum(int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert named <= seconds < named + 86400


@given(st.integers(min_value=-10_000, max_value=10_000))
def test_time_left_says_late_only_when_it_is_late(minutes: int) -> None:
    text = left_text(START + timedelta(minutes=minutes), START)
    assert text.endswith("late" if minutes < 0 else "left")


def test_states_survive_the_way_through_an_address() -> None:
    assert [state_of(stage_id(state)) for state in OrderState] == list(OrderState)
