"""What is sealed is found again by its buyer, for as long as its key lives and no longer."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.clue import Clue, ClueKind
from dockseal.domain.erased import Reason
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.errors import SealBroken
from dockseal.pii_security import blind_index
from dockseal.pii_security.blind_index import BlindIndex, Found
from dockseal.pii_security.blind_words import asked_for, words_of
from dockseal.pii_security.envelope import unseal
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe, someone

DAY = timedelta(days=1)
OTHER = SellerId("other-us")
PHONE, EMAIL = "+1 206-555-0100", "alpha0@marketplace.example"
K = ClueKind


def sealed(
    safe: Safe, *, seller: SellerId = SELLER, state: OrderState = OrderState.RELEASED, **values: str
) -> Order:
    """A new order whose personal data is sealed."""
    return safe.vault.seal(safe.order(state, seller=seller), someone(**values))


def find(safe: Safe, text: str, *, seller: SellerId = SELLER) -> Found:
    return BlindIndex(storage=safe.storage, keys=safe.keys).find(seller, words_of(seller, asked_for(text)))


def clues(safe: Safe, order: Order) -> dict[ClueKind, Clue]:
    return {clue.kind: clue for clue in safe.storage.blind_index.of_order(order.ref)}


def left(safe: Safe, order: Order, days: int) -> None:
    """The warehouse reports, late, that the order left so long ago; and its deadline follows."""
    with safe.storage.transaction():
        safe.storage.orders.change(safe.now_is(order), shipped_at=safe.clock.now() - days * DAY)
    safe.shortening.run()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One order of the property test."""

    buyer: int
    seller: SellerId
    days: int
    written: str
    email: bool
    again: bool
    left: int


