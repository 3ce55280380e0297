from typing import Any

import pytest
from shop import Shop, error, open_shop

from spapi_simulator import Behaviours, Line


def test_packages_cover_an_order_step_by_step(shop: Shop) -> None:
    order_id = shop.place(2, 1)
    order = shop.sim.order(order_id)
    answer = shop.confirm(order_id, [(0, 2)])
    assert (answer.status_code, answer.content) == (204, b"")
    assert order.status == "PARTIALLY_SHIPPED"
    assert shop.confirm(order_id, [(1, 1)], packageReferenceId="2").status_code == 204
    assert order.status == "SHIPPED"
    shown = shop.get(f"/orders/2026-01-01/orders/{order_id}", includedData="PACKAGES").json()["order"]
    assert [package["packageReferenceId"] for package in shown["packages"]] == ["1", "2"]


def test_a_second_confirmation_with_the_same_id_edits_the_package(shop: Shop) -> None:
    order_id = shop.place()
    shop.confirm(order_id)
    assert shop.confirm(order_id, trackingNumber="1Z999AA10123456785").status_code == 204
    (package,) = shop.sim.order(order_id).packages
    assert (package.tracking_number, package.edits) == ("1Z999AA10123456785", 1)


def test_a_new_package_for_a_shipped_order_is_refused(shop: Shop) -> None:
    order_id = shop.place()
    shop.confirm(order_id)
    assert "PackageToUpdateNotFound" in error(shop.confirm(order_id, packageReferenceId="2"))[2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"packageReferenceId": 1}, "invalid type [packageDetail.packageReferenceId]"),
        ({"packageReferenceId": None}, "PackageReferenceId: is invalid, must be a positive numeric value."),
        ({"packageReferenceId": "0"}, "must be a positive numeric value."),
        ({"packageReferenceId": "first"}, "must be a positive numeric value."),
        ({"packageReferenceId": "000"}, "must be a positive numeric value."),
        ({"carrierCode": None}, "arrierCode"),
        ({"carrierCode": "Other"}, "arrierName"),
        ({"trackingNumber": None}, "rackingNumber"),
        ({"trackingNumber": " "}, "rackingNumber"),
        ({"shipDate": None}, "hipDate"),
        ({"shipDate": "02/21/2022"}, "hipDate"),
        ({"shipDate": "9999-12-31T23:59:59-14:00"}, "hipDate"),
        ({"orderItems": {"orderItemId": "1", "quantity": 1}}, "OrderItemId is invalid"),
        ({"orderItems": []}, "OrderItemId is invalid"),
        ({"orderItems": [{"orderItemId": "404", "quantity": 1}]}, "OrderItemId is invalid"),
    ],
)
def test_confirm_shipment_refuses(shop: Shop, changes: dict[str, Any], words: str) -> None:
    order_id = shop.place()
    status, code, sentence = error(shop.confirm(order_id, **changes))
    assert (status, code) == (400, "InvalidInput")
    assert words in sentence
    assert shop.sim.order(order_id).packages == []


@pytest.mark.parametrize("contents", [[(0, 3)], [(0, 0)], [(0, 1), (0, 2)]])
def test_more_than_ordered_or_nothing_is_refused(shop: Shop, contents: list[tuple[int, int]]) -> None:
    assert shop.confirm(shop.place(2), contents).status_code == 400


def test_an_edit_may_not_overfill_the_order(shop: Shop) -> None:
    order_id = shop.place(3)
    shop.confirm(order_id, [(0, 1)])
    shop.confirm(order_id, [(0, 1)], packageReferenceId="2")
    assert shop.confirm(order_id, [(0, 3)]).status_code == 400
    assert shop.confirm(order_id, [(0, 2)]).status_code == 204


def test_a_reference_id_may_have_any_number_of_digits(shop: Shop) -> None:
    order_id, long = shop.place(), "9" * 5000
    assert shop.confirm(order_id, packageReferenceId=long).status_code == 204
    assert shop.sim.order(order_id).packages[0].package_reference_id == long


def test_orders_that_may_not_be_confirmed(shop: Shop) -> None:
    cancelled = shop.place()
    shop.sim.cancel(cancelled)
    forbidden = [
        shop.place(pending=True),
        shop.place(fulfilled_by="AMAZON"),
        shop.place(programs=["FBM_SHIP_PLUS"]),
    ]
    assert [shop.confirm(order_id).status_code for order_id in forbidden] == [400, 400, 400]
    body_for_cancelled = shop.confirm(cancelled)
    assert body_for_cancelled.status_code == 400


def test_a_carrier_name_beside_a_known_code_does_no_harm(shop: Shop) -> None:
    assert shop.confirm(shop.place(), carrierCode="FedEx", carrierName="FedEx").status_code == 204


def test_a_ship_date_in_the_future_is_refused_only_when_told_to(shop: Shop) -> None:
    future = "2026-12-24T00:00:00Z"
    assert shop.confirm(shop.place(), shipDate=future).status_code == 204
    strict = open_shop(behaviours=Behaviours(refuse_future_ship_date=True))
    assert strict.confirm(strict.place(), shipDate=future).status_code == 400


def test_a_transparency_item_needs_a_code_for_every_unit(shop: Shop) -> None:
    order_id = shop.sim.place_order(shop.seller, lines=[Line(sku="MUG-1", quantity=2, transparency=True)])
    (item,) = shop.sim.order(order_id).items
    contents = {"orderItemId": item.order_item_id, "quantity": 2}
    assert shop.confirm(order_id, [(0, 2)]).status_code == 400
    codes = {"transparencyCodes": ["AZ:SAMPLE00000000000000000001", "ABC1234567"]}
    assert shop.confirm(order_id, orderItems=[contents | codes]).status_code == 204
