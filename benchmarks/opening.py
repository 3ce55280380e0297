"""Opening under load: how fast orders are opened while another process rotates the master key every second.

Opens come evenly, whether or not those before them are done, and each is timed from the moment it was due. So
one that had to wait for another counts as slow, as it would for whoever asked. Each goes through `Vault.open`
on a thread, as in `dockseal serve`: with its audit row, committed to the disk before anything is opened.
"""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path

from dockseal.domain.access import Grant
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, WarehouseId
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region, Seller
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.rotating_keys import KeyRotation
from dockseal.storage.store import DatabasePlaces, Storage
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe

_THREADS = 4
_ORDERS = 200
_EACH = 1.0
"""A rotation begins every second, as soon as the one before is done."""
_DAYS = 10
"""Over so many epochs, each with a key that every rotation wraps anew."""


@dataclass(kw_only=True)
class Opened:
    """What came of a while of opening."""

    waits: list[float] = field(default_factory=list)
    """Seconds from when an open was due until it was done."""
    faults: list[BaseException] = field(default_factory=list)
    took: float = 0
    """Seconds by the machine's clock."""
    computed: float = 0
    """Seconds by the processor's clock, of this process alone."""

    def rate(self) -> float:
        """Returns how many were opened per second."""
        return len(self.waits) / self.took

    def slowest(self, share: float) -> float:
        """Returns the seconds that this share of them took at most."""
        return sorted(self.waits)[int(share * (len(self.waits) - 1))]


def rows(rate: int, seconds: float) -> Iterator[tuple[str, str]]:
    """Yields a row for each number.

    Args:
        rate: How many opens come each second.
        seconds: For so long, first without rotations and then with them.
    """
    with tempfile.TemporaryDirectory() as folder, _safe(Path(folder)) as safe:
        orders = _sealed(safe)
        _open(safe, orders, rate, seconds=min(seconds, 2))  # what is made at first use is made
        alone = _open(safe, orders, rate, seconds)
        with _rotating(Path(folder)) as rotations:
            during = _open(safe, orders, rate, seconds)
        told = verify(safe.storage).rows
        assert told >= len(alone.waits) + len(during.waits)
    yield f"{rate} opens/s: opened / s, nobody rotating", f"{alone.rate():.0f}"
    yield f"{rate} opens/s: opened / s, the master key rotated every second", f"{during.rate():.0f}"
    yield "… opens that failed, of both", f"{len(alone.faults) + len(during.faults)}"
    yield "… opens / s of processor time", f"{len(alone.waits) / alone.computed:.0f}"
    yield "… rotations meanwhile", f"{rotations[0]}"
    yield "… p50 and p99, nobody rotating", f"{_ms(alone, 0.5)}, {_ms(alone, 0.99)}"
    yield "… p50 and p99, the master key rotated every second", f"{_ms(during, 0.5)}, {_ms(during, 0.99)}"
    yield "… p99 while rotating / p99 without", f"{during.slowest(0.99) / alone.slowest(0.99):.2f}"


def _ms(opened: Opened, share: float) -> str:
    return f"{1000 * opened.slowest(share):.1f} ms"


@contextmanager
def _safe(folder: Path) -> Iterator[Safe]:
    storage = _storage(folder)
    storage.sellers.add(
        Seller(
            id=SELLER,
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A00EXAMPLE",
            warehouse=WarehouseId("reno"),
        )
    )
    safe = Safe(folder=folder, storage=storage, clock=ManualClock(start=NOW))
    safe.credentials.store_warehouse(WarehouseId("reno"), Secret("an invented secret"), PERSON)
    yield safe
    storage.close()


def _storage(folder: Path) -> Storage:
    places = DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3")
    return Storage.open(places, secret_key="only for a bench")


def _sealed(safe: Safe) -> list[tuple[OrderRef, Grant]]:
    made = []
    for _ in range(_DAYS):
        orders = [safe.sealed() for _ in range(_ORDERS // _DAYS)]
        made += orders
        safe.clock.advance(timedelta(days=1))
    return [(order.ref, safe.grant(order)) for order in made]


def _open(safe: Safe, orders: list[tuple[OrderRef, Grant]], rate: int, seconds: float) -> Opened:
    """Opens at an even pace on several threads, whatever became of the opens before."""
    done, numbers = Opened(), count()
    started, computed = time.perf_counter(), time.process_time()

    def work() -> None:
        while (number := next(numbers)) < rate * seconds:
            due = started + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            order, grant = orders[number % len(orders)]
            try:
                safe.vault.open(order, grant)
            except Exception as fault:  # noqa: BLE001 - counted, whatever it is
                done.faults.append(fault)
            else:
                done.waits.append(time.perf_counter() - due)
        safe.storage.close_thread()

    threads = [threading.Thread(target=work) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replace(done, took=time.perf_counter() - started, computed=time.process_time() - computed)


@contextmanager
def _rotating(folder: Path) -> Iterator[list[int]]:
    """Has another process rotate the master key each second; gives how often, once that has ended."""
    spawning = multiprocessing.get_context("spawn")
    ready, stop, queue = spawning.Event(), spawning.Event(), spawning.SimpleQueue()
    process = spawning.Process(target=_rotate, args=(folder, ready, stop, queue))
    process.start()
    ready.wait(60)
    rotations: list[int] = []
    try:
        yield rotations
    finally:
        stop.set()
        process.join(60)
    assert process.exitcode == 0, "the rotating process failed"
    rotations.append(queue.get())


def _rotate(folder: Path, ready: Event, stop: Event, queue: "multiprocessing.SimpleQueue[int]") -> None:
    clock = ManualClock(start=NOW + timedelta(days=_DAYS))
    storage, keys = _storage(folder), FileKeyStore.open(folder / "keys", clock)
    trail = Trail(storage, clock)
    credentials = CredentialVault(storage=storage, keys=keys, trail=trail, clock=clock)
    rotation = KeyRotation(storage=storage, keys=keys, credentials=credentials, trail=trail)
    done = 0
    while not stop.is_set():
        began = time.perf_counter()
        rotation.run(PERSON)
        ready.set()
        done += 1
        stop.wait(max(0.0, _EACH - (time.perf_counter() - began)))
    storage.close()
    queue.put(done)