@pytest.fixture
def other_seller(safe: Safe) -> None:
    safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    bits=st.sampled_from([0, 1, 2, blind_index.BITS]),
    placed=st.lists(
        st.builds(
            Placed,
            buyer=st.integers(0, 4),
            seller=st.sampled_from([SELLER, OTHER]),
            days=st.integers(0, 1),
            written=st.sampled_from(["+1 206-555-010{}", "206555010{}", "(206) 555-010{}"]),
            email=st.booleans(),
            again=st.booleans(),
            left=st.sampled_from([0, 0, 3]),
        ),
        min_size=1,
        max_size=12,
    ),
)
@pytest.mark.usefixtures("other_seller")
def test_everything_of_a_buyer_is_erased_and_nothing_of_anybody_else(
    safe: Safe, bits: int, placed: list[Placed]
) -> None:
    """All of it, however it is written, sealed anew or moved, and though strangers have the same clue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blind_index, "BITS", bits)
        orders: dict[OrderRef, Placed] = {}
        for each in placed:
            safe.clock.advance(each.days * DAY)
            values = {"phone": each.written.format(each.buyer)}
            mail = {"buyer_email": f"Alpha{each.buyer}@marketplace.example"} if each.email else {}
            order = sealed(safe, seller=each.seller, **values, **mail)
            if each.again:
                safe.vault.seal(safe.now_is(order), someone(**values, city="Testbury"))
            if each.left:
                left(safe, order, each.left)
            orders[order.ref] = each
        for buyer in range(5):
            mailed = {
                ref
                for ref, each in orders.items()
                if (each.buyer, each.seller) == (buyer, SELLER) and each.email
            }
            assert set(find(safe, f"alpha{buyer}@marketplace.example").orders) == mailed
        erased = safe.erasure.buyer(SELLER, asked_for("+1 206-555-0100"), actor=PERSON, reason=Reason.BUYER)[
            0
        ]
        theirs = {ref for ref, each in orders.items() if (each.buyer, each.seller) == (0, SELLER)}
        gone = {ref for ref in orders if safe.storage.sealed.get(ref) is None}
        assert gone == theirs
        assert erased.records == len(theirs)
        for ref in orders:
            safe.storage.sealed.delete(ref)
        assert safe.storage.blind_index.count() == 0


def test_strangers_with_the_same_clue_are_compared_and_left_alone(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind_index, "BITS", 0)
    theirs = sealed(safe, phone=PHONE)
    strangers = [sealed(safe, phone=f"+1 206-555-01{number}") for number in range(10, 20)]
    found = find(safe, PHONE)
    assert (found.orders, found.compared) == ((theirs.ref,), 11)
    assert not {"order:data:opened"} & set(safe.tags()), "nobody's address was opened for that"
    assert all(safe.storage.sealed.get(order.ref) for order in strangers)


@pytest.mark.usefixtures("other_seller")
def test_two_sellers_two_epochs_and_two_kinds_never_share_a_key(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind_index, "BITS", 32)
    values = {"phone": PHONE, "buyer_email": EMAIL}
    orders = [sealed(safe, **values), sealed(safe, **values, seller=OTHER)]
    safe.clock.advance(DAY)
    orders += [sealed(safe, **values), sealed(safe, **values, seller=OTHER)]
    for kind in (K.PHONE, K.EMAIL):
        assert len({clues(safe, order)[kind].bits for order in orders}) == 4
    again = sealed(safe, **values)
    assert clues(safe, again)[K.PHONE].bits == clues(safe, orders[2])[K.PHONE].bits, (
        "or the test tells nothing"
    )
    assert find(safe, PHONE).orders == (orders[0].ref, *sorted([orders[2].ref, again.ref]))


def test_no_clue_has_more_bits_than_the_rule_gives(safe: Safe) -> None:
    assert blind_index.BITS == 5
    for number in range(8):
        for clue in clues(safe, sealed(safe, phone=f"+1 206-555-010{number}")).values():
            assert 0 <= clue.bits < 32


def test_an_email_address_makes_a_clue_and_is_sealed_nowhere(safe: Safe) -> None:
    order = sealed(safe, phone=PHONE, buyer_email=EMAIL)
    opened = names_in_the_record(safe, order)
    assert Field.BUYER_EMAIL not in opened
    assert "buyer_email" not in dict(safe.rows(order, tag="order:data:sealed")[0].fields)["field_names"]
    assert set(clues(safe, order)) == {K.EMAIL, K.PHONE, K.ORDER}
    assert find(safe, EMAIL).orders == (order.ref,)


def names_in_the_record(safe: Safe, order: Order) -> frozenset[Field]:
    """Names of everything that is in a sealed record."""
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    return unseal(record, safe.keys.existing_key(record.epoch)).fields()


def test_what_a_later_reading_lacks_is_still_found_and_what_it_changed_is_not(safe: Safe) -> None:
    order = sealed(safe, phone=PHONE, buyer_email=EMAIL)
    order = safe.vault.seal(order, someone())
    assert find(safe, PHONE).orders == find(safe, EMAIL).orders == (order.ref,)
    safe.vault.seal(order, someone(phone="+1 206-555-0111"))
    assert find(safe, PHONE).orders == ()
    assert find(safe, "+1 206-555-0111").orders == find(safe, EMAIL).orders == (order.ref,)
    assert safe.storage.blind_index.count() == 3


def test_a_moved_record_has_its_clues_made_anew_under_the_earlier_key(safe: Safe) -> None:
    order, stays = sealed(safe, phone=PHONE, buyer_email=EMAIL), sealed(safe, phone=PHONE)
    before = clues(safe, order)
    left(safe, order, 5)
    after, record = clues(safe, order), safe.storage.sealed.get(order.ref)
    assert record is not None
    assert {clue.epoch for clue in after.values()} == {record.epoch} == {"20261125T000000Z"}
    assert set(after) == set(before)
    assert set(find(safe, PHONE).orders) == {order.ref, stays.ref}
    safe.clock.advance(24 * DAY)
    safe.shredding.run()
    assert find(safe, PHONE).orders == (stays.ref,), "and they ended with it"
    assert safe.storage.blind_index.of_order(order.ref) == []


def test_once_the_key_is_destroyed_nothing_matches_in_any_copy(safe: Safe) -> None:
    order = sealed(safe, phone=PHONE, buyer_email=EMAIL)
    later = sealed(safe, phone="+1 206-555-0111")
    vault, backup = safe.folder / "vault.sqlite3", safe.folder / "backup.sqlite3"
    with closing(sqlite3.connect(vault)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    assert find(safe, PHONE).orders == (order.ref,)
    safe.clock.advance(28 * DAY)
    safe.shredding.run()
    assert safe.storage.blind_index.count() == 0, "no residue"
    assert safe.storage.sealed.get(later.ref) is None
    safe.storage.close()
    shutil.copyfile(backup, vault)
    assert safe.storage.blind_index.count() == 5, "the copy was put back"
    assert find(safe, PHONE) == Found(orders=(), compared=0, without=0)
    assert find(safe, EMAIL).orders == ()


@pytest.mark.parametrize("changed", ["proof", "order"])
def test_an_altered_or_moved_clue_finds_nobody(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(blind_index, "BITS", 0)
    order, stranger = sealed(safe, phone=PHONE), sealed(safe)
    statement = {
        "proof": "UPDATE vault_clue SET proof = CAST(x'00' || substr(proof, 2) AS BLOB) WHERE kind = 'phone'",
        "order": f"UPDATE vault_clue SET order_ref = '{stranger.ref}' WHERE kind = 'phone'",
    }[changed]
    assert find(safe, PHONE).orders == (order.ref,)
    with closing(sqlite3.connect(safe.folder / "vault.sqlite3")) as vault, vault:
        vault.execute(statement)
    assert find(safe, PHONE) == Found(orders=(), compared=1, without=1)


def test_what_came_without_a_phone_number_is_counted(safe: Safe) -> None:
    sealed(safe, phone=PHONE)
    sealed(safe, buyer_email=EMAIL)
    sealed(safe)
    assert find(safe, PHONE).without == 2
    assert find(safe, EMAIL).without == 2


def test_an_altered_record_stops_nobody_elses_search(safe: Safe) -> None:
    order, altered = sealed(safe, phone=PHONE), sealed(safe, phone=PHONE)
    with closing(sqlite3.connect(safe.folder / "vault.sqlite3")) as vault, vault:
        vault.execute("UPDATE vault_sealed SET version = 9 WHERE order_ref = ?", (altered.ref,))
    with pytest.raises(SealBroken):
        safe.vault.open(altered.ref, safe.grant(altered))
    assert find(safe, PHONE).orders == (order.ref,)


VICTIM = """
    import os, signal, sys
    from pathlib import Path
    from dockseal.domain.clock import ManualClock
    from dockseal.storage.store import DatabasePlaces, Storage
    from unit.pii_security.safe import NOW, Safe, someone

    place, act, when, ref = sys.argv[1:]
    folder = Path(place)
    storage = Storage.open(
        DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3"),
        secret_key="only for tests",
    )
    from dockseal.storage import sealed  # defines tables, so only once Django knows where

    write = sealed._write

    def deadly(clues):
        if when == "after":
            write(clues)
        os.kill(os.getpid(), signal.SIGKILL)

    sealed._write = deadly
    safe = Safe(folder=folder, storage=storage, clock=ManualClock(start=NOW))
    if act == "seal":
        safe.vault.seal(storage.orders.get(ref), someone(phone="+1 206-555-0111"))
    else:
        safe.shortening.run()
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("act", ["seal", "shorten"])
def test_kill_9_between_the_rows_leaves_the_record_with_its_clues(safe: Safe, act: str, when: str) -> None:
    order = sealed(safe, phone=PHONE)
    if act == "shorten":
        with safe.storage.transaction():
            safe.storage.orders.change(order, shipped_at=NOW - 5 * DAY)
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(VICTIM), str(safe.folder), act, when, order.ref],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    assert (record.version, {clue.epoch for clue in clues(safe, order).values()}) == (1, {record.epoch})
    assert find(safe, PHONE).orders == (order.ref,)
    if act == "shorten":
        assert safe.shortening.run().done == 1
        assert {clue.epoch for clue in clues(safe, order).values()} == {"20261125T000000Z"}
        assert find(safe, PHONE).orders == (order.ref,)


