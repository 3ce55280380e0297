"""A warehouse by webhook is asked not to ship an order, and whether it has one."""

import json
from dataclasses import replace

import httpx
import pytest
import standardwebhooks

from dockseal.domain.clock import SystemClock
from dockseal.domain.secret import Secret
from dockseal.errors import WarehouseUnavailable
from dockseal.warehouses.contract import hand_over, stop_request
from dockseal.warehouses.port import AdapterParts, Asking, Receipt, StopAnswer
from dockseal.warehouses.webhook import Webhook
from dockseal.warehouses.webhook.sender import AskedWebhook
from unit.warehouses.test_webhook import NEW_SECRET, ORDER, SECRET, answering, warehouse

STOP = stop_request(hand_over())


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, {"stopped": True}, StopAnswer.STOPPED),
        (200, {"stopped": False}, StopAnswer.TOO_LATE),
        (202, {}, StopAnswer.ASKED),
        (202, {"stopped": True}, StopAnswer.ASKED),
        (200, {}, StopAnswer.ASKED),
        (204, "", StopAnswer.ASKED),
        (200, {"stopped": 1}, StopAnswer.ASKED),
        (200, {"stopped": "true"}, StopAnswer.ASKED),
        (409, {"error": "left at noon"}, StopAnswer.TOO_LATE),
    ],
)
def test_a_wish_to_stop_is_answered(status: int, body: object, answer: StopAnswer) -> None:
    assert answering(status, body).stop(STOP) is answer


@pytest.mark.parametrize("status", [302, 401, 404, 408, 410, 429, 500, 503])
def test_a_wish_to_stop_that_may_not_have_arrived_is_sent_again(status: int) -> None:
    with pytest.raises(WarehouseUnavailable, match=f"the stop of order {ORDER} is sent again|; it is sent"):
        answering(status).stop(STOP)


def test_a_wish_to_stop_is_signed_with_both_live_secrets_under_one_id_of_its_own() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202)

    sender = Webhook(
        AdapterParts(
            warehouse=warehouse(),
            transport=httpx.MockTransport(answer),
            clock=SystemClock(),
            secret=Secret(NEW_SECRET),
            secret_before=Secret(SECRET),
        )
    )
    sender.stop(STOP)
    sender.stop(STOP)
    assert [each.headers["webhook-id"] for each in seen] == [f"stop-{STOP.reference}"] * 2
    for secret in (SECRET, NEW_SECRET):
        assert standardwebhooks.Webhook(secret).verify(seen[0].content, dict(seen[0].headers)) == {
            "type": "order.stop",
            "reference": STOP.reference,
            "amazon_order_id": ORDER,
        }


def test_a_warehouse_is_asked_only_where_it_answers_that() -> None:
    assert not isinstance(answering(200), Asking)
    assert isinstance(asking(200, {}), Asking)


def asking(status: int, body: object, seen: list[httpx.Request] | None = None) -> AskedWebhook:
    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, json=body)

    made = Webhook(
        AdapterParts(
            warehouse=replace(warehouse(), options=(*warehouse().options, ("ask", "yes"))),
            transport=httpx.MockTransport(answer),
            clock=SystemClock(),
            secret=Secret(SECRET),
        )
    )
    assert isinstance(made, AskedWebhook)
    return made


def test_a_warehouse_says_whether_it_has_an_order() -> None:
    ref = hand_over().reference
    assert asking(200, {"known": True, "id": "DW-17"}).ask(ref) == Receipt(reference_at_warehouse="DW-17")
    assert asking(200, {"known": False}).ask(ref) is None


@pytest.mark.parametrize(
    ("status", "body"), [(200, {}), (200, {"known": None}), (200, {"known": "no"}), (404, {"known": False})]
)
def test_an_answer_that_does_not_say_is_not_taken_for_a_no(status: int, body: object) -> None:
    with pytest.raises(WarehouseUnavailable):
        asking(status, body).ask(hand_over().reference)


def test_each_question_is_a_new_one() -> None:
    seen: list[httpx.Request] = []
    sender = asking(200, {"known": False}, seen)
    sender.ask(hand_over().reference)
    sender.ask(hand_over().reference)
    assert len({each.headers["webhook-id"] for each in seen}) == 2
    assert json.loads(seen[0].content) == {"type": "order.asked", "reference": hand_over().reference}
