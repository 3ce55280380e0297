"""What the partner says to our orders by its 997s, and what it never says anything to."""

from pathlib import Path

import pytest

from dockseal.domain.warehouse_message import LateRefusal, Taken
from edi_exchange import Exchange

FIRST, SECOND = "firstreference234567-1", "secondreference23456-1"
ONE = "1Z999AA10123456784"


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(folder=tmp_path)


def answers(exchange: Exchange) -> list[list[list[str]]]:
    """Our 997s that the counterparty finds."""
    exchange.counterparty.look()
    return exchange.counterparty.acknowledgements


def said(document: list[list[str]], tag: str) -> list[list[str]]:
    return [each[1:] for each in document if each[0] == tag]


def test_a_997_tells_of_each_order_that_it_was_taken(exchange: Exchange) -> None:
    orders = exchange.sent(FIRST, SECOND)
    exchange.counterparty.acknowledge(orders)
    messages, faults = exchange.collected()
    assert [message.release for message in messages if isinstance(message, Taken)] == [FIRST, SECOND]
    assert faults == []
    assert answers(exchange) == [], "a 997 is never answered"
    assert exchange.files("in") == exchange.files("sent") == []


def test_a_997_that_is_left_alone_is_given_again(exchange: Exchange) -> None:
    exchange.counterparty.acknowledge(exchange.sent(FIRST))
    first = list(exchange.edi.collect())
    exchange.restart()
    assert list(exchange.edi.collect()) == first
    exchange.edi.done(first[0])
    exchange.edi.done(first[0])
    assert list(exchange.edi.collect()) == []


def test_a_rejected_order_is_refused_in_words_and_the_others_are_taken(exchange: Exchange) -> None:
    orders = exchange.sent(FIRST, SECOND)
    exchange.counterparty.acknowledge(orders, rejecting=[SECOND])
    (taken, refused), _ = exchange.collected()
    assert isinstance(taken, Taken)
    assert isinstance(refused, LateRefusal)
    assert (taken.release, refused.release) == (FIRST, SECOND)
    assert refused.words == (
        "its 997 rejects the order: segments are in error, segment N4 has elements in error, element 2 of it "
        "has an unknown code"
    )
    assert "NEVADA" not in refused.words, "the value that a 997 repeats may be the buyer's"


def test_what_was_rejected_may_be_sent_again_and_what_was_taken_not(exchange: Exchange) -> None:
    exchange.counterparty.acknowledge(exchange.sent(FIRST, SECOND), rejecting=[SECOND])
    exchange.collected()
    assert [order.number for order in exchange.sent(FIRST, SECOND)] == [SECOND]


@pytest.mark.parametrize(
    ("trailer", "kinds"),
    [
        ("AK9*A*2*2*2", [Taken, Taken]),
        ("AK9*E*2*2*2", [Taken, Taken]),
        ("AK9*R*2*2*0*5", [LateRefusal, LateRefusal]),
    ],
)
def test_a_997_may_name_no_single_order(exchange: Exchange, trailer: str, kinds: list[type]) -> None:
    (order, _) = exchange.sent(FIRST, SECOND)
    exchange.counterparty.send("FA", [("997", [f"AK1*OW*{order.group}", trailer])])
    messages, _ = exchange.collected()
    assert [type(message) for message in messages] == kinds
    if kinds[0] is LateRefusal:
        assert "its count of documents is wrong" in str(messages[0])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["AK1*OW*7", "AK9*A*1*1*1"], "it acknowledges our group 7, which was not sent from here"),
        (["AK1*OW*seven", "AK9*A*1*1*1"], "it acknowledges our group seven, which was not sent"),
        (["AK1*OW*7"], "it has no AK9"),
        (["AK9*A*1*1*1"], "it has no AK1"),
    ],
)
def test_a_997_that_makes_no_sense_is_told(exchange: Exchange, lines: list[str], words: str) -> None:
    exchange.counterparty.send("FA", [("997", lines)])
    messages, (sentence,) = exchange.collected()
    assert messages == []
    assert words in sentence
    assert answers(exchange) == []


