import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import OrderState
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Seller
from dockseal.errors import BadInput, MoveRefused, NothingSealed, PastDeadline
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security.erasure import UNSHIPPED
from dockseal.pii_security.retrieval import Retrieval
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe, someone

S = OrderState
OTHER = SellerId("other-us")
GONE = sorted({S.RELEASED, S.PARTLY_SHIPPED, S.SHIPPED, S.CONFIRMED})


def other_seller(safe: Safe) -> Seller:
    return safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))


def erase_order(safe: Safe, ref: OrderRef, *, stop: bool = False) -> Certificate:
    return safe.erasure.order(ref, actor=PERSON, reason=Reason.BUYER, stop=stop)


@pytest.mark.parametrize("state", GONE)
def test_what_a_warehouse_has_is_erased_and_the_order_goes_on_without(safe: Safe, state: OrderState) -> None:
    order, other = safe.sealed(state), safe.sealed(state)
    done = erase_order(safe, order.ref)
    assert (done.records, done.orders, done.stopped) == (1, 1, 0)
    assert safe.storage.sealed.get(order.ref) is None
    kept = safe.now_is(order)
    assert (kept.state, kept.sealed_until) == (state, None)
    with pytest.raises(NothingSealed):
        safe.vault.open(order.ref, safe.grant(order))
    assert safe.vault.open(other.ref, safe.grant(other)).fields()


@pytest.mark.parametrize("state", [S.VERIFIED, S.CANCELLED])
def test_an_order_that_is_over_is_shredded_with_it(safe: Safe, state: OrderState) -> None:
    order = safe.sealed()
    with safe.storage.transaction():
        safe.storage.orders._write(safe.now_is(order), replace(safe.now_is(order), state=state))
    assert erase_order(safe, order.ref).records == 1
    assert safe.now_is(order).state is S.SHREDDED
    assert safe.tags(order)[-2:] == ["order:data:erased", "order:life:shredded"]


@pytest.mark.parametrize("state", sorted(UNSHIPPED))
def test_what_is_still_to_be_shipped_is_erased_only_if_nobody_is_to_ship_it(
    safe: Safe, retrieval: Retrieval, state: OrderState
) -> None:
    order = safe.sealed(state)
    with pytest.raises(BadInput, match="--stop"):
        erase_order(safe, order.ref)
    assert safe.storage.sealed.count() == 1
    assert erase_order(safe, order.ref, stop=True).stopped == 1
    assert safe.now_is(order).state is S.SHREDDED
    assert retrieval.run(SELLER).done == 0
    assert safe.storage.sealed.count() == 0, "and it is not retrieved again"


def test_what_is_in_the_hand_is_given_up_with_its_order(safe: Safe, retrieval: Retrieval) -> None:
    order = safe.order()
    retrieval.hand.put(SELLER, order.amazon, someone())
    erase_order(safe, order.ref, stop=True)
    retrieval.run(SELLER)
    assert retrieval.hand.orders(SELLER) == ()
    assert safe.storage.sealed.count() == 0


def test_what_is_sealed_while_it_is_erased_does_not_stay(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    stale, table = safe.sealed(S.RELEASED), type(safe.storage.sealed)
    put = table.put

    def late(sealed: Any, record: SealedRecord, clues: Any) -> None:
        erase_order(safe, stale.ref)
        put(sealed, record, clues)

    monkeypatch.setattr(table, "put", late)
    with pytest.raises(MoveRefused):
        safe.vault.seal(stale, someone())
    assert safe.storage.sealed.count() == 0


def test_what_somebody_asked_to_erase_is_not_sealed_again(safe: Safe) -> None:
    order = safe.sealed(S.RELEASED)
    erase_order(safe, order.ref)
    with pytest.raises(PastDeadline, match="asked to erase"):
        safe.vault.keep(safe.now_is(order), someone())


def test_the_certificate_says_what_when_and_where_in_the_trail_and_names_nobody(safe: Safe) -> None:
    order = safe.sealed(S.RELEASED)
    safe.clock.advance(timedelta(hours=1))
    done = erase_order(safe, order.ref)
    told = json.loads(done.as_json())
    row = safe.rows(tag="data:erasure:done")[-1]
    assert (told["audit_row"], told["audit_hash"]) == (row.seq, row.hash)
    assert (told["what"], told["subject"], told["reason"]) == ("order", order.ref, "buyer")
    assert told["done_at"] == "2026-11-02T09:30:00.000Z"
    assert told["copies_end_by"] == "2026-12-02T00:00:00.000Z", "the epoch's end and the life of key backups"
    assert done.copies_end_by <= NOW + timedelta(days=30)
    for text in (order.id, "Testperson", "Sample Street", "Exampleton"):
        assert text not in done.as_json()
    assert safe.tags()[-3:] == ["data:erasure:intended", "order:data:erased", "data:erasure:done"]
    verify(safe.storage)


def test_a_second_run_erases_nothing_more_and_says_so(safe: Safe) -> None:
    order = safe.sealed(S.RELEASED)
    erase_order(safe, order.ref)
    again = erase_order(safe, order.ref)
    assert again.records == 0, "the first one was done, and has a certificate of its own"
    assert safe.tags(order).count("order:data:erased") == 1


def test_an_order_nobody_knows_is_no_order(safe: Safe) -> None:
    with pytest.raises(BadInput):
        erase_order(safe, OrderRef("zzzzzzzzzz"))
    assert safe.tags() == []


def of_all_kinds(safe: Safe) -> list[OrderRef]:
    """Orders of the seller at every stage, with personal data sealed."""
    return [safe.sealed(state).ref for state in (S.HELD, S.RELEASABLE, S.RELEASED, S.VERIFIED)]


def test_a_seller_who_leaves_takes_everything_along_and_no_other_seller_loses_anything(safe: Safe) -> None:
    orders = of_all_kinds(safe)
    waiting = safe.order(S.ACCEPTED)
    other_seller(safe)
    stays = safe.vault.seal(safe.order(seller=OTHER), someone())
    safe.credentials.store_consent(SELLER, "app", Secret("Atzr|invented"), PERSON)
    safe.credentials.store_consent(OTHER, "app", Secret("Atzr|invented"), PERSON)
    done = safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.SELLER)
    assert (done.records, done.stopped, done.credentials, done.subject) == (4, 3, 1, SELLER)
    assert [safe.storage.sealed.get(ref) for ref in orders] == [None] * 4
    assert safe.storage.orders.get(waiting.ref).state is S.SHREDDED
    assert safe.storage.sellers.awake() == [OTHER]
    assert safe.storage.credentials.names() == [f"seller/{OTHER}/lwa"]
    assert safe.vault.open(stays.ref, safe.grant(stays)).fields()
    again = safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.SELLER)
    assert (again.records, again.stopped, again.credentials) == (0, 0, 0)
    verify(safe.storage)


