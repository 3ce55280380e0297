"""A seller is connected in Chromium: console, Seller Central's page, and back, all over real HTTP."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.browsing import needs_chromium, signed_in
from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.applications import add_application
from dockseal.cli.opened import person
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.console.parts import parts
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import new_link
from dockseal.domain.application import Application
from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.settings import settings_from
from spapi_simulator import Simulator
from spapi_simulator.watching.server import SimulatorServer

pytestmark = needs_chromium
ACME, RENO, US = SellerId("acme-us"), WarehouseId("reno"), "ATVPDKIKX0DER"


@dataclass(frozen=True, kw_only=True)
class Here:
    """A Dockseal with an application, and the Amazon it is registered with."""

    app: App
    console: str
    link: str
    amazon: Simulator
    account_id: str
    seller_central: str


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    amazon = Simulator(clock=SystemClock(), seed=7)
    account = amazon.add_seller(region="NA", marketplaces=(US,))
    with ExitStack() as stack:
        served = stack.enter_context(SimulatorServer(amazon))
        # By another name than the console's: to a browser Amazon is another site, without our cookies.
        amazon_url = served.url.replace("127.0.0.1", "localhost")
        settings = settings_from(
            {
                "data_dir": tmp_path / "data",
                "key_dir": tmp_path / "keys",
                "amazon_url": amazon_url,
                "console_port": 0,
            }
        )
        create_keys(settings, person())
        app = build(settings, console=parts(settings), queue_wait_seconds=0)
        stack.callback(app.close)
        console = ConsoleServer(app, settings.console_host, settings.console_port)
        console.start()
        stack.callback(console.stop)
        callback = f"{console.url}/connect/callback"
        registered = amazon.add_application(name="Dockseal", redirect_uris=[callback])
        add_warehouse(app, RENO, kind="by_hand", options={}, keys=new_secrets())
        add_application(
            app,
            Application(id="dockseal", application_id=registered.application_id, redirect_uri=callback),
            ClientCredentials(client_id=registered.client_id, client_secret=Secret(registered.client_secret)),
        )
        yield Here(
            app=app,
            console=console.url,
            link=new_link(app, console.url),
            amazon=amazon,
            account_id=account.seller_id,
            seller_central=amazon_url,
        )


def ask(page: Page, here: Here) -> None:
    """Makes the consent address and opens it, as a person does."""
    page.get_by_role("link", name="Sellers", exact=True).click()
    page.get_by_label("Your name for it").fill(ACME)
    page.get_by_label("Sells in").select_option(US)
    page.get_by_role("button", name="Make the consent address").click()
    page.get_by_role("link", name="Open it here").click()
    consent = re.escape(f"{here.seller_central}/apps/authorize/consent?")
    expect(page).to_have_url(re.compile(f"^{consent}"))
    expect(page.locator("body")).to_contain_text(here.account_id)


def test_a_seller_says_no_at_first_and_then_yes(here: Here) -> None:
    with signed_in(here.link, expected=("409 (Conflict)",)) as page:
        addresses: list[str] = []
        page.on("framenavigated", lambda frame: addresses.append(frame.url))
        ask(page, here)
        page.get_by_role("button", name="Decline").click()
        page.get_by_role("heading", name="Seller acme-us said no").wait_for()
        page.get_by_role("button", name="Take note").click()
        expect(page.locator("main")).to_contain_text("Seller acme-us did not consent at Amazon")
        page.get_by_role("link", name="To the sellers").click()
        expect(page.locator("main")).to_contain_text("No seller is connected yet")

        ask(page, here)
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("heading", name="Connect seller acme-us").wait_for()
        page.goto(f"{here.console}/connect")
        expect(page.locator(".queue")).to_contain_text("Seller acme-us came back from Amazon")
        page.get_by_role("link", name="Go on").click()
        page.get_by_role("button", name="Finish").click()
        page.get_by_role("heading", name="Seller acme-us").wait_for()
        expect(page.locator(".title .pill")).to_have_text("connected")
        lines = {
            item.locator("b").inner_text().lower(): item.locator(".standing").inner_text()
            for item in page.locator(".checklist li").all()
        }
        said = page.locator(".checklist .unknown").inner_text()
        page.get_by_role("link", name="How complete it is").click()
        expect(page.locator("#acme-us h2")).to_contain_text("acme-us")

    assert lines == {
        "consent": "done",
        "marketplaces": "done",
        "orders": "done",
        "names and streets": "not known yet",
        "queue": "done",
        "notifications": "done",
    }
    assert "the first order will tell" in said.lower()
    # The code stands in the one address that Amazon sends to, and in none after it.
    with_code = [url for url in addresses if "spapi_oauth_code" in url]
    assert [url.split("?")[0] for url in with_code] == [f"{here.console}/connect/callback"]
