import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.errors import KeyDestroyed, SealBroken, SettingsFault, StorageUnavailable
from dockseal.pii_security import keys
from dockseal.pii_security.keys import FileKeyStore
from unit.pii_security.safe import NOW

EPOCH = "20261130T000000Z"
OTHER = "20261201T000000Z"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(start=NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def store(folder: Path, clock: ManualClock) -> FileKeyStore:
    return FileKeyStore.create(folder, clock)


def test_only_the_owner_can_read_any_of_it(store: FileKeyStore, folder: Path) -> None:
    store.epoch_key(EPOCH)
    store.epoch_key(OTHER)
    store.destroy(OTHER)
    found = {place: stat.S_IMODE(place.stat().st_mode) for place in (folder, *folder.rglob("*"))}
    assert len(found) >= 5
    assert all(mode == (0o700 if place.is_dir() else 0o600) for place, mode in found.items())


@pytest.mark.parametrize(("place", "mode"), [("", 0o750), ("master.key", 0o640), ("epochs", 0o701)])
def test_keys_that_others_can_read_are_refused_with_the_command_that_helps(
    store: FileKeyStore, folder: Path, place: str, mode: int
) -> None:
    (folder / place).chmod(mode)
    with pytest.raises(SettingsFault, match="chmod"):
        FileKeyStore.open(folder)


def test_an_epoch_key_that_others_can_read_is_refused(store: FileKeyStore, folder: Path) -> None:
    store.epoch_key(EPOCH)
    (folder / "epochs" / f"{EPOCH}.key").chmod(0o644)
    with pytest.raises(SettingsFault, match="chmod 600"):
        store.existing_key(EPOCH)


def test_a_link_is_no_master_key(store: FileKeyStore, folder: Path, tmp_path: Path) -> None:
    (folder / "master.key").rename(tmp_path / "elsewhere")
    (folder / "master.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsFault, match="link"):
        FileKeyStore.open(folder)


def test_missing_keys_name_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="dockseal keys create"):
        FileKeyStore.open(tmp_path / "nowhere")


def test_a_cut_master_key_is_refused(store: FileKeyStore, folder: Path) -> None:
    (folder / "master.key").write_bytes(b"short")
    with pytest.raises(SettingsFault, match="damaged"):
        FileKeyStore.open(folder)


def test_a_second_creation_never_replaces_the_master_key(store: FileKeyStore, folder: Path) -> None:
    before = (folder / "master.key").read_bytes()
    with pytest.raises(SettingsFault, match="there is a master key"):
        FileKeyStore.create(folder)
    assert (folder / "master.key").read_bytes() == before


def test_an_epoch_has_one_key_that_survives_a_restart(
    store: FileKeyStore, folder: Path, clock: ManualClock
) -> None:
    key = store.epoch_key(EPOCH)
    assert len(key) == 32
    assert store.epoch_key(EPOCH) == store.existing_key(EPOCH) == key
    assert FileKeyStore.open(folder, clock).existing_key(EPOCH) == key
    assert store.epoch_key(OTHER) != key
    assert store.epochs() == [EPOCH, OTHER]


def test_the_key_file_alone_does_not_hold_the_key(store: FileKeyStore, folder: Path) -> None:
    key = store.epoch_key(EPOCH)
    assert key not in (folder / "epochs" / f"{EPOCH}.key").read_bytes()


def test_reading_never_makes_a_key(store: FileKeyStore) -> None:
    with pytest.raises(KeyDestroyed):
        store.existing_key(EPOCH)
    assert store.epochs() == []


def test_a_destroyed_key_is_never_made_again(store: FileKeyStore, folder: Path, clock: ManualClock) -> None:
    store.epoch_key(EPOCH)
    store.destroy(EPOCH)
    store.destroy(EPOCH)
    for again in (store, FileKeyStore.open(folder, clock)):
        assert not again.has(EPOCH)
        assert again.epochs() == []
        with pytest.raises(KeyDestroyed):
            again.epoch_key(EPOCH)
        with pytest.raises(KeyDestroyed):
            again.existing_key(EPOCH)


def test_an_epoch_that_never_had_a_key_can_be_destroyed_too(store: FileKeyStore) -> None:
    store.destroy(EPOCH)
    with pytest.raises(KeyDestroyed):
        store.epoch_key(EPOCH)


def test_a_key_put_back_from_a_backup_stays_refused(store: FileKeyStore, folder: Path) -> None:
    store.epoch_key(EPOCH)
    place = folder / "epochs" / f"{EPOCH}.key"
    backup = place.read_bytes()
    store.destroy(EPOCH)
    place.write_bytes(backup)
    place.chmod(0o600)
    with pytest.raises(KeyDestroyed):
        store.existing_key(EPOCH)
    assert store.epochs() == [EPOCH], "shredding sees it and destroys it again"


def test_the_key_of_an_ended_epoch_is_refused_even_if_nobody_destroyed_it(
    store: FileKeyStore, clock: ManualClock
) -> None:
    store.epoch_key(EPOCH)
    clock.advance(timedelta(days=40))
    assert store.has(EPOCH)
    with pytest.raises(KeyDestroyed):
        store.existing_key(EPOCH)
    with pytest.raises(KeyDestroyed):
        store.epoch_key(OTHER)


@pytest.mark.parametrize("step", ["write_new", "destroy_file"])
def test_a_crash_while_destroying_leaves_a_key_that_is_refused_or_whole(
    store: FileKeyStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    key = store.epoch_key(EPOCH)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(keys, step, crash)
        with pytest.raises(SystemExit):
            store.destroy(EPOCH)
    if step == "write_new":
        assert store.existing_key(EPOCH) == key
    else:
        with pytest.raises(KeyDestroyed):
            store.existing_key(EPOCH)
    assert store.epochs() == [EPOCH]
    store.destroy(EPOCH)
    assert store.epochs() == []


def test_a_crash_after_overwriting_is_finished_too(
    store: FileKeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.epoch_key(EPOCH)
    wrapped = (folder / "epochs" / f"{EPOCH}.key").read_bytes()

    unlink = Path.unlink

    def crash(place: Path, *, missing_ok: bool = False) -> None:
        if place.suffix == ".key":
            raise SystemExit
        unlink(place, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", crash)
        with pytest.raises(SystemExit):
            store.destroy(EPOCH)
    assert (folder / "epochs" / f"{EPOCH}.key").read_bytes() != wrapped
    store.destroy(EPOCH)
    assert store.epochs() == []


def test_a_draft_left_by_a_crash_is_destroyed_with_its_epoch(
    store: FileKeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", crash)
        with pytest.raises(SystemExit):
            store.epoch_key(EPOCH)
    assert len(list((folder / "epochs").iterdir())) == 2
    store.destroy(EPOCH)
    assert [place.name for place in (folder / "epochs").iterdir()] == [f"{EPOCH}.destroyed"]


def test_the_wrapped_key_of_another_epoch_does_not_fit(store: FileKeyStore, folder: Path) -> None:
    store.epoch_key(EPOCH)
    store.epoch_key(OTHER)
    (folder / "epochs" / f"{OTHER}.key").write_bytes((folder / "epochs" / f"{EPOCH}.key").read_bytes())
    with pytest.raises(SealBroken):
        store.existing_key(OTHER)


@pytest.mark.parametrize("name", ["../master", "", "epoch"])
def test_a_name_that_is_no_epoch_reaches_no_file(store: FileKeyStore, name: str) -> None:
    with pytest.raises(SealBroken):
        store.existing_key(name)


def test_a_missing_folder_is_a_passing_trouble(store: FileKeyStore, folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    with pytest.raises(StorageUnavailable):
        store.epoch_key(EPOCH)


def test_threads_that_ask_at_once_get_the_same_key(store: FileKeyStore) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(store.epoch_key(EPOCH))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_derived_keys_differ_by_purpose_and_stay_the_same(store: FileKeyStore, folder: Path) -> None:
    console = store.derive("console")
    assert len(console) == 32
    assert store.derive("credentials") != console
    assert FileKeyStore.open(folder).derive("console") == console


def test_showing_the_store_shows_no_key(store: FileKeyStore) -> None:
    assert "master" not in repr(store)
