from typing import Any

import pytest
from buying import (
    OPTIONS,
    SENDER,
    ask,
    at,
    bought,
    buy,
    details,
    rejections,
    services,
)
from shop import Shop, error, open_shop

from spapi_simulator import Behaviours

WITHOUT_PLANS = True

ADULT = "DeliveryConfirmationWithAdultSignature"
TOO_LONG = (
    "1 validation error detected: Value 'USA' at 'shipmentRequestDetails.shipFromAddress.countryCode' "
    "failed to satisfy constraint: Member must have length less than or equal to 2"
)


def box(**changes: Any) -> dict[str, Any]:
    sides = {"Length": 1, "Width": 1, "Height": 1, "Unit": "inches"}
    return {name: value for name, value in (sides | changes).items() if value is not None}


def worth(currency: str) -> dict[str, Any]:
    return OPTIONS | {"DeclaredValue": {"CurrencyCode": currency, "Amount": 1}}


# What can carry a parcel


def test_a_parcel_within_a_country_is_offered_what_its_carriers_sell(shop: Shop) -> None:
    offered = services(ask(shop, details(shop, shop.place())))
    assert {"USPS_PTP_PRI", "UPS_PTP_GND", "FEDEX_PTP_GROUND"} <= set(offered)
    ground = offered["UPS_PTP_GND"]
    assert ground["CarrierName"] == "UPS"
    assert ground["Rate"]["CurrencyCode"] == "USD"
    assert ground["Rate"] == ground["RateWithAdjustments"]
    assert ground["AvailableLabelFormats"] == ["PNG", "PDF", "ZPL203", "ShippingServiceDefault"]
    assert ground["ShipDate"] == "2026-11-02T08:00:00Z"
    assert ground["EarliestEstimatedDeliveryDate"] == "2026-11-03T20:00:00Z"
    assert ground["LatestEstimatedDeliveryDate"] == "2026-11-07T20:00:00Z"
    assert not ground["RequiresAdditionalSellerInputs"]
    assert len({one["ShippingServiceOfferId"] for one in offered.values()}) == len(offered)


