import json
from typing import Any

import httpx
import pytest

from dockseal.amazon.tokens import Resource
from dockseal.domain.access import FIELDS, FOUND_BY, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.secret import Secret
from dockseal.errors import AnswerUnreadable, BadInput, RoleMissing

from .conftest import ORDER, SELLER, START, OrderJson, World, refused

ADDRESS = {
    "name": "Testperson Alpha",
    "companyName": "",
    "addressLine1": "1 Sample Street",
    "addressLine2": None,
    "city": "Sampleton",
    "districtOrCounty": "Sample County",
    "stateOrRegion": "NY",
    "postalCode": "00501",
    "countryCode": "US",
    "phone": " 555-0100 ",
    "municipality": "not kept",
}
HAND_OVER = FIELDS[Purpose.HAND_OVER]
LABEL = FIELDS[Purpose.SHIPPING_LABEL]
RDT = Secret("Atz.sprdt|for-the-address")


def gift(message: str | None) -> dict[str, Any]:
    option = {"giftWrapLevel": "Classic"} | ({"giftMessage": message} if message else {})
    return {"orderItemId": "001", "fulfillment": {"packing": {"giftOption": option}}}


def answer(**order: Any) -> httpx.Response:
    return httpx.Response(200, json={"order": order})


def asked(world: World) -> list[str]:
    return [request.url.params["includedData"] for request in world.script.requests]


def test_an_address_is_read_and_empty_fields_are_absent(world: World) -> None:
    world.answers(answer(recipient={"deliveryAddress": ADDRESS}))
    recipient = world.amazon.recipients(SELLER).read(ORDER, LABEL, None)
    assert recipient.disclose() == {
        "name": "Testperson Alpha",
        "address_line_1": "1 Sample Street",
        "city": "Sampleton",
        "district": "Sample County",
        "region": "NY",
        "postal_code": "00501",
        "country": "US",
        "phone": "555-0100",
    }
    assert asked(world) == ["RECIPIENT"]


def test_an_address_with_only_a_city_comes_back_as_just_that(world: World) -> None:
    world.answers(answer(recipient={"deliveryAddress": {"city": "Sampleton", "name": ""}}))
    assert world.amazon.recipients(SELLER).read(ORDER, LABEL, None).fields() == {Field.CITY}


def test_an_order_without_a_recipient_gives_nothing(world: World) -> None:
    world.answers(answer(orderId=ORDER, recipient=None))
    assert world.amazon.recipients(SELLER).read(ORDER, LABEL, None).fields() == frozenset()


def test_delivery_instructions_are_read(world: World) -> None:
    preference = {"dropOffLocation": "PORCH", "addressInstruction": "Ring twice"}
    world.answers(answer(recipient={"deliveryPreference": preference}))
    recipient = world.amazon.recipients(SELLER).read(ORDER, LABEL, None)
    assert recipient.disclose() == {"delivery_instructions": "PORCH\nRing twice"}


def test_what_was_not_asked_for_is_dropped(world: World) -> None:
    world.answers(answer(recipient={"deliveryAddress": ADDRESS}, buyer={"buyerName": "Testperson Beta"}))
    recipient = world.amazon.recipients(SELLER).read(ORDER, frozenset({Field.CITY}), None)
    assert recipient.disclose() == {"city": "Sampleton"}


def test_the_buyer_is_asked_for_only_when_needed(world: World) -> None:
    buyer = {"buyerName": "Testperson Beta", "buyerEmail": "beta@example.com"}
    world.answers(answer(buyer=buyer))
    recipient = world.amazon.recipients(SELLER).read(ORDER, frozenset({Field.BUYER_NAME}), None)
    assert recipient.without(FOUND_BY).disclose() == {"buyer_name": "Testperson Beta"}
    assert recipient.fields() >= FOUND_BY, "what comes along goes on, to become a clue"
    assert asked(world) == ["BUYER"]


def test_gift_messages_are_joined_and_each_is_said_once(world: World) -> None:
    world.answers(answer(recipient={}, orderItems=[gift("Enjoy"), gift("Enjoy"), gift("Again")]))
    recipient = world.amazon.recipients(SELLER).read(ORDER, HAND_OVER, None)
    assert recipient.disclose() == {"gift_message": "Enjoy\nAgain"}
    assert asked(world) == ["RECIPIENT,FULFILLMENT"]


