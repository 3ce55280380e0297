"""The page of alerts in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.browsing import needs_chromium, signed_in
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from unit.console.world import START, World, make_world
from unit.monitoring_audit.alerts.made import DESK, firing, resolved

pytestmark = needs_chromium
SENTENCE = "It is complete to 07:10:00 UTC, 50 minutes ago; look at its lane and at Amazon's answers to it."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path)
    told = {"desk": START}
    world.storage.alert_channels.put(DESK)
    world.storage.alerts.add(firing("sweep acme-us", START, sentence=SENTENCE, told=told))
    world.storage.alerts.add(firing("canary 7f3k", START, sentence="Somebody opened it: see who.", told=told))
    world.storage.alerts.add(resolved("lockout api/192.0.2.7", START, told={}))
    yield world
    world.storage.close()


@pytest.fixture
def link(world: World) -> Iterator[str]:
    """A sign-in link of a running server; made before the browser, in whose loop Django refuses to work."""
    server = ConsoleServer(world, "127.0.0.1", 0)
    server.start()
    yield new_link(world, server.url)
    server.stop()


def test_a_person_sees_to_one_and_keeps_another_quiet(link: str, tmp_path: Path) -> None:
    with signed_in(link) as page:
        page.get_by_role("link", name="Alerts").click()
        canary = page.locator("section", has=page.get_by_role("heading", name="canary 7f3k"))
        late = page.locator("section", has=page.get_by_role("heading", name="sweep acme-us"))
        canary.get_by_text("What it means, and what to do").click()
        expect(canary.get_by_text("Treat it as a breach until it is explained")).to_be_visible()
        page.screenshot(path=tmp_path / "alerts.png", full_page=True)
        canary.get_by_role("button", name="I see to it").click()
        expect(canary.get_by_text("acknowledged")).to_be_visible()
        late.get_by_label("For").nth(1).select_option("24")
        late.get_by_role("button", name="Keep it quiet").click()
        expect(late.get_by_text("muted")).to_be_visible()
        page.set_viewport_size({"width": 400, "height": 900})
        width = page.evaluate("document.documentElement.scrollWidth")
        page.screenshot(path=tmp_path / "alerts-narrow.png", full_page=True)
        assert width <= 400
        page.get_by_role("button", name="Tell again").click()
        expect(late.get_by_text("firing")).to_be_visible()
