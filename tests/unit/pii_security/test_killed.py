"""kill -9 before every change of a database or a file: all is sealed or gone, and the next run finishes."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.erased import Reason
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.secret import Secret
from dockseal.errors import KeyDestroyed, NothingSealed, PastDeadline
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.rotating_keys import KeyRotation
from unit.pii_security.killing import kills
from unit.pii_security.safe import DIRECT, NOW, PERSON, SELLER, Safe, someone
from unit.pii_security.scripted import ScriptedAmazon

S = OrderState
DAY = timedelta(days=1)
RENO = WarehouseId("reno")
OTHER = SellerId("other-us")


EachKill = Callable[..., Iterator[int]]


@pytest.fixture
def each_kill(safe: Safe, capsys: pytest.CaptureFixture[str]) -> EachKill:
    """Kills something before each of its changes, and prints how often that was."""

    def each(act: Callable[[], object], *, what: str, least: int) -> Iterator[int]:
        times = 0
        for step in kills(safe.storage, safe.folder, act):
            times += 1
            yield step
        with capsys.disabled():
            sys.stdout.write(f"\n{what}: killed {times} times\n")
        assert times >= least

    return each


def name_of(safe: Safe, order: Order) -> str:
    """The name that is sealed of an order; empty: nothing is. A broken seal is neither."""
    try:
        return safe.vault.open(order.ref, safe.grant(order)).disclose()["name"]
    except (NothingSealed, PastDeadline, KeyDestroyed):
        return ""


def live(order: Order) -> bool:
    """Whether an order, as it is kept, still opens."""
    return bool(order.sealed_mark) and order.state not in {S.CANCELLED, S.SHREDDED}


def is_true(safe: Safe, *orders: Order) -> None:
    """The trail adds up, and what is made, sealed, gone or destroyed has the row that says so."""
    verify(safe.storage)
    rows = safe.rows()
    made = {dict(row.fields)["epoch"] for row in rows if row.tag == "key:epoch:created"}
    ended = {dict(row.fields)["epoch"] for row in rows if row.tag == "key:epoch:shred_intended"}
    for place in (safe.folder / "keys" / "epochs").iterdir():
        assert not place.name.endswith(".destroyed") or place.stem in ended
        assert place.name.startswith(".") or place.stem in made
    for order in orders:
        kept, record = safe.now_is(order), safe.storage.sealed.get(order.ref)
        sealed = [dict(row.fields) for row in safe.rows(order, tag="order:data:sealed")]
        assert len(sealed) == len({row["version"] for row in sealed}), "no version twice"
        assert kept.sealed_version == max((int(row["version"]) for row in sealed), default=0)
        gone = safe.rows(order, tag="order:data:erased") or {row["epoch"] for row in sealed} & ended
        if kept.sealed_version and (record is None or not kept.sealed_mark):
            assert gone, "what is gone has its row"
        if name_of(safe, order):
            assert record is not None
            assert kept.sealed_mark, "nothing opens that the order was not told of"


def all_is_gone(safe: Safe) -> None:
    """No row, no key and no draft of one is left once all epochs have ended."""
    safe.clock.advance(40 * DAY)
    safe.shredding.run()
    assert safe.storage.sealed.count() == 0
    assert [place for place in (safe.folder / "keys" / "epochs").iterdir() if ".key" in place.name] == []
    safe.clock.advance(-40 * DAY)


def test_a_first_seal(safe: Safe, each_kill: EachKill) -> None:
    order = safe.order()
    for _ in each_kill(lambda: safe.vault.seal(order, someone()), what="a first seal", least=15):
        is_true(safe, order)
        kept = safe.now_is(order)
        assert name_of(safe, order) == ("Testperson Alpha" if kept.sealed_until else "")
        sealed = safe.vault.seal(kept, someone(name="Testperson Beta"))
        assert name_of(safe, sealed) == "Testperson Beta"
        is_true(safe, order)
        all_is_gone(safe)


def test_a_seal_in_place_of_an_earlier_one(safe: Safe, each_kill: EachKill) -> None:
    order = safe.sealed(S.RELEASED)
    seen: Counter[str] = Counter()
    for _ in each_kill(
        lambda: safe.vault.seal(order, someone(name="Testperson Beta")),
        what="a seal in place of an earlier one",
        least=10,
    ):
        is_true(safe, order)
        seen[name_of(safe, order)] += 1
        sealed = safe.vault.seal(safe.now_is(order), someone(name="Testperson Gamma"))
        assert name_of(safe, sealed) == "Testperson Gamma"
        is_true(safe, order)
    assert set(seen) == {"Testperson Alpha", "Testperson Beta"}, "the address before or the one after, always"
    assert min(seen.values()) > 1


def retrieval_of(safe: Safe) -> Retrieval:
    """A retrieval as a process has it that was just started: nothing is in its memory."""
    return Retrieval(
        storage=safe.storage,
        vault=safe.vault,
        trail=safe.trail,
        amazon=ScriptedAmazon(wants_tokens=True),
        grants=safe.grants,
        clock=safe.clock,
        hand=Hand(safe.clock),
    )


def test_retrieving_what_is_sealed_and_what_is_passed_on(safe: Safe, each_kill: EachKill) -> None:
    sealed, passed = safe.order(), safe.order(warehouse=DIRECT)
    for _ in each_kill(lambda: retrieval_of(safe).run(SELLER), what="a retrieval of two", least=25):
        is_true(safe, sealed, passed)
        assert name_of(safe, passed) == "", "what was on its way is lost with the process"
        held = b"".join(place.read_bytes() for place in safe.folder.rglob("*") if place.is_file())
        assert b"Testperson" not in held
        retrieval_of(safe).run(SELLER)
        assert {name_of(safe, sealed), name_of(safe, passed)} == {"Testperson Alpha"}
        safe.vault.passing.drop(passed.ref)
        is_true(safe, sealed, passed)


def test_an_open(safe: Safe, each_kill: EachKill) -> None:
    order = safe.sealed()
    for _ in each_kill(lambda: safe.vault.open(order.ref, safe.grant(order)), what="an open", least=5):
        is_true(safe, order)
        assert name_of(safe, order) == "Testperson Alpha"


def shipped(safe: Safe, order: Order, at: datetime) -> None:
    """It left then, which is told late."""
    with safe.storage.transaction():
        released = safe.storage.orders.move(safe.now_is(order), S.RELEASED)
        safe.storage.orders.move(released, S.SHIPPED, shipped_at=at)


def test_a_deadline_moved_earlier(safe: Safe, each_kill: EachKill) -> None:
    orders = [safe.sealed(), safe.sealed()]
    for order in orders:
        shipped(safe, order, NOW - 5 * DAY)
    for _ in each_kill(safe.shortening.run, what="two deadlines moved earlier", least=20):
        is_true(safe, *orders)
        assert [name_of(safe, order) for order in orders] == ["Testperson Alpha"] * 2
        for order in orders:
            record, kept = safe.storage.sealed.get(order.ref), safe.now_is(order)
            assert record is not None
            assert kept.sealed_until is not None
            assert record.deadline <= kept.sealed_until, "the vault is never later than the order"
            moved = kept.sealed_until == end_of("20261125T000000Z")
            assert moved == bool(safe.rows(order, tag="order:data:shortened"))
        safe.shortening.run()
        for order in orders:
            record, kept = safe.storage.sealed.get(order.ref), safe.now_is(order)
            assert record is not None
            assert record.epoch == "20261125T000000Z"
            assert record.deadline == kept.sealed_until
            assert len(safe.rows(order, tag="order:data:shortened")) == 1
        is_true(safe, *orders)
        all_is_gone(safe)


def test_a_deadline_that_news_puts_into_the_past(safe: Safe, each_kill: EachKill) -> None:
    order = safe.sealed()
    shipped(safe, order, NOW - 40 * DAY)
    for _ in each_kill(safe.shortening.run, what="a deadline in the past", least=8):
        is_true(safe, order)
        assert name_of(safe, order) == "", "it is past its deadline already"
        safe.shortening.run()
        assert safe.storage.sealed.count() == 0
        assert safe.now_is(order).sealed_until is None
        is_true(safe, order)


def test_an_epoch_is_shredded(safe: Safe, each_kill: EachKill) -> None:
    orders = [safe.sealed(state) for state in (S.RELEASED, S.VERIFIED, S.RELEASABLE)]
    safe.clock.advance(3 * DAY)
    later = safe.sealed()
    safe.clock.advance(26 * DAY)
    for _ in each_kill(safe.shredding.run, what="an epoch shredded", least=25):
        is_true(safe, *orders, later)
        assert [name_of(safe, order) for order in orders] == [""] * 3
        assert name_of(safe, later) == "Testperson Alpha"
        safe.shredding.run()
        assert safe.storage.sealed.count() == 1
        assert [safe.now_is(order).sealed_until for order in orders] == [None] * 3
        assert safe.now_is(orders[1]).state is S.SHREDDED
        assert safe.tags().count("key:epoch:shredded") == 1
        assert len(safe.keys.epochs()) == 1
        is_true(safe, *orders, later)
        assert safe.shredding.run().done == 0
        all_is_gone(safe)


def test_a_cancelled_order_is_shredded(safe: Safe, each_kill: EachKill) -> None:
    order = safe.to(safe.sealed(), S.CANCELLED)
    for _ in each_kill(safe.shredding.run, what="a cancelled order shredded", least=10):
        is_true(safe, order)
        assert name_of(safe, order) == ""
        safe.shredding.run()
        assert (safe.storage.sealed.count(), safe.now_is(order).state) == (0, S.SHREDDED)
        is_true(safe, order)


@pytest.mark.parametrize("state", [S.RELEASABLE, S.RELEASED, S.VERIFIED])
def test_an_order_is_erased(safe: Safe, state: OrderState, each_kill: EachKill) -> None:
    order = safe.sealed(state)

    def erase() -> object:
        return safe.erasure.order(order.ref, actor=PERSON, reason=Reason.BUYER, stop=True)

    for _ in each_kill(erase, what=f"an order erased that is {state.value}", least=15):
        is_true(safe, order)
        kept = safe.now_is(order)
        assert name_of(safe, order) == ("Testperson Alpha" if live(kept) else "")
        erase()
        assert (safe.storage.sealed.count(), safe.now_is(order).sealed_until) == (0, None)
        assert name_of(safe, order) == ""
        is_true(safe, order)


def test_a_seller_is_erased(safe: Safe, each_kill: EachKill) -> None:
    orders = [safe.sealed(state) for state in (S.HELD, S.RELEASED, S.VERIFIED)]
    safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))
    stays = safe.vault.seal(safe.order(seller=OTHER), someone())
    safe.credentials.store_consent(SELLER, "app", Secret("Atzr|invented"), PERSON)

    def erase() -> object:
        return safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.SELLER)

    for _ in each_kill(erase, what="a seller erased", least=40):
        is_true(safe, *orders, stays)
        for order in orders:
            kept = safe.now_is(order)
            assert name_of(safe, order) == ("Testperson Alpha" if live(kept) else "")
        assert name_of(safe, stays) == "Testperson Alpha"
        erase()
        assert safe.storage.sealed.count() == 1
        assert safe.storage.credentials.names() == []
        assert {safe.now_is(order).state for order in orders} == {S.SHREDDED, S.RELEASED}
        assert [safe.now_is(order).sealed_until for order in orders] == [None] * 3
        is_true(safe, *orders, stays)


def stored(safe: Safe) -> list[int]:
    """The versions that the trail has of a warehouse's secret."""
    return [int(dict(row.fields)["version"]) for row in safe.rows(tag="warehouse:credential:stored")]


