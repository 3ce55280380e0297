"""What comes in is taken in once, answered once, and put away; what is wrong spoils itself alone."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
import x12
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.shipment import ShipmentReport
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


def test_a_file_with_an_odd_name_is_taken_in_as_well(exchange: Exchange) -> None:
    (order,) = exchange.sent(FIRST)
    lines = exchange.counterparty.advice(order, [Box(tracking=ONE, lines=packed(order))])
    exchange.counterparty.send("SW", [("945", lines)], name="for Quillfeather #1 ☕.x12")
    (delivery,) = exchange.edi.collect()
    assert "Quillfeather" not in delivery.name
    exchange.edi.done(delivery)
    assert exchange.files("in") == []


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


class Cut(Exception):
    """The power failed."""


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("act", range(8))
def test_wherever_putting_away_is_cut_off_all_is_taken_in_and_answered_once(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, act: int, before: bool
) -> None:
    """A file with a 945, a bad 945 and a 997: the power fails at one act that changes the mailbox."""
    (order,) = exchange.sent(FIRST)
    far = exchange.counterparty
    good = far.advice(order, [Box(tracking=ONE, lines=packed(order))])
    text = far.interchange("SW", [("945", good), ("945", ["W06*F"])])
    text += far.interchange("FA", [("997", [f"AK1*OW*{order.group}", "AK9*A*1*1*1"])])
    (exchange.mailbox / "in").mkdir()
    (exchange.mailbox / "in" / "both.x12").write_text(text)
    acts = iter(range(100))
    real = {name: getattr(Directory, name) for name in ("put", "move", "remove")}

    def acting(name: str) -> Callable[..., None]:
        def act_or_cut(self: Directory, *args: object) -> None:
            now = next(acts)
            if now == act and before:
                raise Cut
            real[name](self, *args)
            if now == act:
                raise Cut

        return act_or_cut

    with monkeypatch.context() as power:
        for name in real:
            power.setattr(Directory, name, acting(name))
        with pytest.raises(Cut):
            exchange.collected()
    exchange.restart()
    with contextlib.suppress(WarehouseUnavailable):
        exchange.collected()
    exchange.later(minutes=11)
    exchange.collected()
    assert len(answers(exchange)) == 1
    assert exchange.files("in") == exchange.files("staging") == exchange.files("sent") == []
    assert len({name.partition("-")[2] for name in exchange.files("unread")}) == 1
    assert exchange.sent(FIRST) == []


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
