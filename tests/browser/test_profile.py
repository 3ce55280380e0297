"""What Chromium keeps on the disk of whoever opened an address: pages say no-store, and it holds to that."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from browser.browsing import ARGS, CHROMIUM, needs_chromium, sign_in
from dockseal.console import server
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.domain.order import Order
from faults.canaried import MARK
from scanner import Scanner
from unit.console.world import CANARY, World, fill, make_world

pytestmark = needs_chromium
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A console whose one sealed order has a canary in each field."""
    for field in CANARY:
        monkeypatch.setitem(CANARY, field, f"{MARK}{field.value.replace('_', '')}Zq")
    (tmp_path / "world").mkdir()
    world = make_world(tmp_path / "world")
    yield world
    world.storage.close()


def profile_after(world: World, order: Order, folder: Path) -> dict[str, set[str]]:
    """Opens an address in a browser with a profile, as a person does; returns where canaries are left."""
    console = ConsoleServer(world, "127.0.0.1", 0)
    console.start()
    link = new_link(world, console.url)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch_persistent_context(
                folder, executable_path=CHROMIUM, args=ARGS
            )
            open_and_leave(browser.pages[0], link, order)
            browser.close()
    finally:
        console.stop()
    assert {"Default", "Local State"} <= {each.name for each in folder.iterdir()}
    assert b"/sign-in/" in (folder / "Default" / "History").read_bytes(), "no history: no profile was kept"
    return Scanner(MARK).in_folder(folder)


def open_and_leave(page: Page, link: str, order: Order) -> None:
    sign_in(page, link)
    start = page.url.rstrip("/")
    for purpose in ("shipping_label", "packing_slip"):
        page.goto(f"{start}/orders/{order.ref}")
        page.locator(f'[name="purpose"][value="{purpose}"]').check()
        page.get_by_role("button", name="Open once").click()
        expect(page.locator("main")).to_contain_text(MARK)
        page.get_by_role("link", name="Close").click()
        expect(page.locator("main")).not_to_contain_text(MARK)
    page.goto(f"{start}/synchronization")
    assert MARK not in page.content()
    with contextlib.suppress(Error):
        # Back to the slip, out of the cache: where that keeps none this fails.
        page.go_back()
        page.go_back()


def test_no_address_is_left_in_the_browser_of_whoever_opened_it(world: World, tmp_path: Path) -> None:
    assert profile_after(world, fill(world)["by_hand"], tmp_path / "profile") == {}


def test_did_its_page_not_say_no_store_it_would_lie_in_the_cache(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful = server.application

    def careless(app: World) -> Wsgi:
        console = careful(app)

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                kept = [pair for pair in headers if pair[0].lower() != "cache-control"]
                return start_response(status, [*kept, ("Cache-Control", "private, max-age=600")], *more)

            return console(environ, start)

        return serve

    monkeypatch.setattr(server, "application", careless)
    found = profile_after(world, fill(world)["by_hand"], tmp_path / "profile")
    assert [place for place in found if "Cache" in place], f"the plant was not found: {sorted(found)}"