def test_a_record_whose_order_is_not_kept_goes_with_its_seller(safe: Safe) -> None:
    record = safe.storage.sealed.get(safe.sealed().ref)
    assert record is not None
    safe.storage.sealed.put(replace(record, order=OrderRef("orphan2345")))
    assert safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.AMAZON).records == 2
    assert safe.storage.sealed.count() == 0


VICTIM = """
    import os, signal, sys
    from datetime import datetime, timedelta
    from pathlib import Path
    from dockseal.domain.access import Actor, ActorKind
    from dockseal.domain.clock import ManualClock
    from dockseal.domain.erased import Certificate, Reason
    from dockseal.domain.identifiers import SellerId
    from dockseal.monitoring_audit.trail import Trail
    from dockseal.pii_security.beside_keys import BesideKeys
    from dockseal.pii_security.epochs import Retention
    from dockseal.pii_security.rollback import Rollback
    from dockseal.pii_security.erasure import Erasure
    from dockseal.pii_security.keys import FileKeyStore
    from dockseal.storage.store import DatabasePlaces, Storage

    place, table, name, number, when, now = sys.argv[1:]
    folder, call = Path(place), int(number)
    clock = ManualClock(start=datetime.fromisoformat(now))
    storage = Storage.open(
        DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3"),
        secret_key="only for tests",
    )
    trail = Trail(storage, clock)
    owner = type(getattr(storage, table))
    original, calls = getattr(owner, name), []

    def deadly(*given, **named):
        calls.append(1)
        if len(calls) == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*given, **named)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)
    Erasure(
        storage=storage,
        keys=FileKeyStore.open(folder / "keys", clock),
        trail=trail,
        retention=Retention(
            keep=timedelta(days=30), key_backups=timedelta(days=2), epoch_length=timedelta(days=1)
        ),
        clock=clock,
        beside=BesideKeys(folder / "keys"),
        rollback=Rollback(storage=storage, beside=BesideKeys(folder / "keys")),
    ).seller(SellerId("acme-us"), actor=Actor(kind=ActorKind.PERSON, name="casey"), reason=Reason.SELLER)
"""


@pytest.mark.parametrize(
    ("table", "name", "call", "when"),
    [
        ("orders", "move", 1, "after"),
        ("sealed", "delete", 1, "before"),
        ("sealed", "delete", 2, "after"),
        ("orders", "move", 2, "before"),
        ("orders", "change", 1, "after"),
        ("credentials", "delete", 1, "after"),
    ],
)
def test_kill_9_leaves_each_order_sealed_or_erased_and_the_next_run_finishes(
    safe: Safe, table: str, name: str, call: int, when: str
) -> None:
    orders = of_all_kinds(safe)
    safe.credentials.store_consent(SELLER, "app", Secret("Atzr|invented"), PERSON)
    said = [str(safe.folder), table, name, str(call), when, safe.clock.now().isoformat()]
    command = [sys.executable, "-c", textwrap.dedent(VICTIM), *said]
    killed = subprocess.run(command, env=dict(os.environ), capture_output=True, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    for ref in orders:
        order = safe.storage.orders.get(ref)
        try:
            opened = safe.vault.open(ref, safe.grant(order))
        except NothingSealed:
            continue
        assert opened.disclose()["name"] == "Testperson Alpha", "sealed as it was"
        assert order.sealed_until is not None
        assert order.state is not S.SHREDDED
    done = safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.SELLER)
    assert (done.records, done.stopped, done.credentials) == (4, 2, 1), "of both runs together"
    assert done.began_at == safe.rows(tag="data:erasure:intended")[0].at
    assert safe.storage.sealed.count() == 0
    assert safe.storage.credentials.names() == []
    states = {safe.storage.orders.get(ref).state for ref in orders}
    assert states == {S.SHREDDED, S.RELEASED}
    assert all(safe.storage.orders.get(ref).sealed_until is None for ref in orders)
    verify(safe.storage)
