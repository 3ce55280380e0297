import io
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from dockseal import __version__
from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.operations import GET_ORDER
from dockseal.domain.shipment import Content
from dockseal.errors import (
    AccessDenied,
    AmazonError,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    CredentialRefused,
    OrderUnknown,
    OutcomeUnknown,
)

from .conftest import ORDER, SECRETS, SELLER, START, OrderJson, World, refused

EXPIRED = refused(
    403,
    "Unauthorized",
    "Access to requested resource is denied.",
    "The access token you provided has expired.",
)
DENIED = "Access to requested resource is denied."
PAGE = httpx.Response(503, text="<html><body>Service Unavailable</body></html>")
CONFIRM = ConfirmRequest(
    marketplace_id="ATVPDKIKX0DER",
    reference="1",
    carrier_code="UPS",
    tracking_number="1Z999AA10123456784",
    ship_date=START,
    contents=(Content(order_item_id="001", quantity=2),),
)


def read(world: World) -> object:
    return world.amazon.orders(SELLER).get(ORDER)


def confirm(world: World) -> None:
    world.amazon.confirm(SELLER, ORDER, CONFIRM)


def test_an_access_token_that_expired_on_the_way_is_replaced_once(
    world: World, order_json: OrderJson
) -> None:
    world.answers(EXPIRED, httpx.Response(200, json={"order": order_json()}))
    read(world)
    tokens = [request.headers["x-amz-access-token"] for request in world.script.requests]
    assert tokens == ["Atza|access-1", "Atza|access-2"]
    assert world.amazon.quotas.left(SELLER, GET_ORDER) == 28


def test_a_second_expired_answer_is_not_tried_a_third_time(world: World) -> None:
    world.answers(EXPIRED, EXPIRED)
    with pytest.raises(AccessDenied, match="has expired"):
        read(world)
    assert len(world.script.requests) == 2


def test_a_missing_role_is_no_reason_to_log_in_again(world: World) -> None:
    world.answers(refused(403, "Unauthorized", DENIED))
    with pytest.raises(AccessDenied) as caught:
        read(world)
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (
        403,
        "Unauthorized",
        "request-1",
    )
    assert world.script.logins == 1


def test_an_access_token_is_used_until_a_minute_before_it_expires(
    world: World, order_json: OrderJson
) -> None:
    for minutes in (0, 58, 0.99, 0.01):
        world.clock.advance(timedelta(minutes=minutes))
        world.answers(httpx.Response(200, json={"order": order_json()}))
        read(world)
    assert world.script.logins == 2


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_ended_credentials_name_the_seller_and_the_next_step(world: World, error: str) -> None:
    world.script.login_answers.append(
        httpx.Response(400, json={"error": error, "error_description": SECRETS[0]})
    )
    with pytest.raises(
        CredentialRefused, match=r"acme-us \(.*dockseal sellers add acme-us .* --again"
    ) as caught:
        read(world)
    assert error in str(caught.value)
    assert SECRETS[0] not in str(caught.value)
    assert not world.script.requests


@pytest.mark.parametrize(
    "answer",
    [PAGE, httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), httpx.Response(200, text="<html>")],
)
def test_a_login_that_is_down_is_amazon_being_unavailable(world: World, answer: Any) -> None:
    world.script.login_answers.append(answer)
    with pytest.raises(AmazonUnavailable, match="Login with Amazon"):
        read(world)


def test_a_login_that_is_throttled_says_when_to_come_back(world: World) -> None:
    world.script.login_answers.append(httpx.Response(429, json={"error": "slow_down"}))
    with pytest.raises(AmazonThrottled) as caught:
        read(world)
    assert caught.value.until == START + timedelta(seconds=30)


def test_a_login_without_a_lifetime_is_unreadable(world: World) -> None:
    world.script.login_answers.append(
        httpx.Response(200, json={"access_token": "Atza|x", "expires_in": "soon"})
    )
    with pytest.raises(AnswerUnreadable, match="expires_in"):
        read(world)


def test_a_429_empties_our_bucket_and_nothing_is_sent_until_it_refills(world: World) -> None:
    world.answers(httpx.Response(429, text=""))
    with pytest.raises(AmazonThrottled) as caught:
        read(world)
    assert world.amazon.quotas.left(SELLER, GET_ORDER) == 0
    assert caught.value.until > START + timedelta(seconds=1.9)
    with pytest.raises(AmazonThrottled):
        read(world)
    assert len(world.script.requests) == 1


def test_the_rate_of_an_answer_is_learnt(world: World, order_json: OrderJson) -> None:
    answer = httpx.Response(200, json={"order": order_json()}, headers={"x-amzn-RateLimit-Limit": "0.25"})
    world.answers(answer, httpx.Response(429))
    read(world)
    with pytest.raises(AmazonThrottled) as caught:
        read(world)
    assert START + timedelta(seconds=4) <= caught.value.until < START + timedelta(seconds=4.1)


