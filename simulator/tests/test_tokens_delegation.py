import httpx
import pytest
from shop import Shop, error

ORDERS = "/orders/v0/orders"


def delegate(shop: Shop, path: str, target: object, *, token: str | None = None) -> httpx.Response:
    body = {
        "targetApplication": target,
        "restrictedResources": [{"method": "GET", "path": path}],
    }
    return shop.post("/tokens/2021-03-01/restrictedDataToken", body, token=token)


def test_a_delegatee_opens_what_the_delegator_was_allowed(shop: Shop) -> None:
    delegatee = shop.sim.add_application(name="delegatee", roles=[])
    order_id, other = shop.place(), shop.place()
    answer = delegate(shop, f"{ORDERS}/{order_id}/address", delegatee.application_id)
    assert answer.status_code == 200
    token = answer.json()["restrictedDataToken"]
    address = shop.get(f"{ORDERS}/{order_id}/address", token=token).json()["payload"]["ShippingAddress"]
    assert address["Name"] == shop.sim.order(order_id).recipient.name
    assert shop.get(f"{ORDERS}/{other}/address", token=token).status_code == 403


def test_the_delegatees_calls_come_out_of_its_own_quota(shop: Shop) -> None:
    delegatee = shop.sim.add_application(name="delegatee")
    order_id = shop.place()
    path = f"{ORDERS}/{order_id}/address"
    own = shop.rdt({"method": "GET", "path": path}).json()["restrictedDataToken"]
    theirs = delegate(shop, path, delegatee.application_id).json()["restrictedDataToken"]
    while shop.get(path, token=own).status_code == 200:
        pass
    assert shop.get(path, token=own).status_code == 429
    assert shop.get(path, token=theirs).status_code == 200


def test_an_application_may_name_itself(shop: Shop) -> None:
    order_id = shop.place()
    assert delegate(shop, f"{ORDERS}/{order_id}/address", shop.app.application_id).status_code == 200


@pytest.mark.parametrize("target", ["amzn1.sp.solution.unknown", "", 7, ["x"]])
def test_a_target_that_is_no_application_is_refused(shop: Shop, target: object) -> None:
    status, code, words = error(delegate(shop, f"{ORDERS}/{{orderId}}/address", target))
    assert (status, code) == (400, "InvalidInput")
    assert "does not have access" in words


def test_a_client_id_is_not_an_application_id(shop: Shop) -> None:
    delegatee = shop.sim.add_application(name="delegatee")
    words = error(delegate(shop, f"{ORDERS}/{{orderId}}/address", delegatee.client_id))[2]
    assert "does not have access" in words


def test_a_delegatee_cannot_delegate_further(shop: Shop) -> None:
    delegatee = shop.sim.add_application(name="delegatee")
    path = f"{ORDERS}/{{orderId}}/address"
    token = delegate(shop, path, delegatee.application_id).json()["restrictedDataToken"]
    assert delegate(shop, path, shop.app.application_id, token=token).status_code == 403


def test_what_was_delegated_dies_with_the_sellers_consent(shop: Shop) -> None:
    delegatee = shop.sim.add_application(name="delegatee")
    order_id = shop.place()
    path = f"{ORDERS}/{order_id}/address"
    token = delegate(shop, path, delegatee.application_id).json()["restrictedDataToken"]
    shop.sim.revoke(shop.refresh_token)
    assert "revoked, malformed or invalid" in error(shop.get(path, token=token))[2]
