"""The page of the audit trail in Chromium: asked as a person asks, and taken away as a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.browsing import needs_chromium, signed_in
from dockseal.console.desk import PERSON
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.domain.access import Purpose
from dockseal.domain.order import Order
from dockseal.monitoring_audit.tags import Tag
from unit.console.world import World, fill, make_world

pytestmark = needs_chromium


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path)
    yield world
    world.storage.close()


@pytest.fixture
def order(world: World) -> Order:
    found = fill(world)["by_hand"]
    with world.storage.transaction():
        world.trail.record(Tag.ORDER_DATA_OPENED, actor=PERSON, order=found.ref, purpose=Purpose.PACKING_SLIP)
    return found


@pytest.fixture
def link(world: World, order: Order) -> Iterator[str]:
    server = ConsoleServer(world, "127.0.0.1", 0)
    server.start()
    yield new_link(world, server.url)
    server.stop()


@pytest.fixture
def page(link: str) -> Iterator[Page]:
    with signed_in(link) as page:
        yield page


def test_who_opened_an_order_is_found_and_taken_away(page: Page, order: Order) -> None:
    page.get_by_role("link", name="Audit").click()
    page.get_by_label("Order").fill(order.id)
    page.get_by_label("Why").select_option("packing_slip")
    page.get_by_role("button", name="Search").click()
    row = page.locator(".trail tbody tr")
    expect(row).to_contain_text("person:console")
    expect(row).to_contain_text(order.ref)
    with page.expect_download() as taken:
        page.get_by_role("link", name="OCSF").click()
    assert taken.value.suggested_filename == "audit-trail.jsonl"
    assert '"class_uid":6005' in taken.value.path().read_text()
    page.get_by_role("link", name="Access register").click()
    expect(page.locator(".trail tbody tr")).to_contain_text("packing slip")