LOST_AFTER = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("cut"),
    httpx.WriteTimeout("slow"),
    httpx.RemoteProtocolError("closed"),
    PAGE,
    httpx.Response(500, json={"errors": [{"code": "InternalFailure", "message": "try again"}]}),
    httpx.Response(200, text="<html>Welcome to the hotel network</html>"),
    httpx.Response(403, text="<html>Blocked</html>"),
    httpx.Response(302, headers={"location": "https://example.com"}),
]


@pytest.mark.parametrize("answer", LOST_AFTER, ids=repr)
def test_a_write_without_a_usable_answer_has_an_unknown_outcome(world: World, answer: Any) -> None:
    world.answers(answer)
    with pytest.raises(OutcomeUnknown, match="confirmShipment"):
        confirm(world)


@pytest.mark.parametrize("answer", LOST_AFTER, ids=repr)
def test_a_read_without_a_usable_answer_is_amazon_being_unavailable(world: World, answer: Any) -> None:
    world.answers(answer)
    with pytest.raises(AmazonUnavailable, match="getOrder"):
        read(world)


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")], ids=repr)
def test_a_write_that_was_never_sent_is_known_not_to_be_done(world: World, error: Exception) -> None:
    world.answers(error)
    with pytest.raises(AmazonUnavailable, match="cannot be reached"):
        confirm(world)


def test_a_confirmation_is_sent_in_amazons_words(world: World) -> None:
    world.answers(httpx.Response(204))
    confirm(world)
    (request,) = world.script.requests
    assert (
        request.url
        == f"https://sellingpartnerapi-na.amazon.com/orders/v0/orders/{ORDER}/shipmentConfirmation"
    )
    assert request.headers["user-agent"] == f"Dockseal/{__version__} (Language=Python)"
    assert httpx.Response(200, content=request.content).json() == {
        "marketplaceId": "ATVPDKIKX0DER",
        "packageDetail": {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999AA10123456784",
            "shipDate": "2026-11-02T08:00:00.000Z",
            "orderItems": [{"orderItemId": "001", "quantity": 2}],
        },
    }


def test_an_unknown_order_is_told_from_other_refusals(world: World) -> None:
    world.answers(refused(404, "NotFound", "The requested resource was not found."))
    with pytest.raises(OrderUnknown, match="404 NotFound"):
        read(world)


@pytest.mark.parametrize(
    "body", [{"errors": [{"code": "InvalidInput", "message": None}]}, {}, {"errors": "?"}, {"errors": []}]
)
def test_a_refusal_without_words_is_still_a_refusal(world: World, body: Any) -> None:
    world.answers(httpx.Response(400, json=body))
    with pytest.raises(AmazonRefused, match="no message given") as caught:
        confirm(world)
    assert caught.value.message == ""


def test_a_refusal_with_an_empty_body_is_still_a_refusal(world: World) -> None:
    world.answers(httpx.Response(413))
    with pytest.raises(AmazonRefused, match="413"):
        confirm(world)


def test_a_search_encodes_its_parameters_once(world: World) -> None:
    world.answers(httpx.Response(200, json={"orders": []}))
    world.amazon.orders(SELLER).search(since=START, page_token="a+b/c==")
    query = world.script.requests[0].url.query.decode()
    assert "paginationToken=a%2Bb%2Fc%3D%3D" in query
    assert "lastUpdatedAfter=2026-11-02T08%3A00%3A00.000Z" in query
    assert "marketplaceIds=ATVPDKIKX0DER%2CA2EUQ1WTGCTBG2" in query
    assert "includedData=FULFILLMENT%2CPACKAGES%2CCANCELLATION" in query
    assert "RECIPIENT" not in query
    assert "BUYER" not in query


def test_every_sent_call_is_observed_and_none_that_was_not_sent(world: World) -> None:
    world.answers(httpx.ReadTimeout("slow"), httpx.Response(429))
    for error in (AmazonUnavailable, AmazonThrottled, AmazonThrottled):
        with pytest.raises(error):
            read(world)
    assert [(call.operation, call.status) for call in world.calls] == [
        ("lwaToken", 200),
        ("getOrder", 0),
        ("getOrder", 429),
    ]


def test_no_token_reaches_a_log_line_or_an_error(world: World) -> None:
    told = f"The access token {SECRETS[2]}-1 and Atz.sprdt|abc are not for this path"
    world.answers(refused(400, "InvalidInput", told, SECRETS[0]), httpx.ReadTimeout("slow"), EXPIRED, EXPIRED)
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    logging.getLogger().addHandler(handler)
    texts = []
    try:
        with capture_logs() as logs:
            for _ in range(3):
                with pytest.raises(AmazonError) as caught:
                    read(world)
                texts += [str(caught.value), repr(caught.value), repr(caught.value.__context__)]
    finally:
        logging.getLogger().removeHandler(handler)
    everything = "\n".join([*texts, repr(logs), output.getvalue()])
    assert "**** and **** are not for this path" in everything
    for secret in (*SECRETS, "Atz.sprdt|"):
        assert secret not in everything
    allowed = {"event", "log_level", "seller", "operation", "path", "status", "request_id", "milliseconds"}
    assert logs
    assert all(set(line) <= allowed for line in logs)
    assert {line["path"] for line in logs} == {"/orders/2026-01-01/orders/{orderId}"}