def test_what_cannot_carry_it_says_why(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    assert rejections(ask(shop, wanted))["USPS_PTP_FC"] == "WEIGHT_LIMIT_EXCEEDED"
    assert rejections(ask(shop, wanted))["DHL_EXPRESS_WORLDWIDE"] == "DESTINATION_NOT_SERVED"
    light = wanted | {"Weight": {"Value": 100, "Unit": "g"}}
    assert "USPS_PTP_FC" in services(ask(shop, light))
    long = wanted | {"PackageDimensions": {"Length": 160, "Width": 9, "Height": 9, "Unit": "centimeters"}}
    assert rejections(ask(shop, long))["USPS_PTP_PRI"] == "DIMENSION_LIMIT_EXCEEDED"
    assert "UPS_PTP_GND" in services(ask(shop, long))


@pytest.mark.parametrize(
    ("options", "service", "reason"),
    [
        ({"DeliveryExperience": ADULT}, "USPS_PTP_PRI", "DELIVERY_EXPERIENCE_NOT_OFFERED"),
        ({"CarrierWillPickUp": True}, "UPS_PTP_GND", "CARRIER_PICKUP_NOT_OFFERED"),
        ({"CarrierWillPickUpOption": "CarrierWillPickUp"}, "UPS_PTP_GND", "CARRIER_PICKUP_NOT_OFFERED"),
        ({"LabelFormat": "ZPL300"}, "UPS_PTP_GND", "LABEL_FORMAT_NOT_OFFERED"),
    ],
)  # fmt: skip
def test_what_a_carrier_does_not_do_it_is_not_offered_for(
    shop: Shop, options: dict[str, Any], service: str, reason: str
) -> None:
    wanted = details(shop, shop.place(), ShippingServiceOptions=OPTIONS | options)
    assert rejections(ask(shop, wanted))[service] == reason
    assert error(buy(shop, wanted, service))[1] == "InvalidInput"
    assert service in services(ask(shop, wanted | {"ShippingServiceOptions": OPTIONS}))


def test_whether_somebody_picks_it_up_may_be_said_in_two_ways(shop: Shop) -> None:
    both = OPTIONS | {"CarrierWillPickUp": True, "CarrierWillPickUpOption": "ShipperWillDropOff"}
    wanted = details(shop, shop.place(), ShippingServiceOptions=both)
    options = services(ask(shop, wanted))["UPS_PTP_GND"]["ShippingServiceOptions"]
    assert options["CarrierWillPickUp"] is False
    assert options["CarrierWillPickUpOption"] == "ShipperWillDropOff"


@pytest.mark.parametrize(
    ("value", "unit", "light"), [(15.8, "oz", True), (15.9, "oz", False), (450, "g", True), (451, "g", False)]
)
def test_ounces_and_grams_are_weighed_alike(shop: Shop, value: float, unit: str, light: bool) -> None:
    wanted = details(shop, shop.place(), Weight={"Value": value, "Unit": unit})
    assert ("USPS_PTP_FC" in services(ask(shop, wanted))) is light


def test_more_service_costs_more(shop: Shop) -> None:
    wanted = details(shop, shop.place())

    def rate(service: str, **changes: Any) -> float:
        options = OPTIONS | changes.pop("options", {})
        answer = ask(shop, wanted | {"ShippingServiceOptions": options} | changes)
        return float(services(answer)[service]["Rate"]["Amount"])

    plain = rate("USPS_PTP_PRI")
    assert rate("USPS_PTP_PRI", Weight={"Value": 40, "Unit": "oz"}) > plain
    assert rate("USPS_PTP_PRI", options={"DeliveryExperience": "DeliveryConfirmationWithSignature"}) > plain
    insured = {"DeclaredValue": {"CurrencyCode": "USD", "Amount": 1000}}
    assert rate("USPS_PTP_PRI", options=insured) == pytest.approx(plain + 10.80)
    little = {"DeclaredValue": {"CurrencyCode": "USD", "Amount": 20}}
    assert rate("USPS_PTP_PRI", options=little) == plain
    bulky = {"Length": 60, "Width": 60, "Height": 60, "Unit": "centimeters"}
    assert rate("UPS_PTP_GND", PackageDimensions=bulky) > rate("UPS_PTP_GND")
    assert rate("DYNAMEX_PTP_SAME", options={"CarrierWillPickUp": True}) > rate("DYNAMEX_PTP_SAME")


def test_what_would_come_too_late_is_not_offered(shop: Shop) -> None:
    wanted = details(shop, shop.place(), MustArriveByDate="2026-11-04T23:00:00Z")
    answer = ask(shop, wanted)
    assert rejections(answer)["UPS_PTP_GND"] == "CANNOT_ARRIVE_IN_TIME"
    assert "UPS_PTP_2ND_DAY_AIR" in services(answer)
    later = ask(shop, wanted | {"ShipDate": "2026-11-03T08:00:00Z"})
    assert rejections(later)["UPS_PTP_2ND_DAY_AIR"] == "CANNOT_ARRIVE_IN_TIME"
    assert "UPS_PTP_NEXT_DAY_AIR_SAVER" in services(later)


def test_a_label_that_may_be_late_is_not_protected_against_claims(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    assert services(ask(shop, wanted))["UPS_PTP_GND"]["Benefits"]["IncludedBenefits"] == ["CLAIMS_PROTECTED"]
    late = services(ask(shop, wanted | {"ShipDate": "2026-11-20T08:00:00Z"}))["UPS_PTP_GND"]["Benefits"]
    assert late["IncludedBenefits"] == []
    assert late["ExcludedBenefits"][0]["ReasonCodes"] == ["LATE_DELIVERY_RISK"]


def test_couriers_do_not_deliver_to_post_office_boxes(shop: Shop) -> None:
    order_id = shop.place(recipient=at("US", address_line_1="P.O. Box 12", state="WA"))
    answer = ask(shop, details(shop, order_id))
    assert rejections(answer)["UPS_PTP_GND"] == "CARRIER_CANNOT_SHIP_TO_POBOX"
    assert "USPS_PTP_PRI" in services(answer)


def test_a_box_may_be_called_by_its_name(shop: Shop) -> None:
    wanted = details(shop, shop.place())
    named = wanted | {"PackageDimensions": {"PredefinedPackageDimensions": "USPS_SmallFlatRateBox"}}
    assert "USPS_PTP_PRI" in services(ask(shop, named))
    big = wanted | {"PackageDimensions": {"PredefinedPackageDimensions": "UPS_Pallet"}}
    assert rejections(ask(shop, big))["UPS_PTP_GND"] == "DIMENSION_LIMIT_EXCEEDED"
    invented = wanted | {"PackageDimensions": {"PredefinedPackageDimensions": "Moving_Van"}}
    assert error(ask(shop, invented))[0] == 400


def test_carriers_may_be_out_of_order_or_not_agreed_with() -> None:
    behaviours = Behaviours(
        unavailable_carriers=frozenset({"USPS", "Royal Mail"}), unaccepted_carriers=frozenset({"FedEx"})
    )
    shop = open_shop(behaviours=behaviours)
    wanted = details(shop, shop.place())
    answer = ask(shop, wanted)
    payload = answer.json()["payload"]
    assert payload["TemporarilyUnavailableCarrierList"] == [{"CarrierName": "USPS"}]
    assert payload["TermsAndConditionsNotAcceptedCarrierList"] == [{"CarrierName": "FedEx"}]
    assert {one["CarrierName"] for one in services(answer).values()} == {"UPS", "Dynamex", "DHL Express"}
    assert error(buy(shop, wanted, "USPS_PTP_PRI"))[0] == 400


def test_filters_hide_what_is_not_wanted(shop: Shop) -> None:
    wanted = details(shop, shop.place())

    def names(**given: Any) -> set[str]:
        return {
            one["CarrierName"] for one in services(ask(shop, wanted, ShippingOfferingFilter=given)).values()
        }

    assert names(CarrierWillPickUp="CarrierWillPickUp") == {"Dynamex"}
    assert "USPS" in names(CarrierWillPickUp="NoPreference", DeliveryExperience="NoPreference")
    assert "USPS" not in names(DeliveryExperience=ADULT)
    assert error(ask(shop, wanted, ShippingOfferingFilter={"CarrierWillPickUp": "Perhaps"}))[0] == 400
    with_slip = services(ask(shop, wanted, ShippingOfferingFilter={"IncludePackingSlipWithLabel": True}))
    assert with_slip["UPS_PTP_GND"]["AvailableFormatOptionsForLabel"] == [
        {"LabelFormat": "PDF", "IncludePackingSlipWithLabel": True}
    ]


def test_ship_plus_pays_a_part(shop: Shop) -> None:
    wanted = details(shop, shop.place(programs=["FBM_SHIP_PLUS"]))
    offered = services(ask(shop, wanted))["UPS_PTP_GND"]
    saved = offered["Rate"]["Amount"] - offered["RateWithAdjustments"]["Amount"]
    assert saved == pytest.approx(1.00)
    assert offered["AdjustmentItemList"][0]["RateItemID"] == "FBM_SHIP_PLUS_CREDIT"
    assert bought(buy(shop, wanted))["Status"] == "Purchased"


# What a request must hold


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"AmazonOrderId": "113-0000000-0000000"}, "was not found"),
        ({"AmazonOrderId": "TEST_CASE_400"}, "shipmentRequestDetails.amazonOrderId"),
        ({"AmazonOrderId": None}, "amazonOrderId"),
        ({"ItemList": []}, "ItemList"),
        ({"ItemList": [{"OrderItemId": "1", "Quantity": 1}]}, "OrderItemId is invalid"),
        ({"ShipFromAddress": None}, "ShipFromAddress"),
        ({"ShipFromAddress": SENDER | {"CountryCode": "USA"}}, TOO_LONG),
        ({"ShipFromAddress": SENDER | {"CountryCode": "us"}}, "countryCode"),
        ({"ShipFromAddress": SENDER | {"Name": "n" * 31}}, "shipFromAddress.name"),
        ({"ShipFromAddress": SENDER | {"Phone": None}}, "shipFromAddress.phone"),
        ({"ShipFromAddress": SENDER | {"StateOrProvinceCode": None}}, "stateOrProvinceCode"),
        ({"PackageDimensions": box(Height=None)}, "packageDimensions.height"),
        ({"PackageDimensions": box(Length=0)}, "packageDimensions.length"),
        ({"PackageDimensions": box(Unit="feet")}, "packageDimensions.unit"),
        ({"Weight": {"Value": 0, "Unit": "oz"}}, "weight"),
        ({"Weight": {"Value": -1, "Unit": "oz"}}, "weight.value"),
        ({"Weight": {"Value": "1", "Unit": "oz"}}, "weight.value"),
        ({"Weight": {"Value": 1, "Unit": "kg"}}, "weight.unit"),
        ({"ShipDate": "soon"}, "ShipDate"),
        ({"ShipDate": "2026-10-02T08:00:00Z"}, "past"),
        ({"ShipDate": "9999-12-31T23:59:59Z"}, "30 days ahead"),
        ({"MustArriveByDate": "soon"}, "MustArriveByDate"),
        ({"ShippingServiceOptions": {"CarrierWillPickUp": False}}, "deliveryExperience"),
        ({"ShippingServiceOptions": OPTIONS | {"CarrierWillPickUp": None}}, "carrierWillPickUp"),
        ({"ShippingServiceOptions": OPTIONS | {"LabelFormat": "GIF"}}, "labelFormat"),
        ({"ShippingServiceOptions": worth("EUR")}, "USD"),
        ({"ShippingServiceOptions": worth("usd")}, "currencyCode"),
        ({"LabelCustomization": {"CustomTextForLabel": "x" * 15}}, "customTextForLabel"),
        ({"LabelCustomization": {"StandardIdForLabel": "Isbn"}}, "standardIdForLabel"),
        ({"SellerOrderId": "x" * 65}, "sellerOrderId"),
    ],
)  # fmt: skip
def test_a_fault_of_the_details_is_named(shop: Shop, changes: dict[str, Any], said: str) -> None:
    wanted = details(shop, shop.place(), **changes)
    for answer in (ask(shop, wanted), buy(shop, wanted)):
        status, code, words = error(answer)
        assert (status, code) == (400, "InvalidInput")
        assert said in words


