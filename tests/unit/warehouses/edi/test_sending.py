"""Orders leave exactly once, whatever is cut off, and no control number repeats."""

import json
import shutil
from pathlib import Path

import pytest

from dockseal.errors import WarehouseRefused, WarehouseUnavailable
from dockseal.warehouses.edi import Edi
from dockseal.warehouses.edi.ledger import seconds
from dockseal.warehouses.mailbox import Directory
from dockseal.warehouses.port import Asking, Batching, Collecting, Receipt, StopAnswer, Stopping
from edi_exchange import START, Exchange

FIRST, SECOND = "firstreference234567-1", "secondreference23456-1"


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(folder=tmp_path)


def test_it_says_what_it_can_do(exchange: Exchange) -> None:
    for kind in (Batching, Asking, Stopping, Collecting):
        assert isinstance(exchange.edi, kind)


def test_many_orders_are_one_interchange_with_a_set_for_each(exchange: Exchange) -> None:
    orders = exchange.sent(FIRST, SECOND)
    assert [order.number for order in orders] == [FIRST, SECOND]
    assert [order.control for order in orders] == ["0001", "0002"]
    assert len({order.interchange for order in orders}) == 1


def test_an_order_that_cannot_be_written_does_not_keep_the_others_back(exchange: Exchange) -> None:
    bad = exchange.order(SECOND, name="山田太郎")
    answers = exchange.edi.submit_all([exchange.order(FIRST), bad])
    assert answers[0] == Receipt()
    assert isinstance(answers[1], WarehouseRefused)
    assert answers[1].__traceback__ is None, "frames that know the address are let go"
    assert [order.number for order in exchange.counterparty.look()] == [FIRST]


