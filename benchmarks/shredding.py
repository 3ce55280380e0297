"""What shredding costs: a day of records, until nobody can open them, and until they are gone."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.sealed import SealedRecord
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.envelope import Identity, seal
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.shredding import Shredding
from dockseal.storage.store import DatabasePlaces, Storage

_NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
_KEEP = timedelta(days=30)
_FEW = 1000
_WIPED = 20
"""So many batches of rows are timed."""


class _Watched(FileKeyStore):
    """Notes when a key was destroyed."""

    destroyed_at = 0.0

    def destroy(self, epoch: str) -> None:
        """Destroys it."""
        super().destroy(epoch)
        self.destroyed_at = time.perf_counter()


def rows(records: int) -> list[tuple[str, str]]:
    """Return what to print for an epoch of so many records."""
    few, _ = _shred(_FEW)
    many, each = _shred(records)
    return [
        (f"shredding: {records:,} records, from the run's begin until nobody can open one", f"{many:.3f} s"),
        (f"shredding: … / the same of {_FEW:,} records", f"{many / few:.1f}"),
        ("shredding: rows wiped after that, a second", f"{each:,.0f}"),
    ]


def _shred(records: int) -> tuple[float, float]:
    """Returns the seconds until the key is destroyed, and how many rows a second are wiped after."""
    with tempfile.TemporaryDirectory() as folder:
        clock = ManualClock(start=_NOW)
        keys = _Watched.create(Path(folder, "keys"), clock)
        places = DatabasePlaces(operations=Path(folder, "operations"), vault=Path(folder, "vault"))
        storage = Storage.open(places, secret_key="bench")
        _fill(storage, keys, records)
        clock.advance(_KEEP + timedelta(days=1))
        shredding = Shredding(storage=storage, keys=keys, trail=Trail(storage, clock), clock=clock)
        started = time.perf_counter()
        shredding.run()
        seconds = keys.destroyed_at - started
        before, started = storage.sealed.count(), time.perf_counter()
        for _ in range(min(_WIPED, before // 200)):
            shredding.run()
        each = (before - storage.sealed.count()) / (time.perf_counter() - started)
        storage.close()
    return seconds, each


def _fill(storage: Storage, keys: FileKeyStore, records: int) -> None:
    table = import_module("dockseal.storage.vault.models").SealedRow
    sealed = _sealed(keys, records)
    while some := list(islice(sealed, 1000)):
        table.objects.bulk_create(
            table(**{field.name: getattr(record, field.name) for field in fields(record)}) for record in some
        )
    assert storage.sealed.count() == records


def _sealed(keys: FileKeyStore, records: int) -> Iterator[SealedRecord]:
    retention = Retention(keep=_KEEP, key_backups=timedelta(0), epoch_length=timedelta(days=1))
    deadline = retention.deadline(_NOW)
    epoch = retention.epoch_of(deadline)
    key = keys.epoch_key(epoch)
    person = Recipient({Field.NAME: "Testperson Alpha", Field.ADDRESS_LINE_1: "1 Sample Street"})
    for number in range(records):
        identity = Identity(
            order=OrderRef(f"bench-{number:08}"),
            seller=SellerId("acme-us"),
            version=1,
            epoch=epoch,
            deadline=deadline,
            sealed_at=_NOW,
        )
        yield seal(person, identity=identity, epoch_key=key)
