from pathlib import Path

import pytest
from shop import US, Shop, error, load
from test_schemas import faults

from spapi_simulator.world.marketplaces import MARKETPLACES

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
ACCOUNT = "/sellers/v1/account"
CANADA = "A2EUQ1WTGCTBG2"


def test_a_seller_participates_where_the_account_was_opened(shop: Shop) -> None:
    (one,) = shop.get(PARTICIPATIONS).json()["payload"]
    assert one["marketplace"] == {
        "id": US,
        "countryCode": "US",
        "name": "Amazon.com",
        "defaultCurrencyCode": "USD",
        "defaultLanguageCode": "en_US",
        "domainName": "www.amazon.com",
    }
    assert one["participation"] == {"isParticipating": True, "hasSuspendedListings": False}
    assert one["storeName"].startswith("Testfirm ")


def test_suspended_listings_show_in_their_marketplace_alone(shop: Shop) -> None:
    seller = shop.sim.add_seller(marketplaces=[US, CANADA])
    token = shop.login(refresh_token=shop.sim.authorize(shop.app, seller)).json()["access_token"]
    shop.sim.set_participation(seller, CANADA, participating=False, suspended=True)
    for path in (PARTICIPATIONS, ACCOUNT):
        payload = shop.get(path, token=token).json()["payload"]
        found = payload if path == PARTICIPATIONS else payload["marketplaceParticipationList"]
        assert {one["marketplace"]["id"]: one["participation"] for one in found} == {
            US: {"isParticipating": True, "hasSuspendedListings": False},
            CANADA: {"isParticipating": False, "hasSuspendedListings": True},
        }
    shop.sim.set_participation(seller, CANADA)
    assert shop.get(PARTICIPATIONS, token=token).json()["payload"][1]["participation"]["isParticipating"]
    with pytest.raises(ValueError, match="no account in marketplace"):
        shop.sim.set_participation(seller, "A1PA6795UKMFR9", suspended=True)


def test_an_account_is_one_invented_firm_and_stays_the_same(shop: Shop) -> None:
    first = shop.get(ACCOUNT).json()["payload"]
    shop.place()
    assert shop.get(ACCOUNT).json()["payload"] == first
    assert (first["sellingPlan"], first["businessType"]) == ("PROFESSIONAL", "PRIVATE_LIMITED")
    assert first["business"]["name"].startswith("Testfirm ")
    assert first["primaryContact"]["name"].startswith("Testperson ")
    assert first["business"]["registeredBusinessAddress"]["countryCode"] == "US"
    other = shop.sim.add_seller()
    token = shop.login(refresh_token=shop.sim.authorize(shop.app, other)).json()["access_token"]
    assert shop.get(ACCOUNT, token=token).json()["payload"] != first


def test_asking_who_a_seller_is_changes_no_order(shop: Shop) -> None:
    before = shop.sim.order(shop.place()).recipient.address_line_1
    shop.get(ACCOUNT)
    after = shop.sim.order(shop.place()).recipient.address_line_1
    assert before != after


@pytest.mark.parametrize("path", [PARTICIPATIONS, ACCOUNT])
def test_fifteen_calls_and_then_one_a_minute(shop: Shop, path: str) -> None:
    token = shop.token()
    answers = [shop.get(path, token=token) for _ in range(16)]
    assert [one.status_code for one in answers] == [200] * 15 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.016"
    shop.clock.advance(seconds=63)
    assert shop.get(path, token=token).status_code == 200


@pytest.mark.parametrize("path", [PARTICIPATIONS, ACCOUNT])
def test_a_grantless_token_is_nobodys(shop: Shop, path: str) -> None:
    scope = "sellingpartnerapi::notifications"
    token = shop.login(grant_type="client_credentials", scope=scope).json()["access_token"]
    assert error(shop.get(path, token=token))[:2] == (403, "Unauthorized")


@pytest.mark.parametrize("region", ["NA", "EU", "FE"])
def test_every_answer_fits_amazons_model_in_every_marketplace(shop: Shop, models: Path, region: str) -> None:
    model = load(models / "models" / "sellers.json")
    places = [one.marketplace_id for one in MARKETPLACES.values() if one.region == region]
    seller = shop.sim.add_seller(region=region, marketplaces=places)
    token = shop.login(refresh_token=shop.sim.authorize(shop.app, seller)).json()["access_token"]
    host = f"https://sellingpartnerapi-{region.lower()}.amazon.com"
    listed = shop.get(PARTICIPATIONS, token=token, host=host)
    assert len(listed.json()["payload"]) == len(places)
    assert faults(model, "GetMarketplaceParticipationsResponse", listed.json()) == []
    assert faults(model, "GetAccountResponse", shop.get(ACCOUNT, token=token, host=host).json()) == []
    refused = shop.get(ACCOUNT, token="Atza|made-up", host=host)
    assert faults(model, "GetAccountResponse", refused.json()) == []
