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
from shop import Shop, error, open_shop

from spapi_simulator import Behaviours, Fault

WITHOUT_PLANS = True

GERMAN = SENDER | {"CountryCode": "DE", "StateOrProvinceCode": "BE", "City": "Exampleford"}


def told(name: str, value: str) -> list[Any]:
    """One additional seller input."""
    given = {"DataType": "String", "ValueAsString": value}
    return [{"AdditionalInputFieldName": name, "AdditionalSellerInput": given}]


def names(fields: list[Any]) -> list[str]:
    return [one["AdditionalInputFieldName"] for one in fields]


DECLARED, MADE_IN = told("NON_DELIVERY_OPTION", "RETURN"), told("COUNTRY_OF_ORIGIN", "JP")


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
