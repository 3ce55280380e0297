"""With the trail, the keys or the vault out of order nothing opens, and the error says what is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from dockseal.domain.access import Purpose
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.errors import DocksealError, KeyDestroyed, SealBroken, StorageError, StorageUnavailable
from dockseal.pii_security.keys import FileKeyStore
from dockseal.storage.router import OPERATIONS, VAULT
from unit.pii_security.safe import PERSON, Safe


def run(database: str, statement: str) -> None:
    with connections[database].cursor() as cursor:
        cursor.execute(statement)


def opened(safe: Safe, order: Order) -> Recipient:
    return safe.vault.open(order.ref, safe.grant(order))


def count(safe: Safe) -> int:
    return len(safe.storage.audit.search(tag="order:data:opened", limit=10_000))


def test_while_the_trail_cannot_be_written_nothing_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(OPERATIONS, "PRAGMA query_only = ON")
    with pytest.raises(StorageUnavailable, match="SQLITE_READONLY"):
        opened(safe, order)
    with pytest.raises(StorageUnavailable, match="SQLITE_READONLY"):
        safe.vault.open(order.ref, safe.grant(order, PERSON, Purpose.SHIPPING_LABEL))
    run(OPERATIONS, "PRAGMA query_only = OFF")
    assert count(safe) == 0
    opened(safe, order)
    assert count(safe) == 1


def test_on_a_full_disk_each_open_has_its_row_until_none_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(OPERATIONS, "PRAGMA max_page_count = 1")  # as small as what it holds already
    given: list[Recipient] = []

    def open_many() -> None:
        for _ in range(1000):
            given.append(opened(safe, order))

    with pytest.raises(StorageUnavailable, match="SQLITE_FULL"):
        open_many()
    assert count(safe) == len(given)
    with pytest.raises(StorageUnavailable):
        opened(safe, order)


def test_without_the_note_of_the_newest_row_nothing_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(OPERATIONS, "DROP TABLE operations_audit_head")
    with pytest.raises(StorageError):
        opened(safe, order)
    assert count(safe) == 0


def test_while_nobody_can_tell_who_is_locked_out_nothing_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(OPERATIONS, "ALTER TABLE operations_lockout RENAME TO elsewhere")
    with pytest.raises(StorageError):
        opened(safe, order)
    with pytest.raises(StorageError):
        safe.vault.open(order.ref, safe.grant(order, PERSON, Purpose.SHIPPING_LABEL))
    assert count(safe) == 0
    run(OPERATIONS, "ALTER TABLE elsewhere RENAME TO operations_lockout")
    opened(safe, order)


def test_while_opens_of_services_cannot_be_counted_none_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(OPERATIONS, "ALTER TABLE operations_open_count RENAME TO elsewhere")
    with pytest.raises(StorageError):
        opened(safe, order)
    assert count(safe) == 0


def test_while_the_vault_cannot_be_read_nothing_opens(safe: Safe) -> None:
    order = safe.sealed()
    run(VAULT, "ALTER TABLE vault_sealed RENAME TO elsewhere")
    with pytest.raises(StorageError):
        opened(safe, order)
    assert count(safe) == 0


def _folder_gone(keys: Path) -> None:
    keys.rename(keys.with_name("moved"))


def _epochs_gone(keys: Path) -> None:
    shutil.rmtree(keys / "epochs")


def _master_gone(keys: Path) -> None:
    (keys / "master.key").unlink()


def _master_of_another(keys: Path) -> None:
    FileKeyStore.create(keys.with_name("other"))
    shutil.copy2(keys.with_name("other") / "master.key", keys / "master.key")


@pytest.mark.parametrize(
    ("lost", "error", "sentence"),
    [
        (_folder_gone, StorageUnavailable, "cannot be used: No such file"),
        (_epochs_gone, KeyDestroyed, "it was destroyed, or never restored"),
        (_master_gone, StorageUnavailable, "cannot be used: No such file"),
        (_master_of_another, SealBroken, "restore it from a backup"),
    ],
)
def test_without_its_keys_nothing_opens_and_the_refusal_is_on_record(
    safe: Safe, lost: Callable[[Path], None], error: type[DocksealError], sentence: str
) -> None:
    order = safe.sealed()
    opened(safe, order)
    lost(safe.folder / "keys")
    with pytest.raises(error, match=sentence):
        opened(safe, order)
    assert safe.tags(order)[-2:] == ["order:data:opened", "order:data:open_refused"]
    assert count(safe) == 1
