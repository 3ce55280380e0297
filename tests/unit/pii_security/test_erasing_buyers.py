"""One buyer's orders are erased at one seller, by e-mail address or phone number."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.errors import BadInput, PastDeadline, StorageUnavailable
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security.blind_index import Found
from dockseal.pii_security.blind_words import asked_for
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.vault import Vault
from scanner import Scanner
from unit.pii_security.safe import PERSON, SELLER, Safe, someone

S = OrderState
OTHER = SellerId("other-us")
PHONE, EMAIL = "+1 206-555-0100", "alpha0x0x0x@marketplace.example"


def sealed(safe: Safe, state: OrderState = S.RELEASED, phone: str = PHONE, email: str = EMAIL) -> Order:
    return safe.vault.seal(safe.order(state), someone(phone=phone, buyer_email=email))


def erase(safe: Safe, text: str = PHONE, *, stop: bool = False) -> tuple[Certificate, Found]:
    return safe.erasure.buyer(SELLER, asked_for(text), actor=PERSON, reason=Reason.BUYER, stop=stop)


def kept(safe: Safe, *orders: Order) -> list[bool]:
    return [safe.storage.sealed.get(order.ref) is not None for order in orders]


@pytest.mark.parametrize("text", [PHONE, EMAIL.upper()])
def test_all_orders_of_a_buyer_are_erased_at_this_seller_alone(safe: Safe, text: str) -> None:
    safe.storage.sellers.add(replace(safe.storage.sellers.get(SELLER), id=OTHER))
    theirs = [sealed(safe), sealed(safe, S.VERIFIED)]
    stranger = sealed(safe, phone="+1 206-555-0111", email="beta@marketplace.example")
    elsewhere = safe.vault.seal(safe.order(seller=OTHER), someone(phone=PHONE, buyer_email=EMAIL))
    done, found = erase(safe, text)
    assert (done.records, done.orders, done.stopped) == (2, 2, 0)
    assert set(found.orders) == {order.ref for order in theirs}
    assert kept(safe, *theirs, stranger, elsewhere) == [False, False, True, True]
    assert [safe.now_is(order).state for order in theirs] == [S.RELEASED, S.SHREDDED]
    assert safe.vault.open(stranger.ref, safe.grant(stranger)).fields()
    again, nothing = erase(safe, text)
    assert (again.records, nothing.orders) == (0, ())
    verify(safe.storage)


def test_what_is_still_to_be_shipped_is_erased_only_if_nobody_is_to_ship_it(
    safe: Safe, retrieval: Retrieval
) -> None:
    waiting, gone = sealed(safe, S.RELEASABLE), sealed(safe)
    with pytest.raises(BadInput, match=f"{waiting.ref} is releasable.*--stop"):
        erase(safe)
    assert kept(safe, waiting, gone) == [True, True]
    assert "data:erasure:intended" not in safe.tags()
    assert erase(safe, stop=True)[0].stopped == 1
    assert safe.now_is(waiting).state is S.SHREDDED
    assert retrieval.run(SELLER).done == 0
    assert safe.storage.sealed.count() == safe.storage.blind_index.count() == 0


def test_the_certificate_and_the_trail_name_nobody_and_lead_back_to_no_value(safe: Safe) -> None:
    order = sealed(safe)
    first, second = erase(safe)[0], erase(safe)[0]
    told = json.loads(first.as_json())
    assert (told["what"], told["reason"], told["records"]) == ("buyer", "buyer", 1)
    assert first.subject != second.subject, "it is drawn, and made of nothing"
    searched, *_ = rows = [row for row in safe.rows() if first.subject in dict(row.fields).values()]
    assert [row.tag for row in rows] == ["data:buyer:searched", "data:erasure:intended", "data:erasure:done"]
    assert dict(searched.fields) == {"seller": SELLER, "subject": first.subject, "field_names": "phone"}
    assert (told["audit_row"], told["audit_hash"]) == (rows[-1].seq, rows[-1].hash)
    assert order.id not in first.as_json()
    told_to_anybody = first.as_json().encode() + repr(safe.rows()).encode()
    for text in (PHONE, "2065550100", EMAIL, "Testperson"):
        assert Scanner(text).found(told_to_anybody) == set()
        assert Scanner(text).in_folder(safe.folder) == {}


def test_looking_erases_nothing_and_is_on_record(safe: Safe) -> None:
    order = sealed(safe)
    found = safe.erasure.find_buyer(SELLER, asked_for(EMAIL), actor=PERSON)
    assert (found.orders, kept(safe, order)) == ((order.ref,), [True])
    assert safe.tags()[-1] == "data:buyer:searched"
    assert dict(safe.rows()[-1].fields)["field_names"] == "buyer_email"


def test_without_its_audit_row_nobody_is_looked_for(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(safe)

    def down(*_: object, **__: object) -> None:
        raise StorageUnavailable("the trail is down")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was looked for")

    monkeypatch.setattr(type(safe.trail), "record", down)
    monkeypatch.setattr(type(safe.storage.blind_index), "alike", never)
    with pytest.raises(StorageUnavailable):
        safe.erasure.find_buyer(SELLER, asked_for(PHONE), actor=PERSON)


def test_a_seller_nobody_knows_has_no_buyers(safe: Safe) -> None:
    with pytest.raises(BadInput):
        safe.erasure.find_buyer(OTHER, asked_for(PHONE), actor=PERSON)
    assert safe.tags() == []


def test_what_a_lane_would_seal_anew_while_it_is_erased_is_not_sealed(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted([sealed(safe), sealed(safe)], key=lambda order: order.ref)
    delete, refused = type(safe.storage.sealed).delete, []

    def racing(table: object, ref: OrderRef) -> bool:
        gone = delete(safe.storage.sealed, ref)
        if ref == second.ref:
            with pytest.raises(PastDeadline, match="asked to erase"):
                Vault.seal(safe.vault, safe.now_is(first), someone(phone=PHONE))
            refused.append(ref)
        return gone

    monkeypatch.setattr(type(safe.storage.sealed), "delete", racing)
    assert erase(safe)[0].records == 2
    assert kept(safe, first, second) == [False, False]
    assert refused


def test_an_order_that_only_the_vault_knows_is_found_by_amazons_order_id(safe: Safe) -> None:
    order, other = sealed(safe), sealed(safe)
    assert safe.erasure.sealed_as(order.id) == (order.ref,)
    with closing(sqlite3.connect(safe.folder / "operations.sqlite3")) as operations, operations:
        operations.execute("DELETE FROM operations_order WHERE ref = ?", (order.ref,))
    done = safe.erasure.order(order.ref, actor=PERSON, reason=Reason.AMAZON)
    assert (done.records, done.orders) == (1, 0)
    assert kept(safe, order, other) == [False, True]
    assert safe.erasure.sealed_as(order.id) == ()


VICTIM = """
    import os, signal, sys
    from pathlib import Path
    from dockseal.domain.clock import ManualClock
    from dockseal.domain.erased import Reason
    from dockseal.pii_security.blind_words import asked_for
    from dockseal.storage.store import DatabasePlaces, Storage
    from unit.pii_security.safe import NOW, PERSON, SELLER, Safe

    place, number, when = sys.argv[1:]
    folder, calls = Path(place), []
    storage = Storage.open(
        DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3"),
        secret_key="only for tests",
    )
    table = type(storage.sealed)
    delete = table.delete

    def deadly(self, ref):
        calls.append(ref)
        if len(calls) == int(number) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        gone = delete(self, ref)
        if len(calls) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return gone

    table.delete = deadly
    safe = Safe(folder=folder, storage=storage, clock=ManualClock(start=NOW))
    safe.erasure.buyer(SELLER, asked_for(sys.stdin.readline()), actor=PERSON, reason=Reason.BUYER)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_9_between_two_orders_leaves_each_whole_or_gone_and_the_next_run_finishes(
    safe: Safe, when: str
) -> None:
    theirs = [sealed(safe) for _ in range(3)]
    stranger = sealed(safe, phone="+1 206-555-0111", email="")
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(VICTIM), str(safe.folder), "2", when],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=PHONE.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert sum(kept(safe, *theirs)) == (2 if when == "before" else 1)
    for order in theirs:
        whole = safe.storage.sealed.get(order.ref) is not None
        assert len(safe.storage.blind_index.of_order(order.ref)) == (3 if whole else 0)
    safe.clock.advance(timedelta(minutes=1))
    done, _ = erase(safe)
    assert done.records == (2 if when == "before" else 1)
    assert kept(safe, *theirs, stranger) == [False, False, False, True]
    verify(safe.storage)