def test_a_gift_whose_message_is_missing_is_read_once_more_with_the_buyer(world: World) -> None:
    world.answers(
        answer(orderItems=[gift(None)]), answer(orderItems=[gift("Enjoy")], buyer={"buyerName": "x"})
    )
    recipient = world.amazon.recipients(SELLER).read(ORDER, HAND_OVER, None)
    assert recipient.disclose() == {"gift_message": "Enjoy"}
    assert asked(world) == ["RECIPIENT,FULFILLMENT", "RECIPIENT,FULFILLMENT,BUYER"]


def test_v2026_needs_no_restricted_data_token(world: World) -> None:
    assert world.amazon.recipients(SELLER).resources(ORDER, HAND_OVER) == ()


def test_v0_reads_the_address_and_the_gift_message_under_one_token(world_v0: World) -> None:
    address = {
        "Name": "Testperson Alpha",
        "AddressLine1": "1 Sample Street",
        "City": "Sampleton",
        "County": "C",
        "Phone": "",
    }
    items = [{"OrderItemId": "001", "BuyerInfo": {"GiftMessageText": "Enjoy"}}, {"OrderItemId": "002"}]
    world_v0.answers(
        httpx.Response(200, json={"payload": {"AmazonOrderId": ORDER, "ShippingAddress": address}}),
        httpx.Response(200, json={"payload": {"OrderItems": items}}),
    )
    reader = world_v0.amazon.recipients(SELLER)
    recipient = reader.read(ORDER, HAND_OVER, RDT)
    assert recipient.disclose() == {
        "name": "Testperson Alpha",
        "address_line_1": "1 Sample Street",
        "city": "Sampleton",
        "district": "C",
        "gift_message": "Enjoy",
    }
    requests = world_v0.script.requests
    assert [each.headers["x-amz-access-token"] for each in requests] == [RDT.reveal(), RDT.reveal()]
    assert [each.url.path for each in requests] == [each.path for each in reader.resources(ORDER, HAND_OVER)]
    assert world_v0.script.logins == 0


def test_v0_names_the_exact_paths_and_only_those_needed(world_v0: World) -> None:
    reader = world_v0.amazon.recipients(SELLER)
    address = Resource(method="GET", path=f"/orders/v0/orders/{ORDER}/address")
    items = Resource(method="GET", path=f"/orders/v0/orders/{ORDER}/orderItems", elements=("buyerInfo",))
    assert reader.resources(ORDER, LABEL) == (address,)
    assert reader.resources(ORDER, HAND_OVER) == (address, items)


def test_v0_gives_no_personal_data_without_a_token(world_v0: World) -> None:
    with pytest.raises(BadInput, match="restricted data token"):
        world_v0.amazon.recipients(SELLER).read(ORDER, LABEL, None)


def test_a_token_is_asked_for_exactly_what_is_named(world_v0: World) -> None:
    world_v0.answers(httpx.Response(200, json={"restrictedDataToken": "Atz.sprdt|new", "expiresIn": 3600}))
    rdt = world_v0.amazon.issue(SELLER, world_v0.amazon.recipients(SELLER).resources(ORDER, HAND_OVER))
    assert rdt.token.reveal() == "Atz.sprdt|new"
    assert (rdt.expires_at - START).total_seconds() == 3540
    assert "new" not in repr(rdt)
    assert json.loads(world_v0.script.requests[0].content) == {
        "restrictedResources": [
            {"method": "GET", "path": f"/orders/v0/orders/{ORDER}/address"},
            {"method": "GET", "path": f"/orders/v0/orders/{ORDER}/orderItems", "dataElements": ["buyerInfo"]},
        ]
    }


@pytest.mark.parametrize(
    "words",
    [
        "Application does not have access to one or more requested data elements: [shippingAddress]",
        "Application do not have access to some or all requested resource",
    ],
)
def test_a_missing_role_is_told_in_amazons_words(world_v0: World, words: str) -> None:
    world_v0.answers(refused(400, "InvalidInput", words))
    with pytest.raises(RoleMissing, match="acme-us") as caught:
        world_v0.amazon.issue(SELLER, [Resource(method="GET", path="/x")])
    assert words in str(caught.value)


@pytest.mark.parametrize("count", [0, 51])
def test_a_token_opens_1_to_50_resources(world_v0: World, count: int) -> None:
    with pytest.raises(BadInput, match="1 to 50"):
        world_v0.amazon.issue(SELLER, [Resource(method="GET", path="/x")] * count)
    assert not world_v0.script.requests


def test_an_answer_without_a_token_is_unreadable(world_v0: World, order_json: OrderJson) -> None:
    world_v0.answers(httpx.Response(200, json=order_json()))
    with pytest.raises(AnswerUnreadable, match="restrictedDataToken"):
        world_v0.amazon.issue(SELLER, [Resource(method="GET", path="/x")])
