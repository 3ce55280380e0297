import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from shop import NA, Shop, error, load, open_shop
from test_schemas import faults

from spapi_simulator import Behaviours

PATH = "/applications/2023-11-30/clientSecret"
SCOPE = "sellingpartnerapi::client_credential:rotation"
SANDBOX = "https://sandbox.sellingpartnerapi-na.amazon.com"
NOT_ENROLLED = (
    "Application is not enrolled for rotation notification. "
    "Please update application notification preference in Developer console."
)


@pytest.fixture
def enrolled(shop: Shop) -> Shop:
    return enrol(shop)


def enrol(shop: Shop) -> Shop:
    shop.sim.register_rotation_queue(shop.app, shop.sim.add_queue("secrets"))
    return shop


def grantless(shop: Shop, scope: str = SCOPE, **changes: str) -> httpx.Response:
    return shop.login(grant_type="client_credentials", scope=scope, **changes)


def rotate(shop: Shop, *, host: str = NA, token: str = "") -> httpx.Response:
    token = token or grantless(shop, client_secret=newest(shop)).json()["access_token"]
    return shop.http.post(host + PATH, headers={"x-amz-access-token": token})


def newest(shop: Shop) -> str:
    return shop.sim.client_secrets(shop.app)[-1].value


def told(shop: Shop, kind: str) -> list[dict[str, Any]]:
    bodies = [json.loads(body) for body in shop.sim.messages(shop.sim.add_queue("secrets"))]
    return [body for body in bodies if body["notificationType"] == kind]


def instant(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text).astimezone(UTC)


def test_the_new_secret_comes_to_the_queue_and_never_in_the_answer(enrolled: Shop) -> None:
    answer = rotate(enrolled)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-amzn-RateLimit-Limit"] == "0.0167"
    (message,) = told(enrolled, "APPLICATION_OAUTH_CLIENT_NEW_SECRET")
    assert message["notificationMetadata"]["applicationId"] == enrolled.app.application_id
    secret = message["payload"]["applicationOAuthClientNewSecret"]
    assert set(secret) == {
        "clientId",
        "newClientSecret",
        "newClientSecretExpiryTime",
        "oldClientSecretExpiryTime",
    }
    assert secret["clientId"] == enrolled.app.client_id
    assert secret["newClientSecret"] == newest(enrolled) != enrolled.app.client_secret
    now = enrolled.clock.now()
    assert instant(secret["newClientSecretExpiryTime"]) == now + timedelta(days=180)
    assert instant(secret["oldClientSecretExpiryTime"]) == now + timedelta(days=7)


def test_both_secrets_live_for_a_week_and_then_only_the_new_one(enrolled: Shop) -> None:
    rotate(enrolled)
    assert len(enrolled.sim.client_secrets(enrolled.app)) == 2
    enrolled.clock.advance(timedelta(days=7, seconds=-1))
    assert enrolled.login().status_code == 200
    assert enrolled.login(client_secret=newest(enrolled)).status_code == 200
    enrolled.clock.advance(seconds=1)
    dead = enrolled.login()
    assert (dead.status_code, dead.json()) == (
        401,
        {"error": "invalid_client", "error_description": "Client authentication failed"},
    )
    assert enrolled.login(client_secret=newest(enrolled)).status_code == 200
    assert len(enrolled.sim.client_secrets(enrolled.app)) == 1


def test_an_application_never_has_more_than_two_secrets(enrolled: Shop) -> None:
    for _ in range(2):
        assert rotate(enrolled).status_code == 204
        enrolled.clock.advance(seconds=60)
    assert len(enrolled.sim.client_secrets(enrolled.app)) == 2
    assert enrolled.login().status_code == 401, "the first of three is gone"


def test_the_old_secret_does_not_outlive_its_own_expiry(enrolled: Shop) -> None:
    enrolled.clock.advance(timedelta(days=179))
    rotate(enrolled)
    (message,) = told(enrolled, "APPLICATION_OAUTH_CLIENT_NEW_SECRET")
    until = message["payload"]["applicationOAuthClientNewSecret"]["oldClientSecretExpiryTime"]
    assert instant(until) == enrolled.clock.now() + timedelta(days=1)


