"""The page of shipping, and how orders stand on the first page."""

import re
from datetime import timedelta

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import Hold, OrderState
from dockseal.domain.shipping import Risk
from dockseal.shipment_confirmation.outlook import RATES_KEPT
from unit.console.person import Person
from unit.console.world import SHED, START, World, fill

_S = OrderState
HOUR = timedelta(hours=1)


def tiles(page: str) -> dict[str, int]:
    found = re.findall(r'id="risk-([a-z-]+)"[^>]*><b>(\d+)</b>', page)
    return {name: int(number) for name, number in found}


def rows_of(page: str) -> list[tuple[str, str]]:
    """Order id and risk of each line."""
    line = r'<a id="risk-\w+" href="/orders/\w+">([\d-]+)</a>.*?<span class="pill [a-z-]+">([a-z ]+)'
    return re.findall(line, page, re.DOTALL)


def one_of_each(world: World) -> dict[Risk, str]:
    """Orders of a warehouse whose last parcel leaves at half past ten, two and a half hours from now."""
    hold = Hold(code="sku_missing", sentence="Give it a `SKU`.")
    orders = {
        Risk.OVERDUE: world.add(1, _S.RELEASED, hours=-1),
        Risk.AT_RISK: world.add(2, _S.RELEASED, hours=2),
        Risk.BLOCKED: world.add(3, _S.HELD, hours=40, hold=hold),
        Risk.ON_TRACK: world.add(4, _S.RELEASED, hours=12),
    }
    world.add(5, _S.CONFIRMED, hours=-1, confirmed_at=START - 2 * HOUR)
    world.add(6, _S.RELEASED, hours=200)
    return {risk: order.id for risk, order in orders.items()}


def test_the_first_page_counts_orders_by_risk_and_says_on_each_until_when_to_act(
    person: Person, world: World
) -> None:
    ids = one_of_each(world)
    page = person.get("/").text
    assert tiles(page) == {"on-track": 1, "at-risk": 1, "blocked": 1, "overdue": 1}
    assert 'href="/shipping?risk=at-risk"' in page
    assert re.search(r'title="Give it a `SKU`\.">blocked, act by Tue 01:30 PST</span>', page)
    assert re.search(r">at risk, ship-by Mon 02:00 PST</span>", page)
    assert re.search(r">overdue</span>", page)
    assert page.count('class="pill on-track"') == 0
    own = re.search(rf'href="(/orders/\w+)">{ids[Risk.BLOCKED]}<', page)
    assert own
    assert "blocked, act by Tue 01:30 PST" in person.get(own[1]).text


def test_an_order_needs_a_person_while_its_warehouse_can_still_pack_it(person: Person, world: World) -> None:
    order = world.add(1, _S.RELEASED, hours=12)
    assert "runs out of time" not in person.get("/").text
    world.clock.advance(HOUR)
    page = person.get("/").text
    assert "1 order runs out of time" in page
    assert "The last parcel before ship-by leaves at Mon 2 Nov 2026 02:30 PST: act by" in page
    assert '<tr class="soon">\n        <td class="left" data-is="Time left">11 h left' in page
    world.storage.orders.move(order, _S.SHIPPED)
    assert "runs out of time" not in person.get("/").text


def test_the_first_page_leads_nobody_to_a_canary_order(person: Person, world: World) -> None:
    order = world.add(1, _S.RELEASED, hours=12)
    world.outlook.canaries = lambda: frozenset({order.ref})
    world.clock.advance(HOUR)
    assert "runs out of time" not in person.get("/").text


def test_the_page_lists_what_is_not_on_track_by_ship_by_with_its_reason(person: Person, world: World) -> None:
    ids = one_of_each(world)
    page = person.get("/shipping").text
    assert rows_of(page) == [(ids[risk], risk.value) for risk in (Risk.OVERDUE, Risk.AT_RISK, Risk.BLOCKED)]
    assert "Give it a <code>SKU</code>." in page
    assert "have it collected or brought to the carrier" in page
    assert "Ship-by was Sun 1 Nov 2026 23:00 PST, and not all of it has left." in page
    assert 'aria-current="page">Shipping</a>' in page


def test_the_list_narrows_to_a_risk_and_a_seller(person: Person, world: World) -> None:
    ids = one_of_each(world)
    other = world.add(7, _S.RELEASED, hours=-3, seller=SellerId("acme-de"))
    assert rows_of(person.get("/shipping?risk=blocked").text) == [(ids[Risk.BLOCKED], "blocked")]
    assert rows_of(person.get("/shipping?seller=acme-de").text) == [(other.id, "overdue")]
    page = person.get("/shipping?risk=at-risk&seller=acme-de").text
    assert rows_of(page) == []
    assert "No order is at risk." in page
    assert "/shipping?seller=acme-de" in page
    for query in ("risk=on-track", "risk=nonsense", "seller=%00", "seller=%3Cscript%3E"):
        answer = person.get(f"/shipping?{query}")
        assert answer.status_code == 200, query
        assert "<script>" not in answer.text


def test_rates_stand_beside_what_amazon_wants(person: Person, world: World) -> None:
    for n in range(1, 25):
        world.add(n, _S.VERIFIED, hours=-30, confirmed_at=START - 31 * HOUR, shipped_at=START - 32 * HOUR)
    world.add(30, _S.RELEASED, hours=-1, warehouse=SHED)
    page = person.get("/shipping").text
    assert "1 of 25 orders late." in page
    seller, shed = page.index('id="seller-acme-us"'), page.index('id="warehouse-shed"')
    assert "<b>4 %</b>" in page[seller:]
    assert "under 4 %" in page
    assert 'class="pill refused">missed' in page[seller:]
    assert "1 of 1 order late." in page[shed:]
    assert 'class="pill verified">met' in page[page.index('id="warehouse-reno"') : shed]
    world.add(31, _S.RELEASED, hours=-2)
    assert "1 of 25 orders late." in person.get("/shipping").text
    world.clock.advance(RATES_KEPT)
    assert "2 of 26 orders late." in person.get("/shipping").text


def test_a_calm_page_says_that_everything_is_on_track(person: Person, world: World) -> None:
    page = person.get("/shipping").text
    assert "Every order to ship within a week is on track." in page
    assert "No orders to measure yet." in page


def test_the_open_page_gets_only_what_changed(person: Person, world: World) -> None:
    fill(world)
    seen = re.search(r"seen=(\w+)", person.get("/shipping").text)
    assert seen
    assert person.get(f"/shipping/live?seen={seen[1]}", HX_Request="true").status_code == 204
    world.add(400, _S.RELEASED, hours=-1)
    fresh = person.get(f"/shipping/live?seen={seen[1]}", HX_Request="true")
    assert fresh.status_code == 200
    assert "<html" not in fresh.text
    assert 'hx-get="/shipping/live?&amp;seen=' in fresh.text


def test_nobody_sees_it_without_signing_in(stranger: Person) -> None:
    assert stranger.get("/shipping").headers["Location"] == "/sign-in"
    assert stranger.get("/shipping/live").headers["Location"] == "/sign-in"
