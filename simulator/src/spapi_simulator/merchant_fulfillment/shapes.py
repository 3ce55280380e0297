"""Offers and shipments as Amazon's model spells them."""

from decimal import Decimal

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import seconds
from spapi_simulator.merchant_fulfillment import labels
from spapi_simulator.merchant_fulfillment.addresses import NOBODY
from spapi_simulator.merchant_fulfillment.filters import has_slip
from spapi_simulator.merchant_fulfillment.label import LENGTH, WIDTH
from spapi_simulator.merchant_fulfillment.question import Question
from spapi_simulator.merchant_fulfillment.rates import Quote, Rejection
from spapi_simulator.merchant_fulfillment.services import (
    DEFAULT,
    EXPERIENCE_CHARGES,
    PICKUP_CHARGE,
    in_currency,
)
from spapi_simulator.merchant_fulfillment.shipments import PURCHASED, Shipment

_SHIP_PLUS = "FBM_SHIP_PLUS"
_CLAIMS = "CLAIMS_PROTECTED"


def money(amount: Decimal, currency: str) -> JSON:
    """Return a CurrencyAmount, which this API writes as a number."""
    return {"CurrencyCode": currency, "Amount": float(amount)}


def offer(quote: Quote, question: Question, offer_id: str, *, slip: bool = False) -> JSON:
    """Return a quote as an offer to buy (ShippingService); `slip` is for labels with a packing slip alone."""
    formats = [*quote.service.carrier.formats, DEFAULT]
    options: list[JSON] = [
        {"LabelFormat": one, "IncludePackingSlipWithLabel": with_slip}
        for one in formats
        for with_slip in (False, True)
        if (with_slip and has_slip(quote, one)) or not (with_slip or slip)
    ]
    return {
        **_service(quote, question, offer_id),
        "AvailableShippingServiceOptions": _choices(quote),
        "AvailableLabelFormats": formats,
        "AvailableFormatOptionsForLabel": options,
        "RequiresAdditionalSellerInputs": quote.needs_inputs,
    }


def rejected(one: Rejection) -> JSON:
    """Return why a service is not offered (RejectedShippingService)."""
    return {
        "CarrierName": one.service.carrier.name,
        "ShippingServiceName": one.service.name,
        "ShippingServiceId": one.service.service_id,
        "RejectionReasonCode": one.code,
        "RejectionReasonMessage": one.message,
    }


def shipment(bought: Shipment, *, personal: bool) -> JSON:
    """Return a shipment; without `personal` neither the recipient nor the label that names one."""
    question, quote, wishes = bought.question, bought.quote, bought.question.wishes
    visible = personal and bought.status == PURCHASED
    label: JSON = {
        "Dimensions": {"Length": float(LENGTH), "Width": float(WIDTH), "Unit": "inches"},
        "FileContents": labels.file_of(bought.label(), bought.label_format)
        if visible
        else labels.no_file(bought.label_format),
        "LabelFormat": bought.label_format,
    }
    if bought.custom_text:
        label["CustomTextForLabel"] = bought.custom_text
    if wishes.standard_id:
        label["StandardIdForLabel"] = "AmazonOrderId"
    return {
        "ShipmentId": bought.shipment_id,
        "AmazonOrderId": bought.order.order_id,
        "SellerOrderId": question.seller_order_id or bought.order.seller_order_id,
        "ItemList": [{"OrderItemId": one.order_item_id, "Quantity": one.quantity} for one in question.items],
        "ShipFromAddress": question.sender.shape(),
        "ShipToAddress": (bought.recipient if personal else NOBODY).shape(),
        "PackageDimensions": question.measures,
        "Weight": question.weight,
        "Insurance": money(quote.insurance, quote.currency),
        "ShippingService": {
            **_service(quote, question, bought.offer_id),
            "RequiresAdditionalSellerInputs": False,
        },
        "Label": label,
        "Status": bought.status,
        "TrackingId": bought.tracking,
        "CreatedDate": seconds(bought.created_at),
        "LastUpdatedDate": seconds(bought.updated_at),
    }


def _service(quote: Quote, question: Question, offer_id: str) -> JSON:
    """Return what offers and shipments tell of a service alike."""
    wishes = question.wishes
    options: JSON = {
        "DeliveryExperience": wishes.experience,
        "CarrierWillPickUp": wishes.pickup,
        "CarrierWillPickUpOption": "CarrierWillPickUp" if wishes.pickup else "ShipperWillDropOff",
        "LabelFormat": wishes.label_format,
    }
    if wishes.declared is not None:
        options["DeclaredValue"] = money(wishes.declared, quote.currency)
    shape: JSON = {
        "ShippingServiceName": quote.service.name,
        "CarrierName": quote.service.carrier.name,
        "ShippingServiceId": quote.service.service_id,
        "ShippingServiceOfferId": offer_id,
        "ShipDate": seconds(quote.ship_date),
        "EarliestEstimatedDeliveryDate": seconds(quote.earliest),
        "LatestEstimatedDeliveryDate": seconds(quote.latest),
        "Rate": money(quote.rate, quote.currency),
        "RateWithAdjustments": money(max(quote.rate - quote.credit, Decimal(0)), quote.currency),
        "ShippingServiceOptions": options,
        "Benefits": _benefits(quote),
    }
    if quote.credit:
        shape["AdjustmentItemList"] = [
            {
                "RateItemID": "FBM_SHIP_PLUS_CREDIT",
                "RateItemType": "INCLUDED",
                "RateItemCharge": money(quote.credit, quote.currency),
                "RateItemNameLocalization": "FBM Ship+ credit",
            }
        ]
    return shape


def _benefits(quote: Quote) -> JSON:
    included = [] if quote.late else [_CLAIMS]
    excluded: list[JSON] = [{"Benefit": _CLAIMS, "ReasonCodes": ["LATE_DELIVERY_RISK"]}] if quote.late else []
    if quote.credit:
        included.append(_SHIP_PLUS)
    return {"IncludedBenefits": included, "ExcludedBenefits": excluded}


def _choices(quote: Quote) -> JSON:
    """Return what else the service could do, and for how much (AvailableShippingServiceOptions)."""
    pickups = {"ShipperWillDropOff": Decimal(0)}
    if quote.service.carrier.pickup:
        pickups["CarrierWillPickUp"] = PICKUP_CHARGE
    return {
        "AvailableCarrierWillPickUpOptions": [
            {
                "CarrierWillPickUpOption": name,
                "Charge": money(in_currency(charge, quote.currency), quote.currency),
            }
            for name, charge in pickups.items()
        ],
        "AvailableDeliveryExperienceOptions": [
            {
                "DeliveryExperienceOption": name,
                "Charge": money(in_currency(charge, quote.currency), quote.currency),
            }
            for name, charge in zip(quote.service.experiences, EXPERIENCE_CHARGES, strict=False)
        ],
    }
