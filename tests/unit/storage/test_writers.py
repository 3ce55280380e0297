"""One writer at a time, on SQLite and on PostgreSQL alike; and what a lost connection or an error leaves."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.notice import Watermark
from dockseal.domain.order import Order, OrderState
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import MoveRefused, StorageError, StorageUnavailable
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import verify
from dockseal.storage.places import DatabasePlaces, Server
from dockseal.storage.store import Storage
from postgresql import Cluster

KEYS = Actor(kind=ActorKind.SERVICE, name="keys")
MakeOrder = Callable[..., Order]


def _in_threads(storage: Storage, work: Callable[[int], None], *, number: int = 8) -> list[Exception]:
    """Runs work in threads that begin together; returns what they raised."""
    together, failed = threading.Barrier(number), list[Exception]()

    def run(n: int) -> None:
        try:
            together.wait()
            work(n)
        except Exception as fault:  # noqa: BLE001 - the test looks at every one
            failed.append(fault)
        finally:
            storage.close_thread()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_threads_append_to_the_trail_one_at_a_time(storage: Storage, make_order: MakeOrder) -> None:
    trail = Trail(storage, ManualClock(start=make_order().read_at))

    def record(_: int) -> None:
        for _ in range(5):
            with storage.transaction():
                trail.record(Tag.KEY_MASTER_CREATED, actor=KEYS)

    assert _in_threads(storage, record) == []
    assert verify(storage).rows == 40


_APPENDS = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.database_url import DatabaseUrl
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.places import Server
from dockseal.storage.store import DatabasePlaces, Storage

def place(of):
    if isinstance(of, str):
        return Path(of)
    return Server(url=DatabaseUrl(**of["url"]), password=Path(of["password"]))

operations, vault = json.loads(sys.argv[1])
storage = Storage.open(DatabasePlaces(operations=place(operations), vault=place(vault)), secret_key="x")
trail = Trail(storage, ManualClock(start=datetime(2026, 11, 2, tzinfo=UTC)))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(10):
    with storage.transaction():
        trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.SERVICE, name="keys"))
with storage.transaction():
    trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.SERVICE, name="keys"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def written_down(request: pytest.FixtureRequest, places: DatabasePlaces, tmp_path: Path) -> str:
    """The two places, as an argument of another process."""

    def told(place: Path | Server) -> object:
        if isinstance(place, Path):
            return str(place)
        url = place.url
        file = request.getfixturevalue("postgresql").password_file(url.role, tmp_path)
        return {
            "url": {"host": url.host, "port": url.port, "name": url.name, "role": url.role},
            "password": str(file),
        }

    return json.dumps([told(places.operations), told(places.vault)])


def test_processes_append_to_the_trail_one_at_a_time_and_one_that_is_killed_holds_up_nobody(
    storage: Storage, written_down: str
) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _APPENDS, written_down],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [-9, -9, -9]
    assert verify(storage).rows == 30


def test_what_a_transaction_has_read_stays_so_until_its_end(storage: Storage, make_order: MakeOrder) -> None:
    """Whoever reads and then writes needs no lock of rows: nobody writes between, not even one statement."""
    seller, start = SellerId("acme-us"), make_order().read_at
    storage.watermarks.set(Watermark(seller=seller, complete_to=start))

    def one_hour_more(n: int) -> None:
        for _ in range(4):
            with storage.transaction():
                kept = storage.watermarks.get(seller)
                assert kept is not None
                storage.watermarks.set(replace(kept, complete_to=kept.complete_to + timedelta(hours=1)))

    assert _in_threads(storage, one_hour_more, number=6) == []
    kept = storage.watermarks.get(seller)
    assert kept is not None
    assert kept.complete_to - start == timedelta(hours=24)


def test_a_statement_outside_of_a_transaction_waits_for_the_one_that_is_open(
    storage: Storage, make_order: MakeOrder
) -> None:
    order = make_order()
    storage.orders.insert(order)
    inside, may_end, changed = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with storage.transaction():
            inside.set()
            may_end.wait(10)
            # Nobody wrote in between, although this transaction has written nothing yet.
            assert storage.orders.get(order.ref).attention == ""
            storage.orders.move(order, OrderState.RELEASABLE)

    def change() -> None:
        inside.wait(10)
        try:
            storage.orders.change(order, attention="Look at this.")
        except MoveRefused:
            changed.set()

    def either(n: int) -> None:
        if n == 0:
            hold()
        elif n == 1:
            change()
        else:
            inside.wait(10)
            changed.wait(1)
            may_end.set()

    assert _in_threads(storage, either, number=3) == []
    assert changed.is_set()
    assert storage.orders.get(order.ref).state is OrderState.RELEASABLE


def test_of_two_versions_sealed_at_once_the_newer_one_stays(storage: Storage, make_order: MakeOrder) -> None:
    now = make_order().read_at

    def record(version: int) -> SealedRecord:
        return SealedRecord(
            order=OrderRef("abc"),
            seller=SellerId("acme-us"),
            version=version,
            epoch="e",
            deadline=now,
            sealed_at=now,
            wrapped_key=b"k",
            ciphertext=b"c",
        )

    for first in range(1, 60, 6):
        storage.sealed.put(record(first))

        def put(n: int, first: int = first) -> None:
            try:
                storage.sealed.put(record(first + 1 + n))
            except MoveRefused:
                kept = storage.sealed.get(OrderRef("abc"))
                assert kept is not None
                assert kept.version > first + 1 + n

        assert _in_threads(storage, put, number=5) == []
        kept = storage.sealed.get(OrderRef("abc"))
        assert kept is not None
        assert kept.version == first + 5


@pytest.mark.parametrize("engine", ["postgresql"])
def test_keys_that_collide_are_in_no_error(
    storage: Storage, behind: Callable[..., object], make_order: MakeOrder
) -> None:
    order = make_order(1)
    storage.orders.insert(order)
    behind("operations", "CREATE UNIQUE INDEX ON operations_order (attention)")
    storage.orders.change(order, attention="Testperson Alpha")
    other = make_order(2)
    storage.orders.insert(other)
    with pytest.raises(StorageError, match="23505") as caught:
        storage.orders.change(other, attention="Testperson Alpha")
    shown = [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    assert "Testperson" not in " ".join(shown)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.parametrize("within", [True, False])
def test_a_connection_that_was_cut_is_made_anew(
    storage: Storage, postgresql: Cluster, make_order: MakeOrder, *, within: bool
) -> None:
    order = make_order()
    storage.orders.insert(order)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dockseal_operations'"
    if within:
        with pytest.raises(StorageUnavailable), storage.transaction():  # noqa: PT012 - all is cut together
            storage.orders.move(order, OrderState.RELEASABLE)
            postgresql.administrate(cut)
            storage.orders.count()
    else:
        postgresql.administrate(cut)
        with pytest.raises(StorageUnavailable):
            storage.orders.count()
    assert storage.orders.get(order.ref) == order
    assert not storage.in_transaction()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_whoever_waits_too_long_for_a_turn_is_told_to_come_back_and_can(
    storage: Storage, postgresql: Cluster, make_order: MakeOrder
) -> None:
    name = storage.places.operations.url.name
    number = int.from_bytes(b"dockseal")
    storage.orders.insert(make_order(1))
    with postgresql.connection("postgres", name) as other:
        other.execute(f"SELECT pg_advisory_lock({number})")
        _hurry(storage)
        with pytest.raises(StorageUnavailable, match="55P03"), storage.transaction():
            pytest.fail("it is another's turn")
        _hurry(storage)
        with pytest.raises(StorageUnavailable, match="55P03"):
            storage.orders.insert(make_order(2))
        assert storage.orders.count() == 1
    storage.orders.insert(make_order(2))
    assert storage.orders.count() == 2


def _hurry(storage: Storage) -> None:
    """Lets this thread's connection wait a moment only."""
    storage.orders.count()
    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_values_are_sent_beside_the_statements_so_that_the_server_need_not_log_them(
    storage: Storage, postgresql: Cluster, make_order: MakeOrder
) -> None:
    storage.orders.insert(make_order(attention="Testperson Alpha"))
    storage.orders.count(text="Testperson Alpha")
    (texts,) = zip(
        *postgresql.administrate("SELECT query FROM pg_stat_activity WHERE usename = 'dockseal_operations'"),
        strict=True,
    )
    assert any("operations_order" in text for text in texts)
    assert "Testperson" not in " ".join(texts)
    log = (postgresql.folder / "log").read_text()
    assert "Testperson" not in log
