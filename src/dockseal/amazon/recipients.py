"""Reading personal data of single orders from Amazon; that of many at once is read in `order_report`.

v2026-01-01 gives it by role (getOrder with RECIPIENT), v0 under a restricted data token (getOrderAddress and
getOrderItems). Whatever was not asked for is dropped before anybody sees it; but an e-mail address that comes
along goes on, to become a clue.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from dockseal.amazon.operations import GET_ORDER, GET_ORDER_ADDRESS_V0, GET_ORDER_ITEMS_V0, Operation
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.amazon.tokens import Resource
from dockseal.domain.access import FOUND_BY
from dockseal.domain.countries import iso_country
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Seller
from dockseal.errors import BadInput

_BUYER = frozenset({Field.BUYER_NAME, Field.BUYER_EMAIL})
_ADDRESS_V2026: Mapping[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.NAME: ("name",),
        Field.COMPANY: ("companyName",),
        Field.ADDRESS_LINE_1: ("addressLine1",),
        Field.ADDRESS_LINE_2: ("addressLine2",),
        Field.ADDRESS_LINE_3: ("addressLine3",),
        Field.CITY: ("city",),
        Field.DISTRICT: ("districtOrCounty",),
        Field.REGION: ("stateOrRegion",),
        Field.POSTAL_CODE: ("postalCode",),
        Field.COUNTRY: ("countryCode",),
        Field.PHONE: ("phone",),
    }
)
_ADDRESS_V0: Mapping[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.NAME: ("Name",),
        Field.COMPANY: ("CompanyName",),
        Field.ADDRESS_LINE_1: ("AddressLine1",),
        Field.ADDRESS_LINE_2: ("AddressLine2",),
        Field.ADDRESS_LINE_3: ("AddressLine3",),
        Field.CITY: ("City",),
        Field.DISTRICT: ("District", "County"),
        Field.REGION: ("StateOrRegion",),
        Field.POSTAL_CODE: ("PostalCode",),
        Field.COUNTRY: ("CountryCode",),
        Field.PHONE: ("Phone",),
    }
)


class RecipientReader(Protocol):
    """Reads the personal data of one seller's orders. Raises the errors of `Session.call`."""

    def resources(self, order_id: AmazonOrderId, fields: frozenset[Field]) -> tuple[Resource, ...]:
        """Returns what a restricted data token must open for `read`; nothing where roles decide (v2026)."""

    def read(self, order_id: AmazonOrderId, fields: frozenset[Field], rdt: Secret | None = None) -> Recipient:
        """Reads `fields` of an order; what Amazon leaves out or sends empty is absent."""


class RecipientsV2026:
    """Reads personal data with v2026-01-01: what the roles do not cover is silently absent."""

    def __init__(self, session: Session, seller: Seller) -> None:
        self._session = session
        self._seller = seller

    def resources(self, order_id: AmazonOrderId, fields: frozenset[Field]) -> tuple[Resource, ...]:
        """Returns nothing: v2026-01-01 takes no restricted data token."""
        del order_id, fields
        return ()

    def read(self, order_id: AmazonOrderId, fields: frozenset[Field], rdt: Secret | None = None) -> Recipient:
        """Reads `fields` of an order (getOrder)."""
        del rdt
        data = _included(fields)
        order = self._order(order_id, data)
        # Amazon does not say whether a gift message needs BUYER: it is asked for only when one is missing.
        if Field.GIFT_MESSAGE in fields and "BUYER" not in data and _gift_without_message(order):
            order = self._order(order_id, [*data, "BUYER"])
        return recipient_v2026(order).only(fields | FOUND_BY)

    def _order(self, order_id: AmazonOrderId, data: list[str]) -> Piece:
        query = {"includedData": data}
        answer = self._session.call(GET_ORDER, self._seller.id, order_id=order_id, query=query)
        return Piece(whose=f"order {order_id}", values=answer.json or {}).piece("order")


