"""Client secrets are rotated without a failed call, and a dead one is told of."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from day import WAREHOUSE
from dockseal.amazon.queue import Message
from dockseal.cli.applications import add_application
from dockseal.cli.opened import person
from dockseal.domain.order import OrderState
from dockseal.domain.secret import Secret
from spapi_simulator import Fault, Line
from town import MakeTown, Town, missing


@pytest.fixture
def town(make_town: MakeTown) -> Town:
    made = make_town(rotates=True)
    made.connect()
    return made


def refused_logins(town: Town) -> int:
    return len([status for status in town.calls("lwaToken") if status != 200])


def newest(town: Town) -> str:
    return town.amazon.client_secrets(town.application)[-1].value


def secret_sentences(town: Town) -> list[str]:
    return [each.sentence for each in town.app.health().checks if each.name == "client secret dockseal"]


def test_a_secret_whose_age_nobody_told_is_rotated_and_its_end_is_known_from_then_on(town: Town) -> None:
    town.run(minutes=3)
    assert town.calls("rotateApplicationClientSecret") == [204]
    kept = town.app.credentials.application("dockseal")
    assert kept.client_secret.reveal() == newest(town)
    assert kept.secret_before is not None
    assert kept.secret_before.reveal() == town.application.client_secret
    (intended,) = town.audited("application:secret:rotation_intended")
    assert intended == {"application": "dockseal", "reason": "age_unknown"}
    (rotated,) = town.audited("application:secret:rotated")
    assert rotated["expires_at"].startswith("2027-05-01")
    assert town.amazon.messages(town.rotation_queue) == []


def test_orders_flow_through_two_rotations_without_a_refused_login(town: Town) -> None:
    for _ in range(2):
        for days in (89, 3, 8):
            town.skip(days=days)
            order_id = town.amazon.place_order(town.account, lines=[Line(sku="MUG-1")])
            town.run(minutes=1)
            assert town.order(order_id).state is OrderState.RELEASED
    assert len(town.calls("rotateApplicationClientSecret")) == 2
    assert refused_logins(town) == 0
    assert secret_sentences(town) == []


def test_while_two_secrets_live_the_one_before_is_tried_when_the_newest_is_not_known(town: Town) -> None:
    client = town.app.credentials.application("dockseal")
    town.app.credentials.replace_secret("dockseal", Secret("invented"), person())
    assert town.app.credentials.application("dockseal").secret_before == client.client_secret
    town.restart()
    before = refused_logins(town)
    town.run(minutes=20)
    assert town.kept().rests_because == ""
    assert refused_logins(town) > before
    assert town.calls("lwaToken")[-1] == 200


def test_a_secret_is_sealed_before_its_message_is_deleted(town: Town) -> None:
    town.amazon.faults.add(Fault(operation="DeleteMessageBatch", status=503, times=1))
    town.run(minutes=3)
    assert town.app.credentials.application("dockseal").client_secret.reveal() == newest(town)
    town.run(minutes=3)
    assert town.amazon.messages(town.rotation_queue) == []
    assert len(town.audited("application:secret:rotated")) == 1


def test_the_secret_stands_in_no_file_and_no_audit_row(town: Town) -> None:
    town.run(minutes=3)
    kept = b"".join(path.read_bytes() for path in town.folder.rglob("*") if path.is_file())
    assert newest(town).encode() not in kept


def test_no_second_rotation_is_asked_for_before_the_first_arrived(town: Town) -> None:
    town.amazon.faults.add(Fault(operation="ReceiveMessage", status=503))
    town.run(minutes=3)
    for _ in range(3):
        town.skip(days=1)
    assert town.calls("rotateApplicationClientSecret") == [204]
    (sentence,) = secret_sentences(town)
    assert "has not arrived" in sentence
    assert "rotation queue" in sentence


def test_a_lost_answer_is_settled_by_the_queue(town: Town) -> None:
    fault = Fault(operation="rotateApplicationClientSecret", status=None, effect="after", times=1)
    town.amazon.faults.add(fault)
    town.run(minutes=3)
    town.skip(days=2)
    assert len(town.calls("rotateApplicationClientSecret")) == 1
    assert town.app.credentials.application("dockseal").client_secret.reveal() == newest(town)


def test_a_refused_rotation_is_told_of_and_asked_for_a_day_later(make_town: MakeTown) -> None:
    town = make_town()
    town.rotation_queue = town.amazon.add_queue("secrets")
    add_application(town.app, town.registered(), town.client(), again=True)
    town.connect()
    town.run(minutes=3)
    assert town.calls("rotateApplicationClientSecret") == [400]
    (sentence,) = secret_sentences(town)
    assert "register the rotation queue" in sentence
    town.amazon.register_rotation_queue(town.application, town.rotation_queue)
    town.skip(days=1)
    assert town.calls("rotateApplicationClientSecret") == [400, 204]
    assert secret_sentences(town) == []


def test_warnings_tell_the_end_of_a_secret_and_late_ones_change_nothing(town: Town) -> None:
    town.run(minutes=3)
    ends = town.app.storage.applications.get("dockseal").secret_expires_at
    assert ends is not None
    queue = town.amazon._queues.find(town.rotation_queue)
    assert queue is not None

    def warn(days: int) -> None:
        told = {
            "clientId": town.application.client_id,
            "clientSecretExpiryTime": (ends + timedelta(days=days)).isoformat(),
            "clientSecretExpiryReason": "PERIODIC_ROTATION",
        }
        body = {
            "notificationType": "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY",
            "payload": {"applicationOAuthClientSecretExpiry": told},
        }
        queue.send(json.dumps(body), now=town.clock.now())
        town.run(minutes=2)

    warn(days=-30)
    assert town.app.storage.applications.get("dockseal").secret_expires_at == ends
    warn(days=30)
    assert town.app.storage.applications.get("dockseal").secret_expires_at == ends + timedelta(days=30)
    assert len(town.audited("application:secret:end_told")) == 1


class OneMessage:
    """A queue with one message."""

    def __init__(self, body: str) -> None:
        self.kept = [Message(body=body, handle="one", receive_count=9)]

    def receive(self) -> list[Message]:
        return list(self.kept)

    def delete(self, messages: list[Message]) -> None:
        self.kept = [each for each in self.kept if each not in messages]


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        '{"notificationType":"APPLICATION_OAUTH_CLIENT_NEW_SECRET"}',
        '{"notificationType":"APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY","payload":'
        '{"applicationOAuthClientSecretExpiry":{"clientId":"nobody",'
        '"clientSecretExpiryTime":"2027-01-01T00:00:00Z"}}}',
    ],
)
def test_a_message_that_cannot_be_used_stays_for_a_person(town: Town, body: str) -> None:
    queue = OneMessage(body)
    outcome = replace(town.app.rotating, queue=lambda _: queue).listen(town.rotation_queue)
    assert (outcome.done, len(queue.kept)) == (0, 1)


def test_a_message_about_something_else_is_deleted(town: Town) -> None:
    queue = OneMessage('{"NotificationType":"ORDER_CHANGE"}')
    assert replace(town.app.rotating, queue=lambda _: queue).listen(town.rotation_queue).done == 1
    assert queue.kept == []


def test_a_dead_secret_rests_its_sellers_until_a_new_one_is_given(make_town: MakeTown) -> None:
    town = make_town()
    town.connect()
    town.skip(days=181)
    town.run(minutes=10)
    assert "dockseal applications rotate dockseal" in town.kept().rests_because

    _renewed_by_hand(town)
    town.app.rotating.replace("dockseal", Secret(newest(town)), person())
    order_id = town.amazon.place_order(town.account, lines=[Line(sku="MUG-1")])
    town.run(minutes=15)
    assert town.kept().rests_because == ""
    assert town.order(order_id).state is OrderState.RELEASED
    assert town.order(order_id).warehouse == WAREHOUSE
    assert missing(town.again()) == {}


def _renewed_by_hand(town: Town) -> None:
    accounts = town.amazon._accounts
    accounts.replace_secret(town.application, None, accounts.new_secret())
