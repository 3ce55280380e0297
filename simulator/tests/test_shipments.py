from collections.abc import Iterator
from typing import Any

import httpx
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
    services,
)
from shop import Shop, error, load, open_shop
from test_schemas import faults

from spapi_simulator import Behaviours, Fault, Role

GERMAN = SENDER | {"CountryCode": "DE", "StateOrProvinceCode": "BE", "City": "Exampleford"}


def told(name: str, value: str) -> list[Any]:
    """One additional seller input."""
    given = {"DataType": "String", "ValueAsString": value}
    return [{"AdditionalInputFieldName": name, "AdditionalSellerInput": given}]


def names(fields: list[Any]) -> list[str]:
    return [one["AdditionalInputFieldName"] for one in fields]


DECLARED, MADE_IN = told("NON_DELIVERY_OPTION", "RETURN"), told("COUNTRY_OF_ORIGIN", "JP")


@pytest.fixture
def shop() -> Shop:
    """A shop without usage plans."""
    shop = open_shop()
    shop.sim.limits.off()
    return shop


def test_a_bought_label_confirms_the_order(shop: Shop) -> None:
    order_id = shop.place(2)
    wanted = details(shop, order_id, [(0, 2)], SellerOrderId="S-1")
    shipment = bought(buy(shop, wanted, ShippingServiceOfferId=offer(shop, wanted)))
    recipient = shop.sim.order(order_id).recipient
    assert shipment["Status"] == "Purchased"
    assert shipment["SellerOrderId"] == "S-1"
    assert shipment["ShipToAddress"]["Name"] == recipient.name
    assert shipment["ShipToAddress"]["AddressLine1"] == recipient.address_line_1
    assert shipment["ItemList"] == [{"OrderItemId": wanted["ItemList"][0]["OrderItemId"], "Quantity": 2}]
    assert shipment["Insurance"] == {"CurrencyCode": "USD", "Amount": 100.0}
    assert shop.sim.order(order_id).status == "SHIPPED"
    (package,) = packages(shop, order_id)
    assert package["trackingNumber"] == shipment["TrackingId"]
    assert package["carrier"] == "USPS"
    assert read(shop, shipment["ShipmentId"]).json()["payload"] == shipment


def test_a_repeated_call_buys_again_while_something_is_left(shop: Shop) -> None:
    order_id = shop.place(2)
    wanted = details(shop, order_id)
    chosen = offer(shop, wanted)
    first, second = (bought(buy(shop, wanted, ShippingServiceOfferId=chosen)) for _ in range(2))
    assert first["ShipmentId"] != second["ShipmentId"]
    assert first["TrackingId"] != second["TrackingId"]
    assert len(packages(shop, order_id)) == 2
    assert "shipped already" in error(buy(shop, wanted, ShippingServiceOfferId=chosen))[2]


def test_an_answer_that_gets_lost_has_bought_its_label_all_the_same(shop: Shop) -> None:
    order_id = shop.place(2)
    wanted, token = details(shop, order_id), restricted(shop)
    shop.sim.faults.add(Fault(operation="createShipment", status=None, effect="after", times=1))
    with pytest.raises(httpx.ReadTimeout):
        buy(shop, wanted, token=token)
    assert len(packages(shop, order_id)) == 1
    bought(buy(shop, wanted, token=token))
    assert len(packages(shop, order_id)) == 2


def test_reads_may_lag_behind_what_was_bought_and_cancelled() -> None:
    shop = open_shop(behaviours=Behaviours(read_after_write_seconds=60))
    shop.sim.limits.off()
    order_id = shop.place()
    shipment = bought(buy(shop, details(shop, order_id)))
    assert packages(shop, order_id) == []
    shop.clock.advance(seconds=60)
    assert len(packages(shop, order_id)) == 1
    cancel(shop, shipment["ShipmentId"])
    assert len(packages(shop, order_id)) == 1
    shop.clock.advance(seconds=60)
    assert packages(shop, order_id) == []


