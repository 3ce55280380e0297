import pytest
from shop import US, Shop, error, open_shop

from spapi_simulator import Role

ORDERS = "/orders/v0/orders"


def test_an_rdt_opens_the_address_it_names_and_nothing_else(shop: Shop) -> None:
    first, second = shop.place(), shop.place()
    answer = shop.rdt({"method": "GET", "path": f"{ORDERS}/{first}/address"}).json()
    token = answer["restrictedDataToken"]
    assert token.startswith("Atz.sprdt|")
    assert answer["expiresIn"] == 3600
    address = shop.get(f"{ORDERS}/{first}/address", token=token).json()["payload"]["ShippingAddress"]
    assert address["Name"] == shop.sim.order(first).recipient.name
    assert shop.get(f"{ORDERS}/{second}/address", token=token).status_code == 403
    assert shop.get(f"{ORDERS}/{first}", token=token).status_code == 403
    assert shop.get(f"/orders/2026-01-01/orders/{first}", token=token).status_code == 403


def test_a_generic_path_opens_every_order_for_an_hour(shop: Shop) -> None:
    token = shop.rdt({"method": "GET", "path": f"{ORDERS}/{{orderId}}/address"}).json()["restrictedDataToken"]
    for order_id in (shop.place(), shop.place()):
        assert "Name" in shop.get(f"{ORDERS}/{order_id}/address", token=token).text
    shop.clock.advance(seconds=3600)
    assert "expired" in error(shop.get(f"{ORDERS}/{order_id}/address", token=token))[2]


def test_without_an_rdt_only_the_rough_address_shows(shop: Shop) -> None:
    order_id = shop.place()
    address = shop.get(f"{ORDERS}/{order_id}/address").json()["payload"]["ShippingAddress"]
    assert set(address) == {"City", "StateOrRegion", "PostalCode", "CountryCode"}
    assert set(shop.get(f"{ORDERS}/{order_id}/buyerInfo").json()["payload"]) == {"AmazonOrderId"}


def test_data_elements_decide_what_an_order_shows(shop: Shop) -> None:
    order_id = shop.place(gift_message="A plainly invented message")
    path = f"{ORDERS}/{order_id}"
    ask = {"method": "GET", "path": path, "dataElements": ["buyerInfo"]}
    order = shop.get(path, token=shop.rdt(ask).json()["restrictedDataToken"]).json()["payload"]
    assert "BuyerEmail" in order["BuyerInfo"]
    assert "Name" not in order["ShippingAddress"]
    items = {"method": "GET", "path": f"{path}/orderItems", "dataElements": ["buyerInfo"]}
    answer = shop.get(f"{path}/orderItems", token=shop.rdt(items).json()["restrictedDataToken"]).json()
    assert answer["payload"]["OrderItems"][0]["BuyerInfo"]["GiftMessageText"] == "A plainly invented message"


def test_page_two_shows_personal_data_only_with_the_rdt_again(shop: Shop) -> None:
    shop.place()
    shop.place()
    shop.clock.advance(seconds=121)
    ask = {"method": "GET", "path": ORDERS, "dataElements": ["shippingAddress"]}
    token = shop.rdt(ask).json()["restrictedDataToken"]
    query = {"MarketplaceIds": US, "LastUpdatedAfter": "2026-11-02T07:00:00Z", "MaxResultsPerPage": "1"}
    first = shop.get(ORDERS, token=token, **query).json()["payload"]
    query["NextToken"] = first["NextToken"]
    plain = shop.get(ORDERS, **query).json()["payload"]["Orders"][0]["ShippingAddress"]
    opened = shop.get(ORDERS, token=token, **query).json()["payload"]["Orders"][0]["ShippingAddress"]
    assert "Name" not in plain
    assert "Name" in opened


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({"method": "GET", "path": f"{ORDERS}?MarketplaceIds=x"}, "without host and query"),
        ({"method": "GET", "path": f"https://x.example{ORDERS}"}, "without host and query"),
        ({"method": "FETCH", "path": ORDERS}, "Resource not provided"),
        ({"method": ["GET"], "path": ORDERS}, "Resource not provided"),
        ({"method": "GET", "path": "/orders/2026-01-01/orders"}, "do not have access to some or all"),
        ({"method": "POST", "path": f"{ORDERS}/{{orderId}}/shipmentConfirmation"}, "do not have access"),
        ({"method": "GET", "path": ORDERS}, "dataElements"),
        ({"method": "GET", "path": ORDERS, "dataElements": ["everything"]}, "dataElements"),
    ],
)
def test_an_rdt_is_refused(shop: Shop, resource: dict[str, object], words: str) -> None:
    status, _, sentence = error(shop.rdt(resource))
    assert status == 400
    assert words in sentence


def test_at_most_fifty_resources(shop: Shop) -> None:
    resource = {"method": "GET", "path": f"{ORDERS}/{{orderId}}/address"}
    assert shop.rdt(*[resource] * 50).status_code == 200
    assert error(shop.rdt(*[resource] * 51))[0] == 400


def test_a_missing_role_is_refused_in_amazons_words() -> None:
    shop = open_shop(roles=[Role.TAX_INVOICING])
    ask = {"method": "GET", "path": ORDERS, "dataElements": ["buyerInfo", "shippingAddress"]}
    assert error(shop.rdt(ask))[2] == (
        "Application does not have access to one or more requested data elements: [shippingAddress]"
    )
    address = {"method": "GET", "path": f"{ORDERS}/{{orderId}}/address"}
    assert error(shop.rdt(address))[2] == "Application do not have access to some or all requested resource"