def test_a_credential_is_stored(safe: Safe, person: Actor, each_kill: EachKill) -> None:
    one, two, three = (Secret(f"invented secret {number}") for number in (1, 2, 3))
    safe.credentials.store_warehouse(RENO, one, person)
    for _ in each_kill(
        lambda: safe.credentials.store_warehouse(RENO, two, person), what="a credential stored", least=8
    ):
        is_true(safe)
        assert safe.credentials.warehouse(RENO) == (two if 2 in stored(safe) else one)
        safe.credentials.store_warehouse(RENO, three, person)
        assert safe.credentials.warehouse(RENO) == three
        assert len(stored(safe)) == len(set(stored(safe)))


def test_the_master_key_is_rotated(safe: Safe, person: Actor, each_kill: EachKill) -> None:
    near, far = safe.sealed(), safe.sealed()
    shipped(safe, near, NOW - 5 * DAY)
    safe.shortening.run()
    secrets = {WarehouseId(name): Secret(f"secret of {name}") for name in ("reno", "direct")}
    for warehouse, secret in secrets.items():
        safe.credentials.store_warehouse(warehouse, secret, person)
    rotation = KeyRotation(
        storage=safe.storage, keys=safe.keys, credentials=safe.credentials, trail=safe.trail
    )
    for _ in each_kill(lambda: rotation.run(person), what="the master key rotated", least=40):
        is_true(safe, near, far)
        assert {name_of(safe, order) for order in (near, far)} == {"Testperson Alpha"}
        assert {name: safe.credentials.warehouse(name) for name in secrets} == secrets
        done = rotation.run(person)
        assert set(safe.keys.masters().values()) == {done.master}
        assert len(safe.keys.derived("credentials")) == 1
        assert {name_of(safe, order) for order in (near, far)} == {"Testperson Alpha"}
        assert {name: safe.credentials.warehouse(name) for name in secrets} == secrets
        is_true(safe, near, far)
        all_is_gone(safe)
