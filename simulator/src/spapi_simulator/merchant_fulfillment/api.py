"""Merchant Fulfillment API v0: labels of carriers, bought through Amazon (sp-api.md, 8)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from spapi_simulator.front.answers import JSON, Reply, refuse_access, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import flag, optional_part, optional_text, part
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.merchant_fulfillment import addresses, filters, inputs, shapes
from spapi_simulator.merchant_fulfillment.offers import Offers
from spapi_simulator.merchant_fulfillment.question import Question, check_against, order_of, read
from spapi_simulator.merchant_fulfillment.rates import Destination, Quote, Rejection, quote
from spapi_simulator.merchant_fulfillment.services import Service
from spapi_simulator.merchant_fulfillment.shipments import PURCHASED, Shipment, Shipments
from spapi_simulator.merchant_fulfillment.tariffs import SERVICES, services_from
from spapi_simulator.merchant_fulfillment.wording import choice_of, refuse_value, text_of
from spapi_simulator.orders.v0_shapes import redacted
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import SHIP_PLUS, OrderRecord
from spapi_simulator.world.roles import Role

_API, _SHIPMENTS = "merchantFulfillmentV0", "/mfn/v0/shipments"
_RECIPIENT = frozenset({"shippingAddress"})
_SHIPMENT_ID = re.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

OPERATIONS = (
    Operation(
        "getEligibleShipmentServices", "POST", "/mfn/v0/eligibleShippingServices", 6, 12, api=_API,
        honours=("ShipmentRequestDetails", "ShippingOfferingFilter"),
    ),
    Operation(
        "createShipment", "POST", _SHIPMENTS, 2, 2, api=_API, restricted=_RECIPIENT,
        honours=(
            "ShipmentRequestDetails", "ShippingServiceId", "ShippingServiceOfferId", "HazmatType",
            "LabelFormatOption", "ShipmentLevelSellerInputsList",
        ),
    ),
    Operation(
        "getShipment", "GET", f"{_SHIPMENTS}/{{shipmentId}}", 1, 1, api=_API, restricted=_RECIPIENT,
        honours=("shipmentId",),
    ),
    Operation(
        "cancelShipment", "DELETE", f"{_SHIPMENTS}/{{shipmentId}}", 1, 1, api=_API, restricted=_RECIPIENT,
        honours=("shipmentId",),
    ),
    Operation(
        "getAdditionalSellerInputs", "POST", "/mfn/v0/additionalSellerInputs", 1, 1, api=_API,
        honours=("ShippingServiceId", "ShipFromAddress", "OrderId"),
    ),
)  # fmt: skip


class MerchantFulfillment:
    """Answers the five operations; all of them take the role Direct-to-Consumer Shipping."""

    def __init__(self, book: Book, shipments: Shipments, offers: Offers, behaviours: Behaviours) -> None:
        self._book = book
        self._shipments = shipments
        self._offers = offers
        self._behaviours = behaviours
        self._closed = behaviours.unavailable_carriers | behaviours.unaccepted_carriers

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {
            "getEligibleShipmentServices": self.eligible,
            "createShipment": self.create,
            "getShipment": self.get,
            "cancelShipment": self.cancel,
            "getAdditionalSellerInputs": self.additional_inputs,
        }

    def eligible(self, ask: Ask) -> Reply:
        """Answer getEligibleShipmentServices: what can carry a parcel, and why other services cannot."""
        _check_role(ask)
        body = ask.json()
        order, question = self._asked(body, ask)
        wanted = filters.read(optional_part(body, "ShippingOfferingFilter"))
        offered: list[JSON] = []
        refused: list[JSON] = []
        services = services_from(question.sender.country)
        for service in services:
            if service.carrier.name in self._closed:
                continue
            found = quote(service, question, _destination(order), now=ask.now)
            if isinstance(found, Rejection):
                refused.append(shapes.rejected(found))
            elif wanted.lets(found):
                offer_id = self._offers.keep(order.seller_id, question, found, now=ask.now)
                offered.append(shapes.offer(found, question, offer_id, slip=wanted.slip))
        carriers = {service.carrier.name for service in services}
        payload: JSON = {
            "ShippingServiceList": offered,
            "RejectedShippingServiceList": refused,
            "TemporarilyUnavailableCarrierList": _named(carriers & self._behaviours.unavailable_carriers),
            "TermsAndConditionsNotAcceptedCarrierList": _named(
                carriers & self._behaviours.unaccepted_carriers
            ),
        }
        return Reply(body={"payload": payload})

    def create(self, ask: Ask) -> Reply:
        """Answer createShipment: buy a label. The same call again buys another one."""
        personal = self._may_see_recipient(ask)
        body = ask.json()
        order, question = self._asked(body, ask)
        offer_id = optional_text(body, "ShippingServiceOfferId")
        chosen = self._chosen(body, order, question, offer_id=offer_id, now=ask.now)
        slip = flag(optional_part(body, "LabelFormatOption"), "IncludePackingSlipWithLabel")
        if slip and not filters.has_slip(chosen, question.wishes.label_format):
            raise refuse_input(message="A packing slip is not available with this label format.")
        told = inputs.read(body.get("ShipmentLevelSellerInputsList"))
        if chosen.needs_inputs:
            inputs.check(told, inputs.SHIPMENT_LEVEL)
            for of_item in question.inputs.values():
                inputs.check(of_item, inputs.ITEM_LEVEL)
        shipment = self._shipments.buy(
            order,
            question,
            chosen,
            recipient=addresses.of(order.recipient),
            offer_id=offer_id,
            slip=slip,
            shown_after=ask.shown_after,
        )
        return self._reply(shipment, ask, personal=personal)

    def get(self, ask: Ask) -> Reply:
        """Answer getShipment."""
        personal = self._may_see_recipient(ask)
        return self._reply(self._shipment(ask), ask, personal=personal)

    def cancel(self, ask: Ask) -> Reply:
        """Answer cancelShipment: the refund is pending until the carrier has decided."""
        personal = self._may_see_recipient(ask)
        shipment = self._shipment(ask)
        if shipment.status == PURCHASED:
            self._shipments.cancel(shipment)
        elif self._behaviours.refuse_cancelled_again:
            raise refuse_input(message=f"The shipment cannot be cancelled; its status is {shipment.status}.")
        return self._reply(shipment, ask, personal=personal)

    def additional_inputs(self, ask: Ask) -> Reply:
        """Answer getAdditionalSellerInputs: what customs want to know, where there are any."""
        _check_role(ask)
        body = ask.json()
        order = order_of(text_of(body, "OrderId", ""), ask.caller.seller_id, self._book)
        service = _service(body)
        sender = addresses.read(part(body, "ShipFromAddress"), "shipFromAddress")
        if sender.country not in service.origins:
            raise refuse_input(message="Invalid Ship From Address when calling GetAdditionalSellerInputs")
        customs = service.crosses_customs(sender.country, order.recipient.country_code)
        shipment_level, item_level = (
            [field.shape() for field in inputs.fields_of(target)] if customs else []
            for target in (inputs.SHIPMENT_LEVEL, inputs.ITEM_LEVEL)
        )
        payload: JSON = {
            "ShipmentLevelFields": shipment_level,
            "ItemLevelFieldsList": [
                {"Asin": item.asin, "AdditionalInputs": item_level} for item in order.items
            ],
        }
        return Reply(body={"payload": payload})

    def _asked(self, body: JSON, ask: Ask) -> tuple[OrderRecord, Question]:
        """Return what a request wants to ship, and the order it may ship it for."""
        question = read(part(body, "ShipmentRequestDetails"), ask.now)
        order = order_of(question.order_id, ask.caller.seller_id, self._book)
        check_against(order, question)
        return order, question

    def _chosen(
        self, body: JSON, order: OrderRecord, question: Question, *, offer_id: str, now: datetime
    ) -> Quote:
        """Return what the chosen service would do now, or would have done when it was offered.

        Raises:
            Refusal: 400 for a service or an offer that cannot be bought.
        """
        service = _service(body)
        if service.carrier.name in self._closed:
            raise refuse_input(
                message=f"{service.carrier.name} sells no labels to this seller at the moment."
            )
        if offer_id:
            offer = self._offers.find(offer_id, service.service_id, order.seller_id, question, now=now)
            now = offer.ship_date
        hazmat = choice_of(body, "HazmatType", "", ("None", "LQHazmat"), default="None") == "LQHazmat"
        parcel = replace(question, hazmat=hazmat or question.hazmat)
        found = quote(service, parcel, _destination(order), now=now)
        if isinstance(found, Rejection):
            raise refuse_input(found.code, message=f"{service.name} cannot be purchased: {found.message}")
        return found

    def _shipment(self, ask: Ask) -> Shipment:
        shipment_id = ask.path["shipmentId"]
        if not _SHIPMENT_ID.fullmatch(shipment_id):
            constraint = f"satisfy regular expression pattern: {_SHIPMENT_ID.pattern}"
            raise refuse_value(shipment_id, "shipmentId", constraint)
        shipment = self._shipments.find(shipment_id, ask.caller.seller_id)
        if shipment is None:
            raise refuse_unknown()
        return shipment

    def _may_see_recipient(self, ask: Ask) -> bool:
        """Say whether an answer may show where a parcel goes.

        Raises:
            Refusal: 403 without the role, or without an RDT where one is needed.
        """
        _check_role(ask)
        if not ask.caller.restricted and self._behaviours.labels_need_rdt:
            raise refuse_access()
        return ask.caller.elements >= _RECIPIENT

    def _reply(self, shipment: Shipment, ask: Ask, *, personal: bool) -> Reply:
        shown = personal and not redacted(shipment.order, self._behaviours, ask.now)
        return Reply(body={"payload": shapes.shipment(shipment, personal=shown)})


def _check_role(ask: Ask) -> None:
    # A fault that keeps a caller from personal data takes the role from it for that call; it is let in still.
    if Role.DIRECT_TO_CONSUMER_SHIPPING not in ask.caller.roles and not ask.caller.blinded:
        raise refuse_access()


def _destination(order: OrderRecord) -> Destination:
    return Destination(
        address=addresses.of(order.recipient),
        ship_by=order.ship_by,
        promised=order.latest_delivery,
        ship_plus=SHIP_PLUS in order.programs,
    )


def _service(body: JSON) -> Service:
    service_id = text_of(body, "ShippingServiceId", "")
    service = SERVICES.get(service_id)
    if service is None:
        raise refuse_input(message=f"ShippingServiceId {service_id[:60]} is not valid.")
    return service


def _named(carriers: frozenset[str] | set[str]) -> list[JSON]:
    return [{"CarrierName": name} for name in sorted(carriers)]
