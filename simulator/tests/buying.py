"""Buying labels through the Merchant Fulfillment API, as a seller's software does."""

import base64
import gzip
import hashlib
from collections.abc import Sequence
from typing import Any

import httpx
from shop import NA, Shop

from spapi_simulator import Recipient

MFN, V2026 = "/mfn/v0", "/orders/2026-01-01/orders"
SENDER = {
    "Name": "Sample Shop",
    "AddressLine1": "1 Fixture Court",
    "Email": "shop@seller.example",
    "City": "Testbury",
    "StateOrProvinceCode": "WA",
    "PostalCode": "00001",
    "CountryCode": "US",
    "Phone": "+1 206-555-0100",
}
OPTIONS = {"DeliveryExperience": "DeliveryConfirmationWithoutSignature", "CarrierWillPickUp": False}


def details(
    shop: Shop, order_id: str, contents: Sequence[tuple[int, int]] = ((0, 1),), **changes: Any
) -> dict[str, Any]:
    """What is to be shipped; a change of None leaves a member out."""
    items = shop.sim.order(order_id).items
    full = {
        "AmazonOrderId": order_id,
        "ItemList": [
            {"OrderItemId": items[index].order_item_id, "Quantity": quantity} for index, quantity in contents
        ],
        "ShipFromAddress": SENDER,
        "PackageDimensions": {"Length": 10, "Width": 8, "Height": 4, "Unit": "inches"},
        "Weight": {"Value": 20, "Unit": "oz"},
        "ShippingServiceOptions": OPTIONS,
    }
    return {name: value for name, value in (full | changes).items() if value is not None}


def ask(shop: Shop, wanted: dict[str, Any], **more: Any) -> httpx.Response:
    return shop.post(f"{MFN}/eligibleShippingServices", {"ShipmentRequestDetails": wanted, **more})


def offer(shop: Shop, wanted: dict[str, Any], service: str = "USPS_PTP_PRI") -> str:
    return str(services(ask(shop, wanted, ShippingOfferingFilter=ALL))[service]["ShippingServiceOfferId"])


ALL = {"IncludeComplexShippingOptions": True}


def services(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {one["ShippingServiceId"]: one for one in answer.json()["payload"]["ShippingServiceList"]}


def rejections(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {
        one["ShippingServiceId"]: one["RejectionReasonCode"]
        for one in answer.json()["payload"]["RejectedShippingServiceList"]
    }


def restricted(shop: Shop) -> str:
    """An RDT that opens all three restricted operations, for every shipment."""
    answer = shop.rdt(
        {"method": "POST", "path": f"{MFN}/shipments"},
        {"method": "GET", "path": f"{MFN}/shipments/{{shipmentId}}"},
        {"method": "DELETE", "path": f"{MFN}/shipments/{{shipmentId}}"},
    )
    return str(answer.json()["restrictedDataToken"])


def buy(
    shop: Shop,
    wanted: dict[str, Any],
    service: str = "USPS_PTP_PRI",
    *,
    token: str | None = None,
    **more: Any,
) -> httpx.Response:
    body = {"ShipmentRequestDetails": wanted, "ShippingServiceId": service, **more}
    return shop.post(f"{MFN}/shipments", body, token=token or restricted(shop))


def bought(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["payload"])


def read(shop: Shop, shipment_id: str, *, token: str | None = None) -> httpx.Response:
    return shop.get(f"{MFN}/shipments/{shipment_id}", token=token or restricted(shop))


def cancel(shop: Shop, shipment_id: str, *, token: str | None = None) -> httpx.Response:
    headers = {"x-amz-access-token": token or restricted(shop)}
    return shop.http.delete(f"{NA}{MFN}/shipments/{shipment_id}", headers=headers)


def document(shipment: dict[str, Any]) -> bytes:
    """The file of a label, checked against its checksum."""
    file = shipment["Label"]["FileContents"]
    content = gzip.decompress(base64.b64decode(file["Contents"]))
    assert base64.b64decode(file["Checksum"]) == hashlib.md5(content).digest()
    return content


def at(country: str, **more: str) -> Recipient:
    fields = {"name": "Testperson Oddlestone", "address_line_1": "7 Sample Row", "city": "Mockhaven"}
    return Recipient(**(fields | {"postal_code": "00007", "country_code": country} | more))


def packages(shop: Shop, order_id: str) -> list[Any]:
    answer = shop.get(f"{V2026}/{order_id}", includedData="PACKAGES,FULFILLMENT").json()["order"]
    return list(answer.get("packages", []))
