import pytest
from shop import Shop, error


def test_a_refresh_token_gives_an_access_token_for_an_hour(shop: Shop) -> None:
    answer = shop.login().json()
    assert answer["access_token"].startswith("Atza|")
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)


def test_a_revoked_authorisation_is_refused_in_amazons_words(shop: Shop) -> None:
    token = shop.token()
    shop.sim.revoke(shop.refresh_token)
    answer = shop.login()
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert "refresh_token" in answer.json()["error_description"]
    refused = error(shop.get("/orders/v0/orders/111-1111111-1111111", token=token))
    assert refused[:2] == (403, "Unauthorized")
    assert "revoked, malformed or invalid" in refused[2]


def test_a_wrong_secret_is_an_unknown_client(shop: Shop) -> None:
    answer = shop.login(client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.json()["error_description"] == "Client authentication failed"


def test_another_applications_refresh_token_is_refused(shop: Shop) -> None:
    other = shop.sim.add_application(name="other")
    answer = shop.login(client_id=other.client_id, client_secret=other.client_secret)
    assert answer.json()["error"] == "invalid_grant"


def test_a_grant_that_does_not_exist_is_refused(shop: Shop) -> None:
    assert shop.login(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_grantless_token_needs_a_scope_and_opens_no_orders(shop: Shop) -> None:
    assert shop.login(grant_type="client_credentials").json()["error"] == "invalid_scope"
    answer = shop.login(grant_type="client_credentials", scope="sellingpartnerapi::notifications").json()
    assert answer["access_token"].startswith("Atc|")
    refused = shop.get("/orders/v0/orders/111-1111111-1111111", token=answer["access_token"])
    assert refused.status_code == 403


def test_a_missing_an_unknown_and_an_expired_token_are_told_apart(shop: Shop) -> None:
    url = "https://sellingpartnerapi-na.amazon.com/orders/v0/orders/111-1111111-1111111"
    assert "missing in the request header" in error(shop.http.get(url))[2]
    assert "malformed" in error(shop.http.get(url, headers={"x-amz-access-token": "Atza|made-up"}))[2]
    token = shop.token()
    shop.clock.advance(seconds=3600)
    assert "has expired" in error(shop.get("/orders/v0/orders/111-1111111-1111111", token=token))[2]


def test_a_token_does_not_work_in_another_region(shop: Shop) -> None:
    host = "https://sellingpartnerapi-eu.amazon.com"
    assert shop.get("/orders/v0/orders/111-1111111-1111111", host=host).status_code == 403


def test_a_request_without_user_agent_is_refused(shop: Shop) -> None:
    headers = {"x-amz-access-token": shop.token(), "user-agent": ""}
    url = "https://sellingpartnerapi-na.amazon.com/orders/v0/orders/111-1111111-1111111"
    assert "user-agent" in error(shop.http.get(url, headers=headers))[2]


def test_the_list_of_calls_holds_no_token_and_prints_no_order_id(shop: Shop) -> None:
    order_id = shop.place()
    token = shop.token()
    shop.get(f"/orders/v0/orders/{order_id}", token=token)
    text = repr(shop.sim.calls)
    assert token not in text
    assert order_id not in text
    assert shop.sim.calls[-1].path_template == "/orders/v0/orders/{orderId}"


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [({"grant_type": ""}, "grant_type"), ({"refresh_token": ""}, "refresh_token")],
)
def test_a_missing_parameter_is_named(shop: Shop, changes: dict[str, str], parameter: str) -> None:
    answer = shop.login(**changes)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": "invalid_request",
            "error_description": f"The request is missing a required parameter : {parameter}",
        },
    )


def test_a_request_that_is_no_form_is_refused(shop: Shop) -> None:
    url = "https://api.amazon.com/auth/o2/token"
    assert shop.http.get(url).json()["error"] == "invalid_request"
    assert shop.http.post(url, json=["x"]).json()["error"] == "invalid_request"
    assert shop.http.post(url, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert shop.http.post(url).json()["error"] == "invalid_client"


def test_json_is_as_good_as_a_form(shop: Shop) -> None:
    body = {
        "grant_type": "refresh_token",
        "refresh_token": shop.refresh_token,
        "client_id": shop.app.client_id,
        "client_secret": shop.app.client_secret,
    }
    assert shop.http.post("https://api.amazon.com/auth/o2/token", json=body).status_code == 200


def test_tokens_are_short_enough_to_store(shop: Shop) -> None:
    rdt = shop.rdt({"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}).json()
    scope = "sellingpartnerapi::notifications"
    grantless = shop.login(grant_type="client_credentials", scope=scope).json()["access_token"]
    for token in (shop.token(), grantless, rdt["restrictedDataToken"], shop.refresh_token):
        assert len(token.encode()) <= 2048


def test_a_token_is_remembered_as_expired_for_a_day_and_then_forgotten(shop: Shop) -> None:
    path = "/orders/v0/orders/111-1111111-1111111"
    ask = {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}
    access, rdt = shop.token(), shop.rdt(ask).json()["restrictedDataToken"]
    shop.clock.advance(seconds=3600 + 86400 - 1)
    shop.rdt(ask)
    assert "has expired" in error(shop.get(path, token=access))[2]
    assert "has expired" in error(shop.get(f"{path}/address", token=rdt))[2]
    shop.clock.advance(seconds=1)
    shop.rdt(ask)
    assert "malformed" in error(shop.get(path, token=access))[2]
    assert "malformed" in error(shop.get(f"{path}/address", token=rdt))[2]


def test_months_of_logins_leave_a_day_of_tokens(shop: Shop) -> None:
    for _ in range(24 * 60):
        shop.clock.advance(seconds=3600)
        shop.token()
    # No answer can show how much is remembered, so this one looks inside.
    assert len(shop.sim._accounts.access_tokens) <= 26
