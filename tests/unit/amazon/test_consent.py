from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from dockseal.amazon.consent import consent_url, seller_central
from dockseal.amazon.endpoints import AMAZON, at
from dockseal.domain.application import Application
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.seller import Region
from spapi_simulator.world.marketplaces import SELLER_CENTRAL

APPLICATION = Application(
    id="dockseal", application_id="amzn1.sp.solution.1", redirect_uri="https://dockseal.example/back?a=b&c"
)


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_every_marketplace_has_a_seller_central(marketplace: str) -> None:
    known = MARKETPLACES[marketplace]
    assert seller_central(known.region, [marketplace]) == SELLER_CENTRAL[known.country]


@pytest.mark.parametrize("region", Region)
def test_without_a_marketplace_the_region_decides(region: Region) -> None:
    assert seller_central(region, []).startswith("sellercentral")


def test_the_address_carries_each_part_whole() -> None:
    url = consent_url(AMAZON, APPLICATION, Region.NA, [], state="a+b/c=")
    told = parse_qs(urlsplit(url).query)
    assert told["state"] == ["a+b/c="]
    assert told["redirect_uri"] == [APPLICATION.redirect_uri]
    assert "version" not in told
    draft = consent_url(AMAZON, replace(APPLICATION, draft=True), Region.NA, [], state="s")
    assert parse_qs(urlsplit(draft).query)["version"] == ["beta"]


def test_a_simulator_stands_in_for_seller_central() -> None:
    url = consent_url(at("http://127.0.0.1:9000/"), APPLICATION, Region.EU, [], state="s")
    assert url.startswith("http://127.0.0.1:9000/apps/authorize/consent?")