def test_only_what_is_left_of_an_order_to_be_shipped_gets_a_label(shop: Shop) -> None:
    order_id = shop.place(2)
    assert "left to ship" in error(buy(shop, details(shop, order_id, [(0, 3)])))[2]
    assert "left to ship" in error(ask(shop, details(shop, order_id, [(0, 1), (0, 2)])))[2]
    shop.confirm(order_id, [(0, 2)])
    assert "shipped already" in error(ask(shop, details(shop, order_id)))[2]


def test_orders_that_are_not_to_be_shipped_by_their_seller_get_no_label(shop: Shop) -> None:
    cancelled = shop.place()
    shop.sim.cancel(cancelled)
    for order_id, said in (
        (cancelled, "Canceled"),
        (shop.place(pending=True), "Pending"),
        (shop.place(fulfilled_by="AMAZON"), "merchant"),
        (shop.place(programs=["AMAZON_EASY_SHIP"]), "merchant"),
    ):
        for answer in (ask(shop, details(shop, order_id)), buy(shop, details(shop, order_id))):
            assert answer.status_code == 400
            assert said in error(answer)[2]


def test_another_sellers_order_is_not_found(shop: Shop) -> None:
    other = shop.sim.add_seller()
    mine = shop.place()
    theirs = shop.sim.place_order(other, lines=[item.line for item in shop.sim.order(mine).items])
    assert "was not found" in error(ask(shop, details(shop, theirs)))[2]
