"""What comes in is taken in once, answered once, and put away; what is wrong spoils itself alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
import x12
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, Taken
from dockseal.errors import WarehouseUnavailable
from dockseal.warehouses.mailbox import Directory
from edi_counterparty import Box, Packed, packed
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


# Their 997s.


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


# Their 945s, and our 997s.


def test_each_group_is_answered_once_by_a_997(exchange: Exchange) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.ship_all(order, ONE)
    (delivery,) = exchange.edi.collect()
    assert answers(exchange) == [], "not before it was taken in"
    exchange.edi.done(delivery)
    (answer,) = answers(exchange)
    assert answer[1:-1] == [
        ["AK1", "SW", "501"],
        ["AK2", "945", "0001"],
        ["AK5", "A"],
        ["AK9", "A", "1", "1", "1"],
    ]


def test_our_997_is_x12_to_a_parser_from_elsewhere_and_names_5010(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, version="5010")
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.ship_all(order, ONE)
    exchange.collected()
    (path,) = (exchange.mailbox / "out").glob("997-*.edi")
    (group,) = x12.parse_x12_interchange(x12.tokenize_x12(path.read_bytes())).groups
    assert group.functional_identifier_code == b"FA"
    assert group.transactions[0].segments[0].elements[:3] == (b"SW", b"501", b"005010")


def test_one_bad_advice_rejects_itself_alone(exchange: Exchange) -> None:
    first, second = exchange.sent(FIRST, SECOND)
    far = exchange.counterparty
    bad = far.advice(first, [Box(tracking=ONE, lines=packed(first))], total="9")
    good = far.advice(second, [Box(tracking=ONE, lines=packed(second))])
    far.send("SW", [("945", bad), ("945", good)])
    (report,), (sentence,) = exchange.collected()
    assert isinstance(report, ShipmentReport)
    assert report.release == SECOND
    assert "document 0001: its total (W03) is not the 3" in sentence
    (answer,) = answers(exchange)
    assert said(answer, "AK5") == [["R", "5"], ["A"]]
    assert said(answer, "AK3") == [["W03", str(len(bad) + 1), "", "8"]]
    assert said(answer, "AK4") == [["1", "", "7"]]
    assert said(answer, "AK9") == [["P", "2", "2", "1"]]
    assert len(exchange.files("unread")) == 1, "a person may look at it"


@pytest.mark.parametrize(
    ("damage", "words", "trailer"),
    [
        (lambda text: text.replace("GE*1*", "GE*4*"), "its GE counts 4 documents", ["R", "4", "1", "0", "5"]),
        (
            lambda text: text.replace("GE*1*501", "GE*1*502"),
            "its GS and GE differ",
            ["R", "1", "1", "0", "4"],
        ),
        (lambda text: text.replace("IEA*1*", "IEA*3*"), "its IEA counts 3", ["R", "1", "1", "0"]),
        (
            lambda text: text.replace("IEA*1*000000501", "IEA*1*000000502"),
            "ISA and IEA",
            ["R", "1", "1", "0"],
        ),
        (
            lambda text: text.replace("*004010~", "*003040~"),
            "version 003040 is not",
            ["R", "1", "1", "0", "2"],
        ),
        (lambda text: text.replace("GS*SW", "GS*IB"), "groups of kind IB are not", ["R", "1", "1", "0", "1"]),
    ],
)
def test_an_envelope_that_does_not_add_up_is_rejected_as_a_whole(
    exchange: Exchange, damage: Callable[[str], str], words: str, trailer: list[str]
) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.damage = damage
    exchange.counterparty.ship_all(order, ONE)
    messages, (sentence,) = exchange.collected()
    assert messages == []
    assert words in sentence
    assert "nothing of it is taken in, and the warehouse is told so by a 997" in sentence
    (answer,) = answers(exchange)
    assert said(answer, "AK9") == [trailer]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda text: text.replace("RENO3PL ", "OTHER3PL"),
            "its sender and receiver (ISA05 to ISA08) are not",
        ),
        (lambda text: text.replace("*0*P*", "*0*T*"), "it is not marked as production (ISA15)"),
        (lambda text: text.replace("ISA*", "IS*"), "cannot be read: it holds something that does not begin"),
    ],
)
def test_what_is_not_for_us_is_told_and_not_answered(
    exchange: Exchange, damage: Callable[[str], str], words: str
) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.damage = damage
    exchange.counterparty.ship_all(order, ONE)
    exchange.collected()
    exchange.later(minutes=3)
    exchange.counterparty.ship_all(order, ONE)
    list(exchange.edi.collect())
    exchange.later(minutes=3)
    messages, sentences = exchange.collected()
    assert messages == []
    assert words in sentences[0]
    assert answers(exchange) == []
    assert exchange.files("in") == []


def test_a_document_of_another_kind_in_the_group_is_rejected(exchange: Exchange) -> None:
    exchange.counterparty.send("SW", [("856", ["BSN*00*1"])])
    _, (sentence,) = exchange.collected()
    assert "documents 856 are not taken here" in sentence
    assert said(answers(exchange)[0], "AK5") == [["R", "1"]]


def test_a_file_that_is_still_being_written_is_waited_for(exchange: Exchange) -> None:
    (order,) = exchange.sent(FIRST)
    name = exchange.counterparty.ship_all(order, ONE)
    path = exchange.mailbox / "in" / name
    text = path.read_text()
    path.write_text(text[:200])
    assert exchange.collected() == ([], [])
    exchange.later(minutes=1)
    path.write_text(text[:300])
    assert exchange.collected() == ([], [])
    path.write_text(text)
    assert len(exchange.reports()) == 1


def test_a_file_that_was_cut_off_is_rejected_after_a_while(exchange: Exchange) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.damage = lambda text: text[:300]
    exchange.counterparty.ship_all(order, ONE)
    assert exchange.collected() == ([], [])
    exchange.later(minutes=2)
    _, (sentence,) = exchange.collected()
    assert "it ends without an IEA: it was cut off" in sentence
    assert said(answers(exchange)[0], "AK9")[0][0] == "R"


def test_a_file_that_was_replaced_meanwhile_is_given_again(exchange: Exchange) -> None:
    first, second = exchange.sent(FIRST, SECOND)
    far = exchange.counterparty
    far.send("SW", [("945", far.advice(first, [Box(tracking=ONE, lines=packed(first))]))], name="945.edi")
    (delivery,) = exchange.edi.collect()
    far.send("SW", [("945", far.advice(second, [Box(tracking=ONE, lines=packed(second))]))], name="945.edi")
    exchange.edi.done(delivery)
    (report,) = exchange.reports()
    assert report.release == SECOND


def test_a_997_is_not_doubled_where_putting_away_was_cut_off(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.ship_all(order, ONE)
    (delivery,) = exchange.edi.collect()

    def cut(self: Directory, folder: str, name: str) -> None:
        raise WarehouseUnavailable("the line is cut")

    with monkeypatch.context() as line:
        line.setattr(Directory, "remove", cut)
        with pytest.raises(WarehouseUnavailable):
            exchange.edi.done(delivery)
    exchange.restart()
    exchange.collected()
    assert len(answers(exchange)) == 1
    assert exchange.files("in") == []


def test_nothing_of_a_buyer_stays_in_the_mailbox_once_all_is_answered(exchange: Exchange) -> None:
    (order,) = exchange.sent(FIRST)
    exchange.counterparty.acknowledge([order])
    exchange.counterparty.ship(
        order, [Box(tracking=ONE, lines=packed(order))], head=["N1*ST*Testperson Quillfeather"]
    )
    exchange.collected()
    kept = [path for path in exchange.mailbox.rglob("*") if path.is_file()]
    assert kept, "the ledger is there"
    assert not [path for path in kept if b"Quillfeather" in path.read_bytes()]


def test_what_could_not_be_read_is_kept_for_two_weeks(exchange: Exchange) -> None:
    far = exchange.counterparty
    far.send("SW", [("856", ["BSN*00*1"])])
    exchange.collected()
    assert len(exchange.files("unread")) == 1
    exchange.later(days=15)
    (order,) = exchange.sent(FIRST)
    far.ship_all(order, ONE)
    exchange.collected()
    assert exchange.files("unread") == []


# What nobody answers.


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


def test_it_can_be_told_that_the_mailbox_is_gone(exchange: Exchange) -> None:
    exchange.mailbox.write_text("no folder")
    with pytest.raises(WarehouseUnavailable):
        exchange.edi.collect()


LINE = st.text("*~0123456789ABCW.-é☕", max_size=30)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 15), noise=LINE, data=st.data())
def test_whatever_an_advice_holds_the_others_are_taken_in(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: str, data: st.DataObject
) -> None:
    exchange = Exchange(folder=tmp_path_factory.mktemp("exchange"))
    far = exchange.counterparty
    first, second = exchange.sent(FIRST, SECOND)
    lines = far.advice(first, [Box(tracking=ONE, lines=[Packed(sku="MUG-BLUE", shipped=2)])])
    place = at % len(lines)
    cut = data.draw(st.integers(0, len(lines[place])))
    lines[place] = lines[place][:cut] + noise.replace("~", "")
    good = far.advice(second, [Box(tracking=ONE, lines=packed(second))])
    far.send("SW", [("945", lines), ("945", good)])
    messages, _ = exchange.collected()
    assert SECOND in [message.release for message in messages if isinstance(message, ShipmentReport)]
