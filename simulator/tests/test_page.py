"""The page in Chromium. Where none is installed these tests say so and are skipped."""

import re
import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from shop import Shop

from spapi_simulator import Fault
from spapi_simulator.watching.page import page as page_answer
from spapi_simulator.watching.server import SimulatorServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
in_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here, so the simulator's page was not tried in a browser"
)


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with SimulatorServer(shop.sim, scenario="a-scenario") as server:
        yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(url: str, browser: Browser) -> Iterator[Page]:
    """The page, open; the test fails if the browser complains of anything, such as the policy."""
    complaints: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        expect(page.locator("#now")).to_have_attribute("datetime", re.compile("2026"))
        yield page
    assert complaints == []


def test_the_root_leads_to_the_page(url: str) -> None:
    answer = httpx.get(url, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/_simulator/")
    assert httpx.head(f"{url}/_simulator").headers["location"] == "/_simulator/"
    assert httpx.post(url).status_code == 404


def test_the_page_loads_nothing_from_elsewhere() -> None:
    answer = page_answer()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"(?:src|href)=\"(?!data:)|https?://|@import|\son\w+=|\sstyle=", answer.text) == []


@in_chromium
def test_the_page_shows_orders_calls_and_buckets(shop: Shop, page: Page) -> None:
    order_id = shop.place()
    shop.sim.faults.add(Fault(operation="getOrderItems", status=503, times=3))
    shop.get(f"/orders/v0/orders/{order_id}")
    shop.get(f"/orders/v0/orders/{order_id}/orderItems")
    shop.get("/orders/v0/orders/113-0000000-0000000", token="Atza|none")
    page.wait_for_selector("#events tr")
    body = page.locator("body")
    for told in ("a-scenario", "Unshipped", "29 of 30", order_id, "403", "503", "Unauthorized"):
        expect(body).to_contain_text(told, use_inner_text=True)
    recipient = shop.sim.order(order_id).recipient
    assert recipient.postal_code not in page.content()


@in_chromium
@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        ("Place an order", "is placed."),
        ("A pending one", "waits for its payment."),
        ("Ten at once", "Ten orders are placed."),
        ("+ 1 hour", "An hour has passed."),
        ("A tenth of every plan", "Every usage plan is a tenth"),
        ("Expire all access tokens", "has expired."),
        ("Outage for 10 minutes", "Nothing answers for ten minutes."),
        ("Lose the next answer", "its answer lost."),
        ("503 on every third call", "Every third call fails."),
        ("Slow for 10 minutes", "Every answer takes three seconds"),
        ("Lose every second notification", "notification is lost."),
    ],
)
def test_a_button_does_what_it_says(page: Page, button: str, sentence: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    said = page.get_by_role("status")
    expect(said).to_contain_text(sentence)


@in_chromium
def test_a_fault_is_seen_and_ended(shop: Shop, page: Page) -> None:
    page.get_by_role("button", name="503 on every third call").click()
    rows = page.locator("#faults li")
    expect(rows).to_contain_text(["every operation"])
    assert len(shop.sim.faults) == 1
    page.get_by_role("button", name="End all faults").click()
    expect(rows).to_contain_text(["Nothing is meant to go wrong."])
    assert len(shop.sim.faults) == 0


@in_chromium
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_page_is_not_wider_than_its_window(shop: Shop, page: Page, width: int) -> None:
    shop.get(f"/orders/v0/orders/{shop.place()}")
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_selector("#events tr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