def test_a_part_of_an_order_ships_partly(shop: Shop) -> None:
    order_id = shop.place(2, 1)
    bought(buy(shop, details(shop, order_id, [(0, 1)])))
    assert shop.sim.order(order_id).status == "PARTIALLY_SHIPPED"
    bought(buy(shop, details(shop, order_id, [(0, 1), (1, 1)])))
    assert shop.sim.order(order_id).status == "SHIPPED"


def test_an_offer_can_be_bought_for_half_an_hour_and_then_no_more(shop: Shop) -> None:
    order_id = shop.place(2)
    wanted = details(shop, order_id)
    chosen = offer(shop, wanted)
    shop.clock.advance(seconds=1799)
    shipment = bought(buy(shop, wanted, ShippingServiceOfferId=chosen))
    assert shipment["ShippingService"]["ShipDate"] == "2026-11-02T08:00:00Z"
    shop.clock.advance(seconds=1)
    assert "expired" in error(buy(shop, wanted, ShippingServiceOfferId=chosen))[2]


def test_offers_may_live_longer() -> None:
    shop = open_shop(behaviours=Behaviours(label_offer_seconds=3600))
    wanted = details(shop, shop.place())
    chosen = offer(shop, wanted)
    shop.clock.advance(seconds=3599)
    bought(buy(shop, wanted, ShippingServiceOfferId=chosen))


@pytest.mark.parametrize(
    "changes",
    [
        {"Weight": {"Value": 21, "Unit": "oz"}},
        {"PackageDimensions": {"Length": 11, "Width": 8, "Height": 4, "Unit": "inches"}},
        {"ShipFromAddress": SENDER | {"PostalCode": "00002"}},
        {"ShippingServiceOptions": OPTIONS | {"DeliveryExperience": "NoTracking"}},
        {"ShipDate": "2026-11-03T08:00:00Z"},
    ],
)
def test_an_offer_is_for_one_parcel(shop: Shop, changes: dict[str, Any]) -> None:
    wanted = details(shop, shop.place())
    chosen = offer(shop, wanted)
    assert "does not belong" in error(buy(shop, wanted | changes, ShippingServiceOfferId=chosen))[2]
    bought(buy(shop, wanted, ShippingServiceOfferId=chosen))


