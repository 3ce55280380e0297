"""A key that two officers had destroyed before its end, and how everything goes on afterwards."""

import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.order import Order, OrderState
from dockseal.errors import BadInput, KeyDestroyed, NothingSealed, TwoPersonsNeeded
from dockseal.pii_security.asks import Act
from dockseal.pii_security.destroying import Destroyed, Destroying
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.two_persons import TwoPersons
from unit.pii_security.safe import PERSON, Safe, someone
from unit.pii_security.test_shortening import left
from unit.pii_security.two import Two


@pytest.fixture
def two(safe: Safe) -> Two:
    return Two(folder=safe.folder / "keys").recorded(safe)


@pytest.fixture
def destroying(safe: Safe, two: Two) -> Destroying:
    decided = TwoPersons(officers=two.officers, storage=safe.storage, trail=safe.trail, clock=safe.clock)
    return Destroying(shredding=safe.shredding, two=decided)


def epoch_of(safe: Safe, order: Order) -> str:
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    return record.epoch


def test_the_key_goes_with_its_records_and_each_step_is_on_record(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    waiting, gone = safe.sealed(), safe.sealed(OrderState.RELEASED)
    epoch = epoch_of(safe, waiting)
    done = destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch), PERSON)
    assert done == Destroyed(records=2, again=1)
    assert safe.keys.epochs() == []
    assert [safe.storage.sealed.get(order.ref) for order in (waiting, gone)] == [None, None]
    assert [safe.now_is(order).sealed_until for order in (waiting, gone)] == [None, None]
    rows = {row.tag: dict(row.fields) for row in safe.rows()}
    asked = rows["key:epoch:destroy_asked"]
    assert (asked["epoch"], asked["officers"]) == (epoch, "casey/robin")
    assert rows["officer:ask:used"]["ask"] == asked["ask"]
    assert rows["key:epoch:shredded"]["records"] == "2"


def test_what_is_not_shipped_is_sealed_again_under_an_epoch_that_is_left(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    order = safe.sealed()
    epoch = epoch_of(safe, order)
    destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch), PERSON)
    with pytest.raises(NothingSealed):
        safe.vault.open(order.ref, safe.grant(order))
    again = safe.vault.seal(safe.now_is(order), someone())
    assert again.sealed_until == end_of(epoch) - safe.retention.epoch_length
    safe.vault.open(again.ref, safe.grant(again))
    made = [dict(row.fields)["epoch"] for row in safe.rows(tag="key:epoch:created")]
    assert made == [epoch, epoch_of(safe, again)]


def test_a_deadline_that_moves_to_a_destroyed_epoch_moves_to_the_one_before(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    first = safe.sealed()
    epoch = epoch_of(safe, first)
    safe.clock.advance(timedelta(days=1))
    order = safe.sealed()
    destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch, now=safe.clock.now()), PERSON)
    left(safe, order, safe.clock.now() - timedelta(days=1))
    assert safe.vault.shorten(safe.now_is(order))
    assert safe.now_is(order).sealed_until == end_of(epoch) - safe.retention.epoch_length
    assert not safe.vault.shorten(safe.now_is(order))


@pytest.mark.parametrize("by", [(), ("casey",), ("robin",)])
def test_one_officer_destroys_nothing_and_the_attempt_is_on_record(
    safe: Safe, two: Two, destroying: Destroying, by: tuple[str, ...]
) -> None:
    order = safe.sealed()
    epoch = epoch_of(safe, order)
    with pytest.raises(TwoPersonsNeeded):
        destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch, by=by), PERSON)
    with pytest.raises(TwoPersonsNeeded, match="approvals ask key:destroy"):
        destroying.run(epoch, None, PERSON)
    safe.vault.open(order.ref, safe.grant(order))
    assert [row.tag for row in safe.rows()].count("officer:ask:refused") == 2


def test_no_role_at_a_terminal_or_a_service_stands_for_the_officers(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    order = safe.sealed()
    epoch = epoch_of(safe, order)
    for kind in type(PERSON.kind):
        with pytest.raises(TwoPersonsNeeded):
            destroying.run(epoch, None, Actor(kind=kind, name="casey"))
    safe.vault.open(order.ref, safe.grant(order))


def test_what_is_no_key_is_not_destroyed_and_uses_up_no_ask(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    order = safe.sealed()
    epoch = epoch_of(safe, order)
    for name in ("", "20990101T000000Z", "../master"):
        with pytest.raises(BadInput):
            destroying.run(name, two.asked(Act.KEY_DESTROY, name or "x"), PERSON)
    ask = two.asked(Act.KEY_DESTROY, epoch)
    destroying.run(epoch, ask, PERSON)
    with pytest.raises(BadInput, match="any more"):
        destroying.run(epoch, two.asked(Act.KEY_DESTROY, epoch), PERSON)


_STEPS = frozenset(
    {
        "verify",
        "record",
        "transaction",
        "write_new",
        "destroy_file",
        "destroy",
        "clear_away",
        "_tell",
        "delete_epoch",
    }
)


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Runs it in a child that dies before or after its nth step; tells whether there were so many."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = [step]

    def watch(frame: FrameType, event: str, _: object) -> None:
        if (
            frame.f_code.co_name in _STEPS
            and "dockseal" in frame.f_code.co_filename
            and event in {"call", "return"}
        ):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    try:
        act()
    finally:
        os._exit(0)


def test_killed_at_any_step_it_ends_untouched_or_shredded(
    safe: Safe, two: Two, destroying: Destroying
) -> None:
    untouched, killed = 0, 0
    for step in itertools.count(1, 2):
        safe.clock.advance(safe.retention.epoch_length)
        order = safe.sealed()
        epoch = epoch_of(safe, order)
        ask = two.asked(Act.KEY_DESTROY, epoch, now=safe.clock.now())
        safe.storage.close()
        if not killed_at(step, functools.partial(destroying.run, epoch, ask, PERSON)):
            break
        killed += 1
        opens = opened(safe, order)
        safe.shredding.run()
        assert safe.keys.has(epoch) is opens
        if opens:
            untouched += 1
            assert opened(safe, order)
            again = two.asked(Act.KEY_DESTROY, epoch, now=safe.clock.now())
            destroying.run(epoch, again, PERSON)
        assert not opened(safe, order)
        assert safe.storage.sealed.get(order.ref) is None
        assert safe.now_is(order).sealed_until is None
        assert list((safe.folder / "keys" / "epochs").glob(f"*{epoch}.key*")) == []
    assert 5 < untouched < killed - 5


def opened(safe: Safe, order: Order) -> bool:
    try:
        safe.vault.open(order.ref, safe.grant(order))
    except (KeyDestroyed, NothingSealed):
        return False
    return True
