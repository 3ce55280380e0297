import contextlib
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from dockseal.domain.order import Order, OrderState
from dockseal.errors import MoveRefused, SettingsFault, StorageError
from dockseal.storage.store import DatabasePlaces, Storage

MakeOrder = Callable[..., Order]


ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])


class Crash(BaseException):
    """The process ends here."""


def _open(places: DatabasePlaces) -> Storage:
    return Storage.open(places, secret_key="only for tests")


def test_what_was_kept_is_there_after_opening_again(
    storage: Storage, places: DatabasePlaces, make_order: MakeOrder
) -> None:
    order = make_order()
    storage.orders.insert(order)
    storage.close()
    assert _open(places).orders.get(order.ref) == order


@ON_SQLITE
def test_files_are_readable_by_their_owner_alone(
    storage: Storage, places: DatabasePlaces, make_order: MakeOrder
) -> None:
    storage.orders.insert(make_order())
    files = list(places.operations.parent.iterdir())
    assert places.operations.with_name("operations.sqlite3-wal") in files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@ON_SQLITE
def test_a_commit_waits_for_the_disk(waits_for_the_disk: None, storage: Storage) -> None:
    with storage.transaction():
        for alias in ("default", "vault"):
            with connections[alias].cursor() as cursor:
                assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
                assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
                assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_swapped_databases_are_refused(storage: Storage, places: DatabasePlaces) -> None:
    storage.close()
    swapped = DatabasePlaces(operations=places.vault, vault=places.operations)
    with pytest.raises(SettingsFault, match="swapped"):
        _open(swapped)


def test_a_vault_that_holds_tables_of_the_operations_database_is_refused(
    storage: Storage, places: DatabasePlaces, behind: Callable[..., object]
) -> None:
    storage.close()
    behind("vault", "CREATE TABLE operations_order (ref text)")
    with pytest.raises(SettingsFault, match=r"vault database .* holds tables of the operations database"):
        _open(places)


@pytest.mark.parametrize("store", ["operations", "vault"])
@pytest.mark.parametrize(
    "made", ["TABLE buyers (name text)", "VIEW buyers AS SELECT 'Testperson Alpha' AS name"]
)
def test_a_database_that_holds_what_is_not_ours_is_refused(
    storage: Storage, places: DatabasePlaces, behind: Callable[..., object], *, store: str, made: str
) -> None:
    storage.close()
    behind(store, f"CREATE {made}")
    with pytest.raises(SettingsFault, match=f"the {store} database .* not Dockseal's \\(buyers\\)"):
        _open(places)


def test_one_file_for_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="file of its own"):
        _open(DatabasePlaces(operations=tmp_path / "a.sqlite3", vault=tmp_path / "sub" / ".." / "a.sqlite3"))


def test_a_database_of_a_newer_version_is_refused(
    storage: Storage, places: DatabasePlaces, behind: Callable[..., object]
) -> None:
    storage.close()
    behind(
        "vault",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('vault', '9999_later', '2030-01-01')",
    )
    with pytest.raises(SettingsFault, match="newer"):
        _open(places)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    places = DatabasePlaces(operations=tmp_path / "notes.txt", vault=tmp_path / "vault.sqlite3")
    places.operations.write_text("These are notes. " * 100)
    with pytest.raises(StorageError, match="NOTADB"):
        _open(places)


def test_a_place_that_cannot_be_made_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsFault, match="cannot be made"):
        _open(DatabasePlaces(operations=tmp_path / "file" / "a.sqlite3", vault=tmp_path / "v.sqlite3"))


def test_importing_the_storage_opens_and_configures_nothing(tmp_path: Path) -> None:
    program = (
        "import dockseal.storage.store; from django.conf import settings; assert not settings.configured"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_transaction_keeps_all_or_nothing(storage: Storage, make_order: MakeOrder) -> None:
    first, second = make_order(1), make_order(2)
    with contextlib.suppress(Crash), storage.transaction():
        storage.orders.insert(first)
        storage.orders.insert(second)
        raise Crash
    assert storage.orders.count() == 0


def test_a_killed_process_leaves_nothing_of_its_open_transaction(
    storage: Storage, places: DatabasePlaces, make_order: MakeOrder
) -> None:
    order = make_order()
    storage.orders.insert(order)
    with contextlib.suppress(Crash), storage.transaction():
        storage.orders.move(order, OrderState.RELEASABLE)
        storage.close()
        raise Crash
    assert _open(places).orders.get(order.ref) == order


def test_an_inner_transaction_that_fails_undoes_itself_only(storage: Storage, make_order: MakeOrder) -> None:
    outer, inner = make_order(1), make_order(2)
    with storage.transaction():
        storage.orders.insert(outer)
        with contextlib.suppress(Crash), storage.transaction():
            storage.orders.insert(inner)
            raise Crash
    assert [order.ref for order in storage.orders.list()] == [outer.ref]


def test_on_commit_runs_after_the_outermost_commit_and_not_after_a_failure(storage: Storage) -> None:
    told: list[str] = []
    with storage.transaction():
        with storage.transaction():
            storage.on_commit(lambda: told.append("kept"))
        assert storage.in_transaction()
        assert told == []
    assert told == ["kept"]
    with contextlib.suppress(Crash), storage.transaction():
        storage.on_commit(lambda: told.append("lost"))
        raise Crash
    storage.on_commit(lambda: told.append("at once"))
    assert told == ["kept", "at once"]
    assert not storage.in_transaction()


def test_another_storage_can_be_opened_after_the_first(
    storage: Storage, make_order: MakeOrder, tmp_path: Path
) -> None:
    storage.orders.insert(make_order())
    storage.close()
    other = _open(DatabasePlaces(operations=tmp_path / "b.sqlite3", vault=tmp_path / "bv.sqlite3"))
    assert other.orders.count() == 0
    other.close()


def test_threads_moving_the_same_order_leave_one_winner(storage: Storage, make_order: MakeOrder) -> None:
    order = make_order()
    storage.orders.insert(order)
    won: list[str] = []
    refused: list[MoveRefused] = []

    def move(name: str) -> None:
        try:
            with storage.transaction():
                storage.orders.move(order, OrderState.HELD, attention=name)
            won.append(name)
        except MoveRefused as fault:
            refused.append(fault)
        finally:
            storage.close_thread()

    threads = [threading.Thread(target=move, args=(f"thread {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(refused) == 7
    assert storage.orders.get(order.ref).attention == won[0]


def test_a_fault_of_the_database_leaves_as_ours_and_without_values(
    storage: Storage, behind: Callable[..., object], make_order: MakeOrder
) -> None:
    behind("operations", "ALTER TABLE operations_order RENAME TO operations_hidden")
    with pytest.raises(StorageError) as caught:
        storage.orders.insert(make_order(attention="Testperson Alpha"))
    texts = [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    assert "Testperson" not in " ".join(texts)
    assert caught.value.__context__ is None


def test_a_value_the_database_cannot_take_is_a_storage_error(storage: Storage, make_order: MakeOrder) -> None:
    order = make_order()
    storage.orders.insert(order)
    with pytest.raises(StorageError):
        storage.orders.change(order, tries=-1)
    assert storage.orders.get(order.ref) == order


def test_the_probes_use_both_databases(
    storage: Storage, behind: Callable[..., object], make_order: MakeOrder
) -> None:
    now = make_order().read_at
    storage.probe.write(now)
    storage.probe.write(now)
    storage.probe.read_vault()
    behind("vault", "DROP TABLE vault_clue")
    behind("vault", "DROP TABLE vault_sealed")
    with pytest.raises(StorageError):
        storage.probe.read_vault()
