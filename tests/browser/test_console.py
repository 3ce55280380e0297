"""The console in Chromium. Where none is installed these tests say so and are skipped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.browsing import needs_chromium, signed_in
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.domain.identifiers import release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.domain.shipment import PackageState, ShipmentReport
from unit.console.world import CANARY, RENO, World, fill, make_world

pytestmark = needs_chromium


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path)
    yield world
    world.storage.close()


@pytest.fixture
def orders(world: World) -> dict[str, Order]:
    return fill(world)


@pytest.fixture
def held_parcel(world: World, orders: dict[str, Order]) -> Order:
    """An order with a parcel whose carrier nobody knows."""
    order = orders["late"]
    report = ShipmentReport(
        report_id="R-1",
        warehouse=RENO,
        release=release_ref(order.ref, order.revision),
        carrier="Parcel Fox",
        tracking_number="GM555555555555555555",
        shipped_at=world.clock.now(),
    )
    package = world.tracking.report(report)
    sentence = 'Dockseal knows no carrier "Parcel Fox"; did it mean DHL eCommerce or UPS? Name the carrier.'
    hold = Hold(code="carrier_unknown", sentence=sentence)
    world.storage.packages.change(package, state=PackageState.HELD, hold=hold)
    return order


@pytest.fixture
def link(world: World, orders: dict[str, Order], request: pytest.FixtureRequest) -> Iterator[str]:
    """A sign-in link of a running server; made before the browser, in whose loop Django refuses to work."""
    if "held_parcel" in request.fixturenames:
        request.getfixturevalue("held_parcel")
    server = ConsoleServer(world, "127.0.0.1", 0)
    server.start()
    yield new_link(world, server.url)
    server.stop()


@pytest.fixture
def page(link: str) -> Iterator[Page]:
    with signed_in(link) as page:
        yield page


def test_a_person_signs_in_and_sees_what_needs_them(page: Page, orders: dict[str, Order]) -> None:
    expect(page.locator("h1")).to_have_text(re.compile("^1 order is late"))
    expect(page.locator(".need").first).to_contain_text(orders["late"].id)


def test_an_address_is_opened_once_and_is_gone_afterwards(page: Page, orders: dict[str, Order]) -> None:
    page.locator(f"#row-{orders['by_hand'].ref}").click()
    expect(page.get_by_role("button", name="Open once")).to_be_visible()
    assert CANARY[Field.NAME] not in page.content()
    page.get_by_role("button", name="Open once").click()
    expect(page.locator("address")).to_contain_text(CANARY[Field.NAME])
    page.get_by_role("link", name="Close").click()
    expect(page.locator(".timeline")).to_contain_text("Personal data opened")
    assert CANARY[Field.NAME] not in page.content()


def test_a_parcel_is_reported_from_the_form(page: Page, orders: dict[str, Order]) -> None:
    page.locator(f"#row-{orders['by_hand'].ref}").click()
    page.get_by_label("Carrier").fill("UPS")
    page.get_by_label("Tracking number").fill("1Z999")
    page.get_by_role("button", name="Report the parcel").click()
    expect(page.locator("#parcels")).to_contain_text("1Z999")
    expect(page.locator(".title .pill")).to_have_text(OrderState.SHIPPED.value)


def test_a_held_parcel_goes_by_the_carrier_that_is_suggested(page: Page, held_parcel: Order) -> None:
    page.goto(f"{page.url.rstrip('/')}/orders/{held_parcel.ref}")
    page.get_by_role("button", name="By DHL eCommerce").click()
    expect(page.locator("#parcel-1")).to_contain_text("DHL eCommerce")
    expect(page.locator("#parcel-1 .pill")).to_have_text("reported")
    page.get_by_text("Correct it").click()
    page.locator("#parcel-1").get_by_label("Tracking number").fill("GM555555555555555556")
    page.get_by_role("button", name="Correct the parcel").click()
    expect(page.locator("#parcel-1")).to_contain_text("GM555555555555555556")
    expect(page.locator(".timeline")).to_contain_text("A parcel was corrected")


def test_the_open_page_follows_what_happens(page: Page, orders: dict[str, Order]) -> None:
    expect(page.locator("#stage-held b")).to_have_text("2")
    other = page.context.new_page()
    other.goto(page.url + f"orders/{orders['held'].ref}")
    other.get_by_role("button", name="examine again").click()
    expect(page.locator("#stage-held b")).to_have_text("1")


def test_a_blocked_order_is_looked_at_and_the_open_page_of_shipping_follows(
    page: Page, orders: dict[str, Order]
) -> None:
    page.locator("#risk-blocked").click()
    listed = page.locator(f"#risk-{orders['held'].ref}")
    expect(listed).to_have_text(orders["held"].id)
    expect(page.locator("tr", has=listed)).to_contain_text("The buyer asked to cancel")
    expect(page.locator("#seller-acme-us")).to_contain_text(re.compile(r"^\s*acme-us\s+seller"))
    other = page.context.new_page()
    other.goto(f"{page.url.partition('/shipping')[0]}/orders/{orders['held'].ref}")
    other.get_by_role("button", name="examine again").click()
    expect(listed).to_have_count(0)


@pytest.mark.parametrize("width", [360, 800, 1010, 1210, 1360])
def test_no_page_is_wider_than_its_window(page: Page, orders: dict[str, Order], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    start = page.url.rstrip("/")
    for path in (
        "",
        f"orders/{orders['by_hand'].ref}",
        "shipping",
        "unmatched",
        "synchronization",
        "connect",
    ):
        page.goto(f"{start}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1010, 1210, 1360])
def test_an_order_can_be_looked_for_in_any_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(page.url)
    box = page.locator(".find input").bounding_box()
    assert box is not None
    assert box["width"] >= 150
    out = page.get_by_role("button", name="Sign out").bounding_box()
    assert out is not None
    assert out["height"] < 50, "in one line"