def test_a_997_in_an_envelope_that_does_not_add_up_says_nothing(exchange: Exchange) -> None:
    orders = exchange.sent(FIRST)
    exchange.counterparty.damage = lambda text: text.replace("IEA*1*", "IEA*2*")
    exchange.counterparty.acknowledge(orders)
    messages, (sentence,) = exchange.collected()
    assert messages == []
    assert sentence.endswith("nothing of it is taken in, and the warehouse should send it again: tell it so")
    assert len(exchange.files("sent")) == 1, "it still waits for its answer"


def test_a_stop_that_could_not_be_read_is_told(exchange: Exchange) -> None:
    exchange.counterparty.acknowledge(exchange.sent(FIRST))
    exchange.collected()
    exchange.edi.stop(exchange.stop(FIRST))
    exchange.counterparty.acknowledge(exchange.counterparty.look(), rejecting=[FIRST])
    messages, (sentence,) = exchange.collected()
    assert messages == []
    assert f"could not read the wish that release {FIRST} is not shipped" in sentence


def test_a_file_that_the_partner_left_lying_goes_once_it_is_acknowledged(exchange: Exchange) -> None:
    exchange.edi.submit(exchange.order(FIRST))
    (path,) = (exchange.mailbox / "out").glob("*.edi")
    text = path.read_text()
    order = exchange.counterparty.look()[0]
    path.write_text(text)
    exchange.counterparty.acknowledge([order])
    exchange.collected()
    assert exchange.files("out") == []


def test_an_order_without_a_997_is_told_of_once_a_day(exchange: Exchange) -> None:
    exchange.sent(FIRST, SECOND)
    exchange.later(hours=23)
    assert exchange.collected() == ([], [])
    exchange.later(hours=1)
    _, (sentence,) = exchange.collected()
    assert (
        f"has not acknowledged interchange 215830800 of 2026-11-03 01:00 UTC with release {FIRST}, "
        in sentence
    )
    assert "its file was taken away: ask the warehouse whether it has the orders" in sentence
    assert exchange.collected() == ([], [])
    exchange.restart()
    assert exchange.collected() == ([], [])
    exchange.later(days=1)
    assert len(exchange.collected()[1]) == 1
    assert len(exchange.files("state")) == 1


def test_the_alarm_says_when_nobody_took_the_file_away(exchange: Exchange) -> None:
    exchange.edi.submit(exchange.order(FIRST))
    exchange.later(hours=24)
    _, (sentence,) = exchange.collected()
    assert "its file still lies in out: see that the warehouse takes files away" in sentence


def test_a_997_that_comes_days_late_ends_the_alarm(exchange: Exchange) -> None:
    orders = exchange.sent(FIRST)
    exchange.later(days=3)
    assert len(exchange.collected()[1]) == 1
    exchange.counterparty.acknowledge(orders)
    (message,), faults = exchange.collected()
    assert (message.release, faults) == (FIRST, [])
    exchange.later(days=1)
    assert exchange.collected() == ([], [])


def test_an_alarm_that_nobody_took_in_is_given_again(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    exchange.later(hours=24)
    assert list(exchange.edi.collect()) == list(exchange.edi.collect()) != []


def test_what_was_answered_is_not_told_of(exchange: Exchange) -> None:
    exchange.counterparty.acknowledge(exchange.sent(FIRST))
    exchange.collected()
    exchange.later(days=3)
    assert exchange.collected() == ([], [])


def test_a_partner_that_sends_no_997_is_never_late(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, top="ack_hours = 0\n")
    exchange.sent(FIRST)
    exchange.later(days=3)
    assert exchange.collected() == ([], [])
    assert exchange.sent(FIRST) == []


def test_the_ledger_forgets_after_months_but_never_its_last_number(exchange: Exchange) -> None:
    for reference in (FIRST, SECOND):
        exchange.counterparty.acknowledge(exchange.sent(reference))
        exchange.collected()
    exchange.later(days=91)
    exchange.collected()
    assert len(exchange.files("answered")) == 1
