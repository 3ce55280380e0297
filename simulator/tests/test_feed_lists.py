from datetime import timedelta

import pytest
from feeding import (
    ACKNOWLEDGEMENT,
    CANADA,
    FULFILLMENT,
    GERMANY,
    create,
    ids,
    listing,
    stranger,
    submit,
    upload,
)
from shop import US, Shop, error, open_shop

from spapi_simulator import Behaviours


def test_a_list_holds_the_newest_feeds_first_ten_to_a_page(shop: Shop) -> None:
    made = [submit(shop) for _ in range(11)][::-1]
    first = listing(shop, feedTypes=FULFILLMENT)
    assert ids(first) == made[:10]
    newer = submit(shop)
    second = listing(shop, nextToken=first.json()["nextToken"])
    assert ids(second) == made[10:]
    assert "nextToken" not in second.json()
    assert ids(listing(shop, feedTypes=FULFILLMENT, pageSize=100)) == [newer, *made]


def test_a_list_is_filtered(shop: Shop) -> None:
    shop.sim.limits.off()
    seller = shop.sim.add_seller(marketplaces=(US, CANADA))
    both = stranger(shop)
    both.seller, both.refresh_token = seller, shop.sim.authorize(shop.app, seller)
    old = submit(both)
    both.clock.advance(timedelta(hours=1))
    document_id = upload(both)
    new = create(both, document_id, ACKNOWLEDGEMENT, marketplaceIds=[CANADA]).json()["feedId"]
    kinds = f"{FULFILLMENT},{ACKNOWLEDGEMENT}"
    assert ids(listing(both, feedTypes=kinds)) == [new, old]
    assert ids(listing(both, feedTypes=FULFILLMENT)) == [old]
    assert ids(listing(both, feedTypes="POST_PRODUCT_DATA")) == []
    assert ids(listing(both, feedTypes=kinds, marketplaceIds=CANADA)) == [new]
    assert ids(listing(both, feedTypes=kinds, processingStatuses="IN_QUEUE,DONE")) == [new]
    assert ids(listing(both, feedTypes=kinds, processingStatuses="FATAL")) == [old]
    assert ids(listing(both, feedTypes=kinds, createdSince="2026-11-02T09:00:00Z")) == [new]
    assert ids(listing(both, feedTypes=kinds, createdUntil="2026-11-02T08:59:59Z")) == [old]
    assert ids(listing(shop, feedTypes=kinds)) == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"processingStatuses": "DONE"},
        {"feedTypes": ""},
        {"feedTypes": ",".join(["A"] * 11)},
        {"feedTypes": FULFILLMENT, "processingStatuses": "BAD_VALUE,DONE"},
        {"feedTypes": FULFILLMENT, "pageSize": "0"},
        {"feedTypes": FULFILLMENT, "pageSize": "101"},
        {"feedTypes": FULFILLMENT, "pageSize": "ten"},
        {"feedTypes": FULFILLMENT, "createdSince": "yesterday"},
        {"feedTypes": FULFILLMENT, "createdSince": "2026-08-04T07:59:59Z"},
        {"feedTypes": FULFILLMENT, "createdUntil": "2026-07-01T00:00:00Z"},
        {
            "feedTypes": FULFILLMENT,
            "createdSince": "2026-11-02T07:00:00Z",
            "createdUntil": "2026-11-02T06:00:00Z",
        },
        {"feedTypes": FULFILLMENT, "marketplaceIds": ",".join([US] * 11)},
        {"nextToken": "bm90aGluZw=="},
    ],
)
def test_a_list_refuses(shop: Shop, query: dict[str, str]) -> None:
    assert error(listing(shop, **query))[:2] == (400, "InvalidInput")


def test_a_list_may_begin_exactly_90_days_ago_or_earlier_where_amazon_is_lenient(shop: Shop) -> None:
    assert listing(shop, feedTypes=FULFILLMENT, createdSince="2026-08-04T08:00:00Z").status_code == 200
    lenient = open_shop(behaviours=Behaviours(refuse_created_since_before_retention=False))
    assert listing(lenient, feedTypes=FULFILLMENT, createdSince="2025-01-01T00:00:00Z").status_code == 200


def test_a_list_of_foreign_marketplaces_is_denied(shop: Shop) -> None:
    assert listing(shop, feedTypes=FULFILLMENT, marketplaceIds=GERMANY).status_code == 403


def test_a_token_stands_alone_belongs_to_its_seller_and_lasts_a_day(shop: Shop) -> None:
    for _ in range(2):
        submit(shop)
    token = listing(shop, feedTypes=FULFILLMENT, pageSize=1).json()["nextToken"]
    for more in ({"pageSize": "1"}, {"feedTypes": FULFILLMENT}, {"unknown": "x"}):
        status, _, sentence = error(listing(shop, nextToken=token, **more))
        assert (status, "only parameter" in sentence) == (400, True)
    assert error(listing(stranger(shop), nextToken=token))[0] == 400
    assert len(ids(listing(shop, nextToken=token))) == 1
    shop.clock.advance(timedelta(days=1, seconds=1))
    assert listing(shop, nextToken=token).status_code == 400


# Quotas
