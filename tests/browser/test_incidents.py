"""The page of incidents in Chromium: from the lock to the closed case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.browsing import needs_chromium, signed_in
from daily import make_day  # noqa: F401  a fixture: pytest finds it here by its name
from day import Day, MakeDay
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.domain.access import Actor, ActorKind
from harvesting import case_of, harvest, orders, plant

pytestmark = needs_chromium


@pytest.fixture
def harvested(make_day: MakeDay) -> Day:  # noqa: F811  the fixture, not a second one
    day = make_day(adapter="by_hand", choices={"impoc_name": "Sam Sample", "impoc_mail": "impoc@example.com"})
    found = [*orders(day, 2), *plant(day, 1)]
    harvest(day, found, Actor(kind=ActorKind.PERSON, name="picker"))
    return day


@pytest.fixture
def link(harvested: Day) -> Iterator[tuple[str, str]]:
    """A sign-in link, and the address of the case; made before the browser, whose loop refuses Django."""
    server = ConsoleServer(harvested.app, "127.0.0.1", 0)
    server.start()
    yield new_link(harvested.app, server.url), f"{server.url}/incidents/{case_of(harvested).id}"
    server.stop()


def test_an_officer_works_a_case_from_the_lock_to_its_end(link: tuple[str, str], tmp_path: Path) -> None:
    with signed_in(link[0], expected=("409 (Conflict)",)) as page:
        page.get_by_role("link", name="Incidents").click()
        expect(page.locator("main")).to_contain_text("24 h 0 min left")
        page.goto(link[1])
        expect(page.locator("main")).to_contain_text("2 orders of acme-us")
        page.get_by_role("button", name="Freeze evidence now").click()
        page.get_by_label("What was found out").fill("It was alpha@example.com.")
        page.get_by_role("button", name="Add a note").click()
        expect(page.get_by_role("alert")).to_contain_text("looks like an e-mail address")
        stop = page.locator("form", has=page.get_by_role("button", name="Stop all opening"))
        stop.get_by_label("I mean it").check()
        stop.get_by_role("button").click()
        expect(page.locator(".chain")).to_contain_text("All opening of personal data was stopped.")
        expect(page.locator(".notice")).to_contain_text("Sam Sample, impoc@example.com")
        page.get_by_role("button", name="It was sent").click()
        for name in ("Root cause", "Remediation", "Corrective control"):
            page.get_by_label(name).fill("It was seen to.")
        page.get_by_role("button", name="Close the case").click()
        expect(page.get_by_text("closed", exact=True)).to_have_count(1)
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