def test_the_vault_database_holds_no_value_and_no_word_of_it(safe: Safe) -> None:
    sealed(safe, phone=PHONE, buyer_email=EMAIL)
    same = sealed(safe, phone=PHONE, buyer_email=EMAIL)
    words = set(words_of(SELLER, someone(phone=PHONE, buyer_email=EMAIL)).values())
    rows = list(clue_rows(safe))
    assert len(rows) == 6
    assert len({row["proof"] for row in rows}) == 6, "no two proofs are alike, though the values are"
    for row in rows:
        widths = {name: len(str(value)) for name, value in row.items() if name not in {"proof", "order_ref"}}
        assert widths == {"id": 1, "seller": 7, "epoch": 16, "kind": 5, "bits": widths["bits"]}
        assert row["bits"] < 2**blind_index.BITS
    for place in safe.folder.glob("*.sqlite3*"):
        held = place.read_bytes()
        assert not any(word in held or word.hex().encode() in held for word in words)
    assert set(clues(safe, same)) == {K.EMAIL, K.PHONE, K.ORDER}


def clue_rows(safe: Safe) -> Iterator[dict[str, object]]:
    with closing(sqlite3.connect(safe.folder / "vault.sqlite3")) as vault:
        vault.row_factory = sqlite3.Row
        yield from (dict(row) for row in vault.execute("SELECT * FROM vault_clue").fetchall())
