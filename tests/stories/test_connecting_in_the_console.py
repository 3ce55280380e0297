"""A seller comes back from Amazon to the console's page."""

from urllib.parse import urlsplit

import httpx
import pytest

from day import START, WAREHOUSE
from dockseal.console.ports import App as ConsoleApp
from dockseal.domain.clock import ManualClock as PeopleClock
from dockseal.domain.seller import RECIPIENT_V2026
from spapi_simulator import Role
from town import Town, query_of
from unit.console.person import Person

_PLAIN = {Role.INVENTORY_AND_ORDER_TRACKING}


def finished(town: Town, address: str, people: PeopleClock, *, signed_in: bool = True) -> httpx.Response:
    """Follows the address as a browser does: our cookie does not come along from Amazon."""
    app: ConsoleApp = town.app
    browser = Person(app, people)
    if signed_in:
        browser.sign_in()
    parts = urlsplit(address)
    cookies, browser.client.cookies = browser.client.cookies, httpx.Cookies()
    page = browser.get(f"{parts.path}?{parts.query}")
    browser.client.cookies = cookies
    assert page.headers["referrer-policy"] == "no-referrer"
    told = query_of(address)
    assert told["state"] not in page.text
    if page.status_code != 200:
        return page
    assert "spapi_oauth_code" not in page.text
    link = page.text.split('href="/connect/finish/')[1].split('"')[0]
    if not signed_in:
        return browser.get(f"/connect/finish/{link}")
    return browser.send(f"/connect/finish/{link}", page=f"/connect/finish/{link}")


@pytest.fixture
def people() -> PeopleClock:
    return PeopleClock(start=START)


def test_the_console_finishes_what_the_seller_came_back_with(town: Town, people: PeopleClock) -> None:
    answer = finished(town, town.consent(town.start()), people)
    assert answer.status_code == 200
    assert "Nothing is missing" in answer.text
    assert town.kept().rests_because == ""
    assert town.app.storage.audit.search(tag="seller:consent:given")[0].actor == "person:console"


def test_the_console_finishes_nothing_for_who_is_not_signed_in(town: Town, people: PeopleClock) -> None:
    answer = finished(town, town.consent(town.start()), people, signed_in=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert town.app.storage.sellers.all() == []


def test_the_console_tells_of_a_seller_that_declined(town: Town, people: PeopleClock) -> None:
    answer = finished(town, town.consent(town.start(), decision="decline"), people)
    assert answer.status_code == 409
    assert "acme-us did not consent" in answer.text
    assert town.audited("seller:consent:refused") == [{"reason": "declined", "seller": "acme-us"}]


def test_the_console_refuses_an_address_it_took_before(town: Town, people: PeopleClock) -> None:
    address = town.consent(town.start())
    finished(town, address, people)
    answer = finished(town, address, people)
    assert answer.status_code == 400
    assert "used before" in answer.text


def test_the_console_checks_again_and_keeps_what_an_order_showed(town: Town, people: PeopleClock) -> None:
    town.connect()
    browser = Person(town.app, people)
    browser.sign_in()
    answer = browser.send("/connect/check/acme-us", page="/connect")
    assert "the first order will tell" in answer.text
    kept = town.kept()
    town.app.storage.sellers.change(kept, may_read=kept.may_read | {RECIPIENT_V2026})
    answer = browser.send("/connect/check/acme-us", page="/connect")
    assert "an order came with its address in Orders v2026-01-01" in answer.text
    assert town.kept().may_read == kept.may_read | {RECIPIENT_V2026}
    assert len(town.audited("seller:account:checked")) == 3


def test_what_the_form_lacks_is_said_beside_it_and_asks_no_seller(town: Town, people: PeopleClock) -> None:
    browser = Person(town.app, people)
    browser.sign_in()
    whole = {"name": "acme-us", "where": "NA", "application": "dockseal", "warehouse": str(WAREHOUSE)}
    for bent, words in [
        ({"name": "Acme US"}, "a name has 1 to 40 small letters"),
        ({"where": "elsewhere"}, "choose where the seller sells"),
        ({"application": "other"}, "other"),
        ({"warehouse": "nowhere"}, "nowhere"),
    ]:
        answer = browser.send("/connect/start", {**whole, **bent}, page="/connect")
        assert answer.status_code == 400
        assert words in answer.text.partition('role="alert"')[2].partition("</p>")[0]
    assert town.audited("seller:consent:asked") == []
    answer = browser.send("/connect/start", whole, page="/connect")
    assert 'href="https://sellercentral.amazon.com/apps/authorize/consent?' in answer.text
    assert len(town.audited("seller:consent:asked")) == 1