def test_a_secret_that_was_not_rotated_in_180_days_is_dead(shop: Shop) -> None:
    shop.clock.advance(timedelta(days=180, seconds=-1))
    last = grantless(shop).json()["access_token"]
    shop.clock.advance(seconds=1)
    assert shop.login().status_code == 401
    assert shop.sim.client_secrets(shop.app) == ()
    enrol(shop)
    assert rotate(shop, token=last).status_code == 204, "a token from before still rotates"
    assert shop.login().status_code == 401
    assert shop.login(client_secret=newest(shop)).status_code == 200


def test_without_expiry_a_secret_lives_for_years_and_nobody_is_warned() -> None:
    shop = enrol(open_shop(behaviours=Behaviours(client_secret_days=None)))
    shop.clock.advance(timedelta(days=2000))
    assert shop.login().status_code == 200
    assert told(shop, "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY") == []


def warnings_on(shop: Shop, days: int) -> list[dict[str, Any]]:
    """Go on day by day, since SQS keeps messages for a few days only; return what came."""
    found = {}
    for _ in range(days):
        shop.clock.advance(timedelta(days=1))
        for one in told(shop, "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"):
            found[one["notificationMetadata"]["notificationId"]] = one
    return list(found.values())


def test_warnings_come_weekly_from_ninety_days_before(enrolled: Shop) -> None:
    began = enrolled.clock.now()
    assert warnings_on(enrolled, 89) == []
    (first,) = warnings_on(enrolled, 1)
    warning = first["payload"]["applicationOAuthClientSecretExpiry"]
    assert set(warning) == {"clientId", "clientSecretExpiryTime", "clientSecretExpiryReason"}
    assert warning["clientId"] == enrolled.app.client_id
    assert instant(warning["clientSecretExpiryTime"]) == began + timedelta(days=180)
    times = [instant(one["eventTime"]) for one in (first, *warnings_on(enrolled, 200)[1:])]
    assert times == [began + timedelta(days=90 + 7 * week) for week in range(13)]


def test_a_rotation_ends_the_warnings_about_the_old_secret(enrolled: Shop) -> None:
    enrolled.clock.advance(timedelta(days=89))
    rotated = enrolled.clock.now()
    rotate(enrolled)
    assert warnings_on(enrolled, 89) == []
    (warning,) = warnings_on(enrolled, 1)
    until = warning["payload"]["applicationOAuthClientSecretExpiry"]["clientSecretExpiryTime"]
    assert instant(until) == rotated + timedelta(days=180)


def test_without_a_queue_there_is_no_rotation_and_no_new_secret(shop: Shop) -> None:
    assert error(rotate(shop)) == (400, "InvalidInput", NOT_ENROLLED)
    assert newest(shop) == shop.app.client_secret


def test_the_sandbox_does_not_rotate(enrolled: Shop) -> None:
    assert error(rotate(enrolled, host=SANDBOX)) == (400, "InvalidInput", NOT_ENROLLED)
    assert newest(enrolled) == enrolled.app.client_secret


@pytest.mark.parametrize("scope", ["", "sellingpartnerapi::notifications"])
def test_only_a_grantless_token_for_rotation_rotates(enrolled: Shop, scope: str) -> None:
    token = grantless(enrolled, scope).json()["access_token"] if scope else enrolled.token()
    assert error(rotate(enrolled, token=token))[:2] == (403, "Unauthorized")
    assert newest(enrolled) == enrolled.app.client_secret


def test_an_application_rotates_once_a_minute(enrolled: Shop) -> None:
    assert rotate(enrolled).status_code == 204
    assert rotate(enrolled).status_code == 429
    enrolled.clock.advance(seconds=60)
    assert rotate(enrolled).status_code == 204


def test_each_application_has_its_own_secrets(enrolled: Shop) -> None:
    other = enrolled.sim.add_application(name="other")
    rotate(enrolled)
    assert [one.value for one in enrolled.sim.client_secrets(other)] == [other.client_secret]


def test_no_secret_shows_in_a_repr(enrolled: Shop) -> None:
    rotate(enrolled)
    assert newest(enrolled) not in repr(enrolled.sim.client_secrets(enrolled.app))


def test_every_refusal_fits_amazons_model(shop: Shop, models: Path) -> None:
    model = load(models / "models" / "application_2023-11-30.json")
    for answer in (rotate(shop), rotate(shop), rotate(shop, token="Atc|made-up")):
        assert answer.status_code in {400, 403, 429}
        assert faults(model, "ErrorList", answer.json()) == []