class RecipientsV0:
    """Reads personal data with v0, under a restricted data token for the exact paths."""

    def __init__(self, session: Session, seller: Seller) -> None:
        self._session = session
        self._seller = seller

    def resources(self, order_id: AmazonOrderId, fields: frozenset[Field]) -> tuple[Resource, ...]:
        """Returns the exact paths that `read` calls for `fields`."""
        wanted = []
        if fields & set(_ADDRESS_V0):
            wanted.append(Resource(method="GET", path=_path(GET_ORDER_ADDRESS_V0, order_id)))
        if Field.GIFT_MESSAGE in fields:
            path = _path(GET_ORDER_ITEMS_V0, order_id)
            wanted.append(Resource(method="GET", path=path, elements=("buyerInfo",)))
        return tuple(wanted)

    def read(self, order_id: AmazonOrderId, fields: frozenset[Field], rdt: Secret | None = None) -> Recipient:
        """Reads `fields` of an order (getOrderAddress, and getOrderItems for a gift message).

        The buyer's name and e-mail are not read in v0.

        Raises:
            BadInput: no restricted data token is given.
        """
        if rdt is None:
            raise BadInput(f"order {order_id}: v0 gives personal data only under a restricted data token")
        values: dict[Field, str] = {}
        if fields & set(_ADDRESS_V0):
            payload = self._payload(GET_ORDER_ADDRESS_V0, order_id, rdt)
            values |= address_v0(payload.piece("ShippingAddress"))
        if Field.GIFT_MESSAGE in fields:
            payload = self._payload(GET_ORDER_ITEMS_V0, order_id, rdt)
            values[Field.GIFT_MESSAGE] = gift_messages_v0(payload)
        return Recipient(values).only(fields)

    def _payload(self, operation: Operation, order_id: AmazonOrderId, rdt: Secret) -> Piece:
        answer = self._session.call(operation, self._seller.id, order_id=order_id, rdt=rdt)
        return Piece(whose=f"order {order_id}", values=answer.json or {}).piece("payload")


def recipient_v2026(order: Piece) -> Recipient:
    """Reads all personal data of an `Order` of v2026-01-01 that a `Field` exists for."""
    recipient, buyer = order.piece("recipient"), order.piece("buyer")
    preference = recipient.piece("deliveryPreference")
    values = _values(recipient.piece("deliveryAddress"), _ADDRESS_V2026)
    values[Field.DELIVERY_INSTRUCTIONS] = _lines(
        [preference.text("dropOffLocation"), preference.text("addressInstruction")]
    )
    values[Field.BUYER_NAME] = buyer.text("buyerName")
    values[Field.BUYER_EMAIL] = buyer.text("buyerEmail")
    values[Field.GIFT_MESSAGE] = _lines(gift.text("giftMessage") for gift in _gifts(order))
    return Recipient(values)


def whole_recipient(order: Piece) -> Recipient | None:
    """Reads the recipient of an `Order` read with RECIPIENT; None if only BUYER shows its gift message."""
    return None if _gift_without_message(order) else recipient_v2026(order)


def address_v0(address: Piece) -> dict[Field, str]:
    """Reads an `Address` of v0."""
    return _values(address, _ADDRESS_V0)


def gift_messages_v0(payload: Piece) -> str:
    """Reads the gift messages of an `OrderItemsList`, or of an `OrderItemsBuyerInfoList`."""
    items = list(payload.pieces("OrderItems"))
    return _lines(
        item.piece("BuyerInfo").text("GiftMessageText") or item.text("GiftMessageText") for item in items
    )


def _included(fields: frozenset[Field]) -> list[str]:
    """Returns the least `includedData` that covers `fields`."""
    data = []
    if fields - _BUYER - {Field.GIFT_MESSAGE}:
        data.append("RECIPIENT")
    if fields & _BUYER:
        data.append("BUYER")
    if Field.GIFT_MESSAGE in fields:
        data.append("FULFILLMENT")
    return data


def _gifts(order: Piece) -> list[Piece]:
    packings = [item.piece("fulfillment").piece("packing") for item in order.pieces("orderItems")]
    return [packing.piece("giftOption") for packing in packings if packing.has("giftOption")]


def _gift_without_message(order: Piece) -> bool:
    return any(not gift.text("giftMessage") for gift in _gifts(order))


def _values(address: Piece, names: Mapping[Field, tuple[str, ...]]) -> dict[Field, str]:
    values = {
        field: next((text for name in candidates if (text := address.text(name))), "")
        for field, candidates in names.items()
    }
    return values | {Field.COUNTRY: iso_country(values[Field.COUNTRY])}


def _lines(texts: Iterable[str]) -> str:
    """Joins the texts that are there, each once."""
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _path(operation: Operation, order_id: AmazonOrderId) -> str:
    return operation.path.replace("{orderId}", order_id)