def test_an_offer_is_for_one_service_one_order_and_one_seller(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    chosen = offer(shop, wanted)
    other_order = details(shop, shop.place())
    assert "does not belong" in error(buy(shop, wanted, "UPS_PTP_GND", ShippingServiceOfferId=chosen))[2]
    assert "does not belong" in error(buy(shop, other_order, ShippingServiceOfferId=chosen))[2]
    assert "is not valid" in error(buy(shop, wanted, ShippingServiceOfferId="invented"))[2]
    assert "is not valid" in error(buy(shop, wanted, "PIGEON"))[2]
    stranger = shop.sim.add_seller()
    mine = shop.seller, shop.refresh_token
    shop.seller, shop.refresh_token = stranger, shop.sim.authorize(shop.app, stranger)
    theirs = details(shop, shop.place())
    assert "is not valid" in error(buy(shop, theirs, ShippingServiceOfferId=chosen))[2]
    shop.seller, shop.refresh_token = mine
    bought(buy(shop, wanted, ShippingServiceOfferId=chosen))


def test_a_service_starts_in_its_own_countries_alone(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    assert "does not go" in error(buy(shop, wanted, "ROYAL_MAIL_TRACKED_24"))[2]
    assert "does not go" in error(buy(shop, wanted, "DHL_EXPRESS_WORLDWIDE"))[2]
    bought(buy(shop, wanted, "DHL_EXPRESS_DOMESTIC"))


def test_dangerous_goods_do_not_fly(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    assert "hazardous" in error(buy(shop, wanted, "UPS_PTP_GND", HazmatType="LQHazmat"))[2]
    assert error(buy(shop, wanted, HazmatType="Explosive"))[0] == 400
    bought(buy(shop, wanted, "USPS_PTP_PRI", HazmatType="LQHazmat"))


def test_units_with_transparency_need_their_codes(shop: Shop) -> None:
    order_id = shop.place()
    line = shop.sim.order(order_id).items[0].line
    shop.sim.order(order_id).items[0].line = type(line)(sku="T", transparency=True)
    wanted = details(shop, order_id)
    assert "TransparencyCodes" in error(buy(shop, wanted))[2]
    wanted["ItemList"][0]["TransparencyCodeList"] = ["AZ" + "0" * 27]
    bought(buy(shop, wanted))


# Customs


def test_a_parcel_abroad_needs_answers_for_customs(shop: Shop) -> None:
    order_id = shop.place(recipient=at("CA", state="ON"))
    wanted = details(shop, order_id)
    service = "USPS_PTP_PRI_INTL"
    assert service not in services(ask(shop, wanted))
    offered = services(ask(shop, wanted, ShippingOfferingFilter=ALL))[service]
    assert offered["RequiresAdditionalSellerInputs"]
    body = {"OrderId": order_id, "ShippingServiceId": service, "ShipFromAddress": SENDER}
    asked = shop.post(f"{MFN}/additionalSellerInputs", body).json()["payload"]
    assert names(asked["ShipmentLevelFields"]) == ["NON_DELIVERY_OPTION"]
    (item,) = asked["ItemLevelFieldsList"]
    assert item["Asin"] == shop.sim.order(order_id).items[0].asin
    assert names(item["AdditionalInputs"]) == [
        "COUNTRY_OF_ORIGIN",
        "HARMONIZED_CODE",
    ]
    assert "NON_DELIVERY_OPTION" in error(buy(shop, wanted, service))[2]
    assert "COUNTRY_OF_ORIGIN" in error(buy(shop, wanted, service, ShipmentLevelSellerInputsList=DECLARED))[2]
    wanted["ItemList"][0]["ItemLevelSellerInputsList"] = MADE_IN
    wrong = told("NON_DELIVERY_OPTION", "BURN")
    assert "not valid" in error(buy(shop, wanted, service, ShipmentLevelSellerInputsList=wrong))[2]
    shipment = bought(buy(shop, wanted, service, ShipmentLevelSellerInputsList=DECLARED))
    assert shipment["ShippingService"]["RequiresAdditionalSellerInputs"] is False


def test_within_a_country_and_the_union_customs_do_not_ask(shop: Shop) -> None:
    order_id = shop.place(recipient=at("FR"))
    wanted = details(shop, order_id, ShipFromAddress=GERMAN)
    offered = services(ask(shop, wanted))["DHL_PAKET_EU"]
    assert offered["Rate"]["CurrencyCode"] == "EUR"
    body = {"OrderId": order_id, "ShippingServiceId": "DHL_PAKET_EU", "ShipFromAddress": GERMAN}
    asked = shop.post(f"{MFN}/additionalSellerInputs", body).json()["payload"]
    assert asked["ShipmentLevelFields"] == []
    assert asked["ItemLevelFieldsList"][0]["AdditionalInputs"] == []
    away = shop.post(f"{MFN}/additionalSellerInputs", body | {"ShipFromAddress": SENDER})
    assert "Invalid Ship From Address" in error(away)[2]
    unknown = shop.post(f"{MFN}/additionalSellerInputs", body | {"ShippingServiceId": "PIGEON"})
    assert error(unknown)[0] == 400
    lost = shop.post(f"{MFN}/additionalSellerInputs", body | {"OrderId": "113-0000000-0000000"})
    assert error(lost)[0] == 400


# Cancelling


def test_a_label_cancelled_in_time_is_refunded_and_the_order_is_to_be_shipped_again(shop: Shop) -> None:
    order_id = shop.place()
    shipment = bought(buy(shop, details(shop, order_id)))
    shop.clock.advance(seconds=60)
    cancelled = bought(cancel(shop, shipment["ShipmentId"]))
    assert cancelled["Status"] == "RefundPending"
    assert cancelled["LastUpdatedDate"] == "2026-11-02T08:01:00Z"
    assert cancelled["Label"]["FileContents"]["Contents"] == ""
    assert shop.sim.order(order_id).status == "UNSHIPPED"
    assert packages(shop, order_id) == []
    shop.clock.advance(seconds=86399)
    assert read(shop, shipment["ShipmentId"]).json()["payload"]["Status"] == "RefundPending"
    shop.clock.advance(seconds=1)
    assert read(shop, shipment["ShipmentId"]).json()["payload"]["Status"] == "RefundApplied"
    bought(buy(shop, details(shop, order_id)))
    assert shop.sim.order(order_id).status == "SHIPPED"


def test_a_cancelled_label_of_several_leaves_the_others(shop: Shop) -> None:
    order_id = shop.place(2)
    first, second = (bought(buy(shop, details(shop, order_id))) for _ in range(2))
    cancel(shop, first["ShipmentId"])
    assert shop.sim.order(order_id).status == "PARTIALLY_SHIPPED"
    (package,) = packages(shop, order_id)
    assert package["trackingNumber"] == second["TrackingId"]


def test_a_parcel_on_its_way_is_not_refunded(shop: Shop) -> None:
    order_id = shop.place()
    shipment = bought(buy(shop, details(shop, order_id)))
    shop.clock.advance(seconds=25 * 3600)
    assert bought(cancel(shop, shipment["ShipmentId"]))["Status"] == "RefundPending"
    assert shop.sim.order(order_id).status == "SHIPPED"
    shop.clock.advance(seconds=86400)
    assert read(shop, shipment["ShipmentId"]).json()["payload"]["Status"] == "RefundRejected"
    assert len(packages(shop, order_id)) == 1


def test_a_package_that_was_reported_anew_stays_when_its_old_label_is_cancelled(shop: Shop) -> None:
    order_id = shop.place()
    shipment = bought(buy(shop, details(shop, order_id)))
    assert shop.confirm(order_id).status_code == 204
    cancel(shop, shipment["ShipmentId"])
    (package,) = packages(shop, order_id)
    assert package["trackingNumber"] == "1Z999AA10123456784"


def test_cancelling_twice_is_refused_or_answered_as_it_stands(shop: Shop) -> None:
    shipment = bought(buy(shop, details(shop, shop.place())))
    cancel(shop, shipment["ShipmentId"])
    assert "RefundPending" in error(cancel(shop, shipment["ShipmentId"]))[2]
    lenient = open_shop(behaviours=Behaviours(refuse_cancelled_again=False))
    lenient.sim.limits.off()
    shipment = bought(buy(lenient, details(lenient, lenient.place())))
    first, second = (bought(cancel(lenient, shipment["ShipmentId"])) for _ in range(2))
    assert first == second


def test_a_refund_takes_as_long_as_it_is_told() -> None:
    shop = open_shop(behaviours=Behaviours(label_refund_seconds=10))
    shop.sim.limits.off()
    shipment = bought(buy(shop, details(shop, shop.place())))
    cancel(shop, shipment["ShipmentId"])
    shop.clock.advance(seconds=10)
    assert read(shop, shipment["ShipmentId"]).json()["payload"]["Status"] == "RefundApplied"


def test_shipments_are_found_by_their_own_seller_alone(shop: Shop) -> None:
    shipment_id = bought(buy(shop, details(shop, shop.place())))["ShipmentId"]
    unknown = "00000000-0000-0000-0000-000000000000"
    for act in (read, cancel):
        assert error(act(shop, unknown))[:2] == (404, "NotFound")
        status, _, said = error(act(shop, "TEST_CASE_400"))
        assert status == 400
        assert "Value 'TEST_CASE_400' at 'shipmentId' failed to satisfy constraint" in said
    shop.refresh_token = shop.sim.authorize(shop.app, shop.sim.add_seller())
    for act in (read, cancel):
        assert error(act(shop, shipment_id))[:2] == (404, "NotFound")


# Who may


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
