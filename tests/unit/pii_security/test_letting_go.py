"""What another process erases or cancels does not stay in this one's memory."""

import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest

from dockseal.domain.erased import Reason
from dockseal.domain.order import Order, OrderState
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.letting_go import LettingGo
from unit.pii_security.safe import DIRECT, PERSON, SELLER, Safe, someone

S = OrderState


@pytest.fixture
def letting_go(safe: Safe) -> LettingGo:
    found = LettingGo(storage=safe.storage, hand=Hand(safe.clock), passing=safe.vault.passing)
    found.run()
    return found


def in_memory(safe: Safe, letting_go: LettingGo) -> tuple[Order, Order]:
    """An order that is on its way, and one whose personal data came with its reading."""
    passed, held = safe.order(warehouse=DIRECT), safe.order()
    safe.vault.keep(passed, someone())
    letting_go.hand.put(SELLER, held.amazon, someone())
    return passed, held


def kept(safe: Safe, letting_go: LettingGo) -> int:
    return len(letting_go.hand.orders(SELLER)) + len(safe.vault.passing.orders())


@pytest.mark.parametrize("how", ["erased", "cancelled", "its seller left"])
def test_what_is_over_is_dropped_by_the_next_run_and_nothing_else(
    safe: Safe, letting_go: LettingGo, how: str
) -> None:
    passed, held = in_memory(safe, letting_go)
    others = in_memory(safe, letting_go)
    assert letting_go.run().done == 0
    assert kept(safe, letting_go) == 4
    if how == "its seller left":
        safe.erasure.seller(SELLER, actor=PERSON, reason=Reason.SELLER)
        letting_go.run()
        assert kept(safe, letting_go) == 0
        return
    for order in (passed, held):
        if how == "erased":
            safe.erasure.order(order.ref, actor=PERSON, reason=Reason.BUYER, stop=True)
            continue
        with safe.storage.transaction():
            safe.storage.orders.move(order, S.CANCELLED)
            safe.trail.record(Tag.ORDER_LIFE_CANCELLED, actor=PERSON, order=order.ref)
    letting_go.run()
    assert safe.vault.passing.orders() == {others[0].ref}
    assert letting_go.hand.orders(SELLER) == (others[1].id,)


def test_what_an_order_brings_after_it_was_read_once_more_stays(safe: Safe, letting_go: LettingGo) -> None:
    passed, _ = in_memory(safe, letting_go)
    safe.clock.advance(timedelta(minutes=1))
    for _ in range(3):
        letting_go.run()
    assert passed.ref in safe.vault.passing.orders()


ANOTHER = """
    import sys
    from datetime import timedelta
    from pathlib import Path
    from dockseal.domain.access import Actor, ActorKind
    from dockseal.domain.clock import SystemClock
    from dockseal.domain.erased import Reason
    from dockseal.domain.identifiers import OrderRef
    from dockseal.monitoring_audit.trail import Trail
    from dockseal.pii_security.beside_keys import BesideKeys
    from dockseal.pii_security.epochs import Retention
    from dockseal.pii_security.erasure import Erasure
    from dockseal.pii_security.keys import FileKeyStore
    from dockseal.pii_security.rollback import Rollback
    from dockseal.storage.store import DatabasePlaces, Storage

    folder, clock = Path(sys.argv[1]), SystemClock()
    storage = Storage.open(
        DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3"),
        secret_key="only for tests",
    )
    beside = BesideKeys(folder / "keys")
    Erasure(
        storage=storage,
        keys=FileKeyStore.open(folder / "keys", clock),
        trail=Trail(storage, clock),
        retention=Retention(
            keep=timedelta(days=30), key_backups=timedelta(days=2), epoch_length=timedelta(days=1)
        ),
        clock=clock,
        beside=beside,
        rollback=Rollback(storage=storage, beside=beside),
    ).order(
        OrderRef(sys.argv[2]),
        actor=Actor(kind=ActorKind.PERSON, name="casey"),
        reason=Reason.BUYER,
        stop=True,
    )
"""


def test_an_erasure_by_another_process_reaches_this_ones_memory(safe: Safe, letting_go: LettingGo) -> None:
    passed, held = in_memory(safe, letting_go)
    for order in (passed, held):
        command = [sys.executable, "-c", textwrap.dedent(ANOTHER), str(safe.folder), order.ref]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
    assert kept(safe, letting_go) == 2
    letting_go.run()
    assert kept(safe, letting_go) == 0
