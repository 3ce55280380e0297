"""A message nobody can read comes five times, and is then set aside with its reason; the others flow on."""

import json
from datetime import timedelta

import pytest

from day import SELLER, Day, MakeDay
from dockseal.amazon.aws import Aws
from dockseal.domain.order import OrderState
from dockseal.order_synchronization.tidying import Tidying
from spapi_simulator import Line

_POISON = {
    "no JSON": "12345 Sampleton",
    "no payload": json.dumps({"NotificationType": "ORDER_CHANGE", "PayloadVersion": "1.0"}),
}


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day()


def send(day: Day, body: str) -> str:
    """Sends a message as anybody could who may send to the queue; returns the queue's URL."""
    url = day.app.storage.sellers.get(SELLER).queue_url
    Aws(transport=day.amazon.transport).sqs().send_message(QueueUrl=url, MessageBody=body)
    return url


def checks(day: Day) -> list[str]:
    return [check.sentence for check in day.app.health().checks if check.name == "notifications"]


@pytest.mark.parametrize("body", _POISON.values(), ids=_POISON)
def test_it_is_set_aside_with_its_reason_and_without_its_body(day: Day, body: str) -> None:
    url = send(day, body)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    day.run(hours=1)
    (kept,) = day.app.storage.set_aside.since(day.clock.now() - timedelta(days=1))
    assert (kept.queue_url, kept.receive_count) == (url, 5)
    assert kept.message_id
    assert "Sampleton" not in repr(kept)
    (told,) = checks(day)
    assert told.startswith("A notification could not be read since yesterday; sweeps find the orders.")
    assert kept.reason in told
    day.run(hours=2)
    assert len(day.app.storage.set_aside.since(day.clock.now() - timedelta(days=1))) == 1


def test_it_is_told_of_for_a_day_and_kept_for_a_quarter(day: Day) -> None:
    send(day, "no notification")
    day.run(hours=2)
    assert checks(day)
    since = day.clock.now() - timedelta(days=1)
    day.clock.advance(timedelta(days=1))
    assert checks(day) == []
    tidying = Tidying(storage=day.app.storage, clock=day.clock)
    tidying.run()
    assert day.app.storage.set_aside.since(since)
    day.clock.advance(timedelta(days=90))
    tidying.run()
    assert day.app.storage.set_aside.since(since) == []
