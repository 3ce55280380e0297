from collections.abc import Iterator
from typing import Any

import pytest
from buying import (
    ALL,
    MFN,
    OPTIONS,
    SENDER,
    ask,
    at,
    bought,
    buy,
    cancel,
    details,
    offer,
    packages,
    read,
    restricted,
)
from shop import Shop, error, load, open_shop
from test_schemas import faults

from spapi_simulator import Behaviours, Fault, Role

WITHOUT_PLANS = True


def without_rdt(shop: Shop, wanted: dict[str, Any], shipment_id: str) -> Iterator[Any]:
    yield buy(shop, wanted, token=shop.token())
    yield read(shop, shipment_id, token=shop.token())
    yield cancel(shop, shipment_id, token=shop.token())


def test_the_three_that_show_an_address_take_an_rdt(shop: Shop) -> None:
    order_id = shop.place(2)
    shipment_id = bought(buy(shop, details(shop, order_id)))["ShipmentId"]
    for answer in without_rdt(shop, details(shop, order_id), shipment_id):
        assert error(answer)[:2] == (403, "Unauthorized")
    assert len(packages(shop, order_id)) == 1
    specific = shop.rdt({"method": "GET", "path": f"{MFN}/shipments/{shipment_id}"}).json()
    token = specific["restrictedDataToken"]
    assert read(shop, shipment_id, token=token).status_code == 200
    assert error(cancel(shop, shipment_id, token=token))[0] == 403
    assert error(buy(shop, details(shop, order_id), token=token))[0] == 403


def test_or_they_answer_without_the_address() -> None:
    shop = open_shop(behaviours=Behaviours(labels_need_rdt=False))
    shop.sim.limits.off()
    order_id = shop.place(2)
    shipment_id = bought(buy(shop, details(shop, order_id)))["ShipmentId"]
    for answer in without_rdt(shop, details(shop, order_id), shipment_id):
        shipment = bought(answer)
        assert shop.sim.order(order_id).recipient.name not in answer.text
        assert shipment["ShipToAddress"]["Name"] == ""
        assert shipment["Label"]["FileContents"]["Contents"] == ""


def test_no_rdt_exists_for_asking_what_it_costs(shop: Shop) -> None:
    for path in ("eligibleShippingServices", "additionalSellerInputs"):
        assert shop.rdt({"method": "POST", "path": f"{MFN}/{path}"}).status_code == 400


def test_without_the_role_nothing_is_sold() -> None:
    shop = open_shop(roles=[Role.TAX_INVOICING])
    wanted = details(shop, shop.place())
    assert error(ask(shop, wanted))[:2] == (403, "Unauthorized")
    body = {"OrderId": wanted["AmazonOrderId"], "ShippingServiceId": "UPS_PTP_GND", "ShipFromAddress": SENDER}
    assert error(shop.post(f"{MFN}/additionalSellerInputs", body))[:2] == (403, "Unauthorized")
    assert shop.rdt({"method": "POST", "path": f"{MFN}/shipments"}).status_code == 400
    assert error(buy(shop, wanted, token=shop.token()))[:2] == (403, "Unauthorized")


def test_addresses_disappear_where_amazon_redacts_them() -> None:
    shop = open_shop(behaviours=Behaviours(redact_after_days=1, delivered_after_seconds=60))
    shop.sim.limits.off()
    shipment = bought(buy(shop, details(shop, shop.place())))
    shop.clock.advance(seconds=3 * 86400)
    late = bought(read(shop, shipment["ShipmentId"]))
    assert late["ShipToAddress"]["Name"] == ""
    assert late["Label"]["FileContents"]["Contents"] == ""


def test_a_fault_may_hide_an_address(shop: Shop) -> None:
    shipment = bought(buy(shop, details(shop, shop.place())))
    shop.sim.faults.add(Fault(operation="getShipment", effect="redact", times=1))
    assert bought(read(shop, shipment["ShipmentId"]))["ShipToAddress"]["Name"] == ""
    assert bought(read(shop, shipment["ShipmentId"])) == shipment


@pytest.mark.parametrize(
    ("name", "burst"), [("create", 2), ("get", 1), ("cancel", 1), ("inputs", 1), ("eligible", 12)]
)
def test_every_operation_has_its_usage_plan(name: str, burst: int) -> None:
    shop = open_shop()
    token, nobody = restricted(shop), "00000000-0000-0000-0000-000000000000"
    plain = shop.token()
    acts = {
        "create": lambda: buy(shop, {}, token=token),
        "get": lambda: read(shop, nobody, token=token),
        "cancel": lambda: cancel(shop, nobody, token=token),
        "inputs": lambda: shop.post(f"{MFN}/additionalSellerInputs", {}, token=plain),
        "eligible": lambda: shop.post(f"{MFN}/eligibleShippingServices", {}, token=plain),
    }
    answers = [acts[name]().status_code for _ in range(burst + 1)]
    assert answers[:burst] == [answers[0]] * burst
    assert answers[0] in {400, 404}
    assert answers[burst] == 429
    shop.clock.advance(seconds=1)
    assert acts[name]().status_code == answers[0]


# The same world again


def test_the_same_seed_sells_the_same_labels() -> None:
    def run() -> list[Any]:
        shop = open_shop()
        wanted = details(shop, shop.place())
        chosen = offer(shop, wanted)
        return [ask(shop, wanted).json(), bought(buy(shop, wanted, ShippingServiceOfferId=chosen))]

    assert run() == run()


def test_every_answer_fits_amazons_model(shop: Shop, models: Any) -> None:
    model = load(models / "models" / "merchantFulfillmentV0.json")
    order_id = shop.place(3, programs=["FBM_SHIP_PLUS"])
    wanted = details(
        shop,
        order_id,
        LabelCustomization={"CustomTextForLabel": "Bin 7", "StandardIdForLabel": "AmazonOrderId"},
    )
    wanted["ShippingServiceOptions"] = OPTIONS | {"DeclaredValue": {"CurrencyCode": "USD", "Amount": 12.5}}
    shipment_id = bought(buy(shop, wanted))["ShipmentId"]
    abroad = shop.place(recipient=at("CA", state="ON"))
    body = {"OrderId": abroad, "ShippingServiceId": "USPS_PTP_PRI_INTL", "ShipFromAddress": SENDER}
    for definition, answer in (
        ("GetEligibleShipmentServicesResponse", ask(shop, wanted, ShippingOfferingFilter=ALL)),
        ("CreateShipmentResponse", buy(shop, wanted, "UPS_PTP_GND")),
        ("GetShipmentResponse", read(shop, shipment_id)),
        ("CancelShipmentResponse", cancel(shop, shipment_id)),
        ("GetShipmentResponse", read(shop, shipment_id)),
        ("GetAdditionalSellerInputsResponse", shop.post(f"{MFN}/additionalSellerInputs", body)),
        ("CreateShipmentResponse", buy(shop, wanted, "PIGEON")),
    ):
        assert faults(model, definition, answer.json()) == []