def test_what_was_sent_is_not_sent_again_by_another_process_or_months_later(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    exchange.restart()
    assert exchange.sent(FIRST) == []
    exchange.later(days=80)
    orders = exchange.sent(FIRST, SECOND)
    assert [order.number for order in orders] == [SECOND]


def test_control_numbers_grow_over_restarts_at_one_instant(exchange: Exchange) -> None:
    numbers = []
    for n in range(4):
        (order,) = exchange.sent(f"reference{n}23456789ab-1")
        numbers.append(int(order.interchange))
        exchange.restart()
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_control_numbers_do_not_begin_anew_where_the_ledger_was_lost(exchange: Exchange) -> None:
    (first,) = exchange.sent(FIRST)
    shutil.rmtree(exchange.mailbox)
    exchange.later(minutes=5)
    (second,) = exchange.sent(SECOND)
    assert int(second.interchange) > int(first.interchange)


class Cut(Exception):
    """The power failed."""


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("act", range(4))
def test_whatever_is_cut_off_the_order_leaves_once(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, act: int, before: bool
) -> None:
    """The acts that change the mailbox are counted; the power fails at one of them."""
    acts = iter(range(100))
    real = {name: getattr(Directory, name) for name in ("put", "move", "remove")}

    def cut(name: str) -> None:
        def acting(self: Directory, *args: object) -> None:
            now = next(acts)
            if now == act and before:
                raise Cut
            real[name](self, *args)
            if now == act:
                raise Cut

        monkeypatch.setattr(Directory, name, acting)

    for name in real:
        cut(name)
    with pytest.raises(Cut) if act < 3 else pytest.raises(AssertionError):
        exchange.edi.submit(exchange.order(FIRST))
        raise AssertionError("there are three acts")
    monkeypatch.undo()
    exchange.restart()
    exchange.later(minutes=11)
    exchange.edi.submit(exchange.order(FIRST))
    assert [order.number for order in exchange.counterparty.look()] == [FIRST]
    assert exchange.files("staging") == []


def test_what_another_process_is_about_to_publish_is_left_alone(exchange: Exchange) -> None:
    other = exchange.mailbox / "staging"
    other.mkdir(parents=True)
    (other / f"940-{seconds(START) - 60:09}-beefbeef.edi").write_text("being written")
    with pytest.raises(WarehouseUnavailable, match="another process writes to warehouse reno"):
        exchange.edi.submit(exchange.order(FIRST))
    exchange.later(minutes=11)
    assert len(exchange.sent(FIRST)) == 1
    assert exchange.files("staging") == []


def test_two_processes_that_choose_one_number_send_both_orders(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, real = exchange.edi, Directory.put
    exchange.restart()
    second = exchange.edi
    nested = []

    def put(self: Directory, folder: str, name: str, content: bytes) -> None:
        if folder == "sent" and not nested:
            nested.append(name)
            # Between choosing its number and noting it, the other one does all of its work.
            monkeypatch.setattr(type(second._outbox), "settle", lambda _: None)
            second.submit(exchange.order(SECOND))
        real(self, folder, name, content)

    monkeypatch.setattr(Directory, "put", put)
    first.submit(exchange.order(FIRST))
    orders = exchange.counterparty.look()
    assert sorted(order.number for order in orders) == [FIRST, SECOND]
    assert len({order.interchange for order in orders}) == 2


def test_an_order_that_another_process_dropped_before_it_left_is_sent_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process stood still for so long that another one took it for dead."""
    real = Directory.move

    def move(self: Directory, folder: str, name: str, to: str) -> None:
        monkeypatch.undo()
        first, _ = exchange.edi, exchange.later(minutes=11)
        exchange.restart()
        exchange.edi._outbox.settle()
        exchange.edi = first
        real(self, folder, name, to)

    monkeypatch.setattr(Directory, "move", move)
    with pytest.raises(WarehouseUnavailable):
        exchange.edi.submit(exchange.order(FIRST))
    exchange.edi.submit(exchange.order(FIRST))
    assert [order.number for order in exchange.counterparty.look()] == [FIRST]


def test_the_ledger_holds_numbers_and_references_and_nothing_of_the_buyer(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    (name,) = exchange.files("sent")
    text = (exchange.mailbox / "sent" / name).read_text()
    assert set(json.loads(text)) == {"number", "token", "kind", "at", "keys", "rejected"}
    assert "Quillfeather" not in text


def test_a_ledger_that_was_spoilt_stops_the_sending(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    (name,) = exchange.files("sent")
    (exchange.mailbox / "sent" / name).write_text("{")
    exchange.restart()
    with pytest.raises(WarehouseUnavailable, match="nothing is sent, since orders could be sent twice"):
        exchange.edi.submit(exchange.order(SECOND))


def test_it_knows_which_orders_it_sent(exchange: Exchange) -> None:
    order = exchange.order(FIRST)
    assert exchange.edi.ask(order.reference) is None
    exchange.edi.submit(order)
    assert exchange.edi.ask(order.reference) == Receipt()


def test_a_stop_is_a_cancelling_940_without_address_and_goes_once(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    assert exchange.edi.stop(exchange.stop(FIRST)) is StopAnswer.ASKED
    assert exchange.edi.stop(exchange.stop(FIRST)) is StopAnswer.ASKED
    (order,) = exchange.counterparty.look()
    assert (order.status, order.number, order.lines) == ("F", FIRST, [])
    assert order.all("N1") == []


def test_what_never_left_is_stopped_at_once(exchange: Exchange) -> None:
    exchange.sent(FIRST)
    assert exchange.edi.stop(exchange.stop(SECOND)) is StopAnswer.STOPPED


def test_with_an_empty_ledger_nobody_says_that_an_order_never_left(exchange: Exchange) -> None:
    assert exchange.edi.stop(exchange.stop(FIRST)) is StopAnswer.ASKED


def test_a_partner_that_takes_no_cancellations_is_too_late_to_ask(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more='[orders]\ncancel = ""\n')
    exchange.sent(FIRST)
    assert exchange.edi.stop(exchange.stop(FIRST)) is StopAnswer.TOO_LATE


def test_the_partners_own_folders_are_used(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more='[folders]\nout = "to_reno"\nin = "from_reno"\n')
    exchange.edi.submit(exchange.order(FIRST))
    assert len(exchange.files("to_reno")) == 1


def test_the_most_orders_of_an_interchange_are_the_profiles(tmp_path: Path) -> None:
    exchange = Exchange(folder=tmp_path, more="[orders]\nmost = 7\n")
    assert exchange.edi.most_at_once == 7
    assert isinstance(exchange.edi, Edi)
