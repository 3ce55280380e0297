import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from shop import US, Shop, error, open_shop

from spapi_simulator import Application, Behaviours, Role, Seller
from spapi_simulator.watching.server import SimulatorServer

CONSENT = "https://sellercentral.amazon.com/apps/authorize/consent"
BACK = "https://developer.example/landing"
OTHER = "https://developer.example/other?tenant=7"
LOGIN = "https://developer.example/login"
STATE = 'a state/with +&=%20 "quotes" <b>\'ü'


def register(shop: Shop, *, name: str = "Public & <b>", **choices: object) -> Application:
    settings: dict[str, object] = {"redirect_uris": [BACK, OTHER], "login_uri": LOGIN} | choices
    return shop.sim.add_application(name=name, **settings)  # type: ignore[arg-type]  # as the test says


def ask(shop: Shop, app: Application, url: str = CONSENT, **changes: str) -> httpx.Response:
    return shop.http.get(url, params={"application_id": app.application_id, "state": STATE} | changes)


def fields(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the first form, as a browser would send them."""
    form = page.text.partition("<form")[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def decide(shop: Shop, page: httpx.Response, decision: str = "confirm", **changes: str) -> httpx.Response:
    return shop.http.post(
        page.url.copy_with(query=None), data=fields(page) | {"decision": decision} | changes
    )


def query(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302
    parts = urlsplit(answer.headers["location"])
    return {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}


def code_of(shop: Shop, app: Application, **changes: str) -> str:
    return query(decide(shop, ask(shop, app, **changes)))["spapi_oauth_code"]


def exchange(shop: Shop, app: Application, code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    return shop.http.post("https://api.amazon.com/auth/o2/token", data=form | changes)


def refresh(shop: Shop, app: Application, token: str) -> httpx.Response:
    return shop.login(refresh_token=token, client_id=app.client_id, client_secret=app.client_secret)


def test_the_page_names_the_application_and_its_roles_and_runs_nothing(shop: Shop) -> None:
    page = ask(shop, register(shop, roles=[Role.TAX_INVOICING]))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "Public &amp; &lt;b&gt;" in page.text
    assert Role.TAX_INVOICING in html.unescape(page.text)
    assert Role.TAX_REMITTANCE not in html.unescape(page.text)
    assert "<script" not in page.text
    assert "<b>" not in page.text


def test_confirming_sends_the_seller_back_with_the_state_as_it_came(shop: Shop) -> None:
    answer = decide(shop, ask(shop, register(shop)))
    assert answer.headers["location"].startswith(f"{BACK}?")
    assert set(query(answer)) == {"state", "selling_partner_id", "spapi_oauth_code"}
    assert query(answer)["state"] == STATE
    assert query(answer)["selling_partner_id"] == shop.seller.seller_id


def test_declining_sends_the_seller_back_without_a_code(shop: Shop) -> None:
    answer = decide(shop, ask(shop, register(shop)), "decline")
    assert query(answer) == {"error": "access_denied", "state": STATE}


def test_a_redirect_uri_that_has_a_query_keeps_it(shop: Shop) -> None:
    answer = decide(shop, ask(shop, register(shop), redirect_uri=OTHER))
    assert answer.headers["location"].startswith(f"{OTHER}&")
    assert query(answer)["tenant"] == "7"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"application_id": "amzn1.sp.solution.unknown"}, "MD1000", "no application"),
        ({"application_id": ""}, "MD1000", "no application"),
        ({"redirect_uri": "https://elsewhere.example/"}, "MD5101", "does not match"),
        ({"redirect_uri": f"{BACK}/"}, "MD5101", "does not match"),
        ({"redirect_uri": f"{BACK}#part"}, "MD5110", "fragment"),
    ],
)
def test_what_is_wrong_stays_on_the_page(shop: Shop, changes: dict[str, str], code: str, words: str) -> None:
    app = register(shop)
    page = ask(shop, app, **changes)
    posted = decide(shop, ask(shop, app), **changes)
    for answer in (page, posted):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert code in answer.text
        assert words in answer.text
    assert "<form" not in page.text


def test_an_application_without_a_redirect_uri_cannot_be_authorised_here(shop: Shop) -> None:
    assert "MD5100" in ask(shop, register(shop, redirect_uris=[])).text


def test_a_draft_needs_version_beta_until_it_is_published(shop: Shop) -> None:
    app = register(shop, draft=True)
    assert "MD1000" in ask(shop, app).text
    assert "Draft" in ask(shop, app, version="alpha").text
    beta = ask(shop, app, version="beta")
    assert query(decide(shop, beta))["state"] == STATE
    assert decide(shop, beta, version="").status_code == 400
    shop.sim.publish_application(app)
    assert ask(shop, app).status_code == 200


def test_each_seller_central_knows_the_sellers_of_its_region(shop: Shop) -> None:
    european = shop.sim.add_seller(region="EU", marketplaces=["A1PA6795UKMFR9"])
    app = register(shop)
    local = ask(shop, app, "http://127.0.0.1/apps/authorize/consent")
    europe = ask(shop, app, CONSENT.replace("sellercentral.", "sellercentral-europe."))
    america = ask(shop, app)
    assert european.seller_id in europe.text
    assert shop.seller.seller_id not in europe.text
    assert european.seller_id not in america.text
    assert {european.seller_id, shop.seller.seller_id} <= set(re.findall(r"Seller (\w+)", local.text))
    assert decide(shop, america, selling_partner_id=european.seller_id).status_code == 400
    assert decide(shop, local, selling_partner_id=european.seller_id).status_code == 302


def test_seller_central_has_no_other_pages(shop: Shop) -> None:
    assert shop.http.get("https://sellercentral.amazon.com/orders-v3").status_code == 404
    assert shop.http.put(CONSENT).status_code == 404


def test_a_code_is_exchanged_for_tokens_that_open_orders(shop: Shop) -> None:
    app, order_id = register(shop), shop.place()
    answer = exchange(shop, app, code_of(shop, app), redirect_uri=BACK)
    assert answer.status_code == 200
    tokens = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert tokens["refresh_token"].startswith("Atzr|")
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert shop.get(f"/orders/v0/orders/{order_id}", token=tokens["access_token"]).status_code == 200
    assert refresh(shop, app, tokens["refresh_token"]).status_code == 200


def test_a_code_is_good_once(shop: Shop) -> None:
    app = register(shop)
    code = code_of(shop, app)
    assert exchange(shop, app, code).status_code == 200
    again = exchange(shop, app, code)
    assert (again.status_code, again.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "The request has an invalid grant parameter : code"},
    )


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 400)])
def test_a_code_lives_five_minutes(shop: Shop, seconds: float, status: int) -> None:
    app = register(shop)
    code = code_of(shop, app)
    shop.clock.advance(seconds=seconds)
    assert exchange(shop, app, code).status_code == status


def test_a_code_belongs_to_its_application_and_its_redirect_uri(shop: Shop) -> None:
    app, other = register(shop), register(shop, name="other")
    code = code_of(shop, app, redirect_uri=OTHER)
    assert exchange(shop, other, code).json()["error_description"].endswith(": code")
    assert exchange(shop, app, "made-up").json()["error_description"].endswith(": code")
    assert exchange(shop, app, code, redirect_uri=BACK).json()["error_description"].endswith(": redirect_uri")
    assert exchange(shop, app, code, redirect_uri=OTHER).status_code == 200


def test_an_exchange_without_a_code_or_with_a_wrong_secret_is_refused(shop: Shop) -> None:
    app = register(shop)
    code = code_of(shop, app)
    missing = exchange(shop, app, "")
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    assert missing.json()["error_description"].endswith(": code")
    wrong = exchange(shop, app, code, client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert exchange(shop, app, code).status_code == 200


@pytest.mark.parametrize("ends", [False, True])
def test_authorising_again_gives_a_new_refresh_token(ends: bool) -> None:
    shop = open_shop(behaviours=Behaviours(reauthorisation_ends_old_token=ends))
    app = register(shop)
    first, second = (exchange(shop, app, code_of(shop, app)).json()["refresh_token"] for _ in range(2))
    assert first != second
    assert refresh(shop, app, second).status_code == 200
    assert refresh(shop, app, first).status_code == (400 if ends else 200)
    assert shop.login().status_code == 200, "another application's consent is none of its business"


@pytest.mark.parametrize("days", [365, None])
def test_a_consent_ends_after_a_year_and_a_self_authorisation_does_not(days: float | None) -> None:
    shop = open_shop(behaviours=Behaviours(consent_days=days, client_secret_days=None))
    app = register(shop)
    token = exchange(shop, app, code_of(shop, app)).json()["refresh_token"]
    shop.clock.advance(timedelta(days=365, seconds=-1))
    last = refresh(shop, app, token)
    assert last.status_code == 200
    shop.clock.advance(seconds=1)
    ended = refresh(shop, app, token)
    refused = shop.get("/sellers/v1/account", token=last.json()["access_token"])
    if days is None:
        assert (ended.status_code, refused.status_code) == (200, 200)
    else:
        assert (ended.status_code, ended.json()["error"]) == (400, "invalid_grant")
        assert "User may have revoked" in ended.json()["error_description"]
        assert error(refused)[:2] == (403, "Unauthorized")
        assert exchange(shop, app, code_of(shop, app)).status_code == 200
    assert shop.login().status_code == 200


def test_a_new_role_counts_only_after_a_new_consent(shop: Shop) -> None:
    app = register(shop, roles=[Role.TAX_INVOICING])
    wanted = {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["shippingAddress"]}

    def rdt(token: str) -> httpx.Response:
        body = {"restrictedResources": [wanted]}
        return shop.post("/tokens/2021-03-01/restrictedDataToken", body, token=token)

    old = exchange(shop, app, code_of(shop, app)).json()
    shop.sim.add_role(app, Role.DIRECT_TO_CONSUMER_SHIPPING)
    assert Role.DIRECT_TO_CONSUMER_SHIPPING in html.unescape(ask(shop, app).text)
    fresh = refresh(shop, app, old["refresh_token"]).json()["access_token"]
    assert error(rdt(fresh)) == (
        400,
        "InvalidInput",
        "Application does not have access to one or more requested data elements: [shippingAddress]",
    )
    new = exchange(shop, app, code_of(shop, app)).json()
    assert rdt(new["access_token"]).status_code == 200


def test_a_role_added_before_the_exchange_comes_too_late_for_the_code(shop: Shop) -> None:
    app = register(shop, roles=[Role.TAX_INVOICING])
    code = code_of(shop, app)
    shop.sim.add_role(app, Role.DIRECT_TO_CONSUMER_SHIPPING)
    token = exchange(shop, app, code).json()["access_token"]
    wanted = {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}
    body = {"restrictedResources": [wanted]}
    assert shop.post("/tokens/2021-03-01/restrictedDataToken", body, token=token).status_code == 400


def start(shop: Shop, app: Application, seller: Seller | None = None, base: str = "") -> dict[str, str]:
    url = shop.sim.start_in_appstore(app, seller or shop.seller, base=base)
    assert url.startswith(f"{LOGIN}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def complete(shop: Shop, told: dict[str, str], **changes: str) -> httpx.Response:
    given = {"redirect_uri": BACK, "amazon_state": told["amazon_state"], "state": STATE} | changes
    return shop.http.get(told["amazon_callback_uri"], params=given)


def test_the_appstore_sends_the_seller_through_the_login_uri_and_back(shop: Shop) -> None:
    app = register(shop)
    told = start(shop, app)
    assert set(told) == {"amazon_callback_uri", "amazon_state", "selling_partner_id"}
    assert told["selling_partner_id"] == shop.seller.seller_id
    answer = complete(shop, told)
    assert answer.headers["location"].startswith(f"{BACK}?")
    assert (query(answer)["state"], query(answer)["selling_partner_id"]) == (STATE, shop.seller.seller_id)
    assert exchange(shop, app, query(answer)["spapi_oauth_code"]).status_code == 200


def test_an_amazon_state_is_good_once_for_its_application_and_for_an_hour(shop: Shop) -> None:
    app, other = register(shop), register(shop, name="other")
    told = start(shop, app)
    stolen = told | {"amazon_callback_uri": start(shop, other)["amazon_callback_uri"]}
    assert complete(shop, stolen).status_code == 400
    assert complete(shop, told, amazon_state="made-up").status_code == 400
    assert complete(shop, told).status_code == 302
    assert "amazon_state" in complete(shop, told).text
    late = start(shop, app)
    shop.clock.advance(seconds=3600)
    assert complete(shop, late).status_code == 400


def test_a_draft_in_the_appstore_flow_carries_version_beta(shop: Shop) -> None:
    app = register(shop, draft=True)
    told = start(shop, app)
    assert told["version"] == "beta"
    assert complete(shop, told).status_code == 400
    assert complete(shop, told, version="beta").status_code == 302


def test_the_callback_refuses_a_redirect_uri_that_is_not_registered(shop: Shop) -> None:
    told = start(shop, register(shop))
    assert "MD5101" in complete(shop, told, redirect_uri="https://elsewhere.example/").text
    assert complete(shop, told).status_code == 302


def test_the_appstore_flow_reaches_a_simulator_behind_an_address(shop: Shop) -> None:
    told = start(shop, register(shop), base="http://127.0.0.1:9")
    assert told["amazon_callback_uri"].startswith("http://127.0.0.1:9/apps/authorize/confirm/")
    assert complete(shop, told).status_code == 302


def test_the_appstore_needs_a_login_uri(shop: Shop) -> None:
    with pytest.raises(ValueError, match="Login URI"):
        shop.sim.start_in_appstore(register(shop, login_uri=""), shop.seller)


def test_a_europeans_refresh_token_opens_nothing_in_america(shop: Shop) -> None:
    app = register(shop)
    shop.sim.add_seller(region="EU", marketplaces=["A1PA6795UKMFR9"])
    page = ask(shop, app, CONSENT.replace("sellercentral.", "sellercentral-europe."))
    tokens = exchange(shop, app, query(decide(shop, page))["spapi_oauth_code"]).json()
    europe = "https://sellingpartnerapi-eu.amazon.com"
    assert shop.get("/sellers/v1/account", token=tokens["access_token"], host=europe).status_code == 200
    refused = shop.get("/sellers/v1/account", token=tokens["access_token"])
    assert error(refused)[:2] == (403, "Unauthorized")
    american = shop.get(
        "/orders/v0/orders",
        token=tokens["access_token"],
        host=europe,
        MarketplaceIds=US,
        LastUpdatedAfter="2026-11-02T07:00:00Z",
    )
    assert "not valid for region" in error(american)[2]


def test_a_seller_central_without_sellers_says_so(shop: Shop) -> None:
    page = ask(shop, register(shop), CONSENT.replace("amazon.com", "amazon.co.jp"))
    assert "No selling partner" in page.text
    assert "<form" not in page.text


def test_a_browser_on_this_machine_can_go_through_the_page(shop: Shop) -> None:
    app = register(shop)
    with SimulatorServer(shop.sim) as server, httpx.Client(base_url=server.url) as browser:
        given = {"application_id": app.application_id, "state": STATE}
        page = browser.get("/apps/authorize/consent", params=given)
        answer = browser.post("/apps/authorize/consent", data=fields(page) | {"decision": "confirm"})
        assert query(answer)["state"] == STATE
        told = start(shop, app, base=server.url)
        back = browser.get(
            told["amazon_callback_uri"], params={"amazon_state": told["amazon_state"], "state": STATE}
        )
        assert query(back)["state"] == STATE
