import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.secret import Secret
from dockseal.errors import KeyDestroyed, SealBroken, SettingsFault
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security import guards as guarding
from dockseal.pii_security.guards import Guards, Kind
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.rotating_keys import KeyRotation
from dockseal.pii_security.stretching import LEAST_COST
from unit.pii_security.safe import NOW, Safe
from unit.pii_security.test_credentials import SELLER, login
from unit.pii_security.test_keys import EPOCH, OTHER

RENO = WarehouseId("reno")
WORDS = Guards(passphrase=lambda: Secret("correct horse invented staple"), cost=LEAST_COST)
DONE, KILLED = 0, -signal.SIGKILL


def rotation(safe: Safe) -> KeyRotation:
    return KeyRotation(storage=safe.storage, keys=safe.keys, credentials=safe.credentials, trail=safe.trail)


def rotate(store: KeyStore) -> None:
    label = store.begin_rotation()
    store.rewrap()
    store.finish_rotation(label)


def killed_at(step: int, act: Callable[[], object]) -> int:
    """Runs something in a process of its own that is killed before its n-th change of a file."""
    child = os.fork()
    if child == 0:
        left = [step]

        def watch(event: str, args: tuple[object, ...]) -> None:
            writes = event in {"os.rename", "os.link", "os.remove", "os.truncate"} or (
                event == "open" and isinstance(args[2], int) and bool(args[2] & os.O_ACCMODE)
            )
            if writes:
                left[0] -= 1
                if left[0] == -1:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            act()
        except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_everything_opens_after_a_rotation_and_nothing_with_the_master_key_before(
    safe: Safe, person: Actor
) -> None:
    before = (safe.folder / "keys" / "master.key").read_bytes()
    order = safe.sealed()
    safe.credentials.store_lwa(SELLER, login("one"), person)
    safe.credentials.store_warehouse(RENO, Secret("an invented secret"), person)
    (label,) = set(safe.keys.masters().values())
    done = rotation(safe).run(person)
    assert (done.epochs, done.credentials) == (1, 2)
    assert done.master != label
    assert set(safe.keys.masters().values()) == {done.master} == {safe.keys.master()}
    assert safe.credentials.lwa(SELLER) == login("one")
    assert safe.credentials.warehouse(RENO) == Secret("an invented secret")
    assert safe.tags()[-4:] == [
        "key:master:rotation_intended",
        "key:credential:resealed",
        "key:credential:resealed",
        "key:master:rotated",
    ]
    assert safe.vault.open(order.ref, safe.grant(order))
    assert [place.name for place in (safe.folder / "keys").glob("*master*")] == ["master.key"]
    (safe.folder / "keys" / "master.key").write_bytes(before)
    with pytest.raises(SealBroken):
        safe.credentials.lwa(SELLER)
    with pytest.raises(SealBroken):
        safe.keys.existing_key(*safe.keys.epochs())


def test_a_rotation_that_broke_off_leaves_all_readable_and_is_finished_by_the_next(
    safe: Safe, person: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    order = safe.sealed()

    def crash(*_: object) -> None:
        raise SystemExit

    for name in ("rewrap", "finish_rotation"):
        with monkeypatch.context() as patch:
            patch.setattr(FileKeyStore, name, crash)
            with pytest.raises(SystemExit):
                rotation(safe).run(person)
        assert len(safe.keys.derived("credentials")) == 2
        assert safe.credentials.lwa(SELLER) == login("one")
        assert safe.vault.open(order.ref, safe.grant(order))
        safe.credentials.store_warehouse(RENO, Secret(f"stored after {name}"), person)
    begun = safe.keys.master()
    assert rotation(safe).run(person).master == begun, "it is the same rotation"
    assert len(safe.keys.derived("credentials")) == 1
    assert safe.credentials.lwa(SELLER) == login("one")
    assert safe.credentials.warehouse(RENO) == Secret("stored after finish_rotation")


@pytest.mark.parametrize("late", [False, True], ids=["before the key is taken", "after the key was taken"])
def test_a_credential_that_is_read_or_stored_while_a_rotation_ends_is_not_lost(
    safe: Safe, person: Actor, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    safe.credentials.store_lwa(SELLER, login("one"), person)
    taken = FileKeyStore.derived
    pending: list[str] = []

    def meanwhile(store: FileKeyStore, purpose: str) -> list[bytes]:
        early = taken(store, purpose)
        if pending:
            pending.clear()
            rotation(safe).run(person)
        return early if late else taken(store, purpose)

    monkeypatch.setattr(FileKeyStore, "derived", meanwhile)
    pending.append("while it is stored")
    safe.credentials.store_warehouse(RENO, Secret("an invented secret"), person)
    assert pending == []
    assert safe.credentials.warehouse(RENO) == Secret("an invented secret")
    pending.append("while it is read")
    assert safe.credentials.lwa(SELLER) == login("one")
    assert pending == []
    assert safe.credentials.lwa(SELLER) == login("one")


def test_a_process_killed_at_any_step_of_a_rotation_leaves_keys_that_open(tmp_path: Path) -> None:
    folder, clock = tmp_path / "keys", ManualClock(start=NOW)
    store = FileKeyStore.create(folder, clock)
    kept = {epoch: store.epoch_key(epoch) for epoch in (EPOCH, OTHER)}
    steps, end = 0, KILLED
    while end == KILLED:
        end = killed_at(steps, lambda: rotate(FileKeyStore.open(folder, clock)))
        again = FileKeyStore.open(folder, clock)
        assert {epoch: again.existing_key(epoch) for epoch in kept} == kept, steps
        assert {epoch: store.existing_key(epoch) for epoch in kept} == kept, "what runs goes on"
        rotate(store)
        assert len(store.derived("credentials")) == 1, "the next run ends it"
        steps += 1
    assert end == DONE
    assert steps > 20
    store.destroy(EPOCH)
    left = {place.name for place in folder.rglob("*") if place.is_file()}
    assert left == {"lock", "master.key", f"{OTHER}.key", f"{EPOCH}.destroyed"}


def test_many_who_seal_and_open_meet_no_error_while_the_master_key_is_rotated(tmp_path: Path) -> None:
    folder, clock = tmp_path / "keys", ManualClock(start=NOW)
    store = FileKeyStore.create(folder, clock)
    kept = {epoch: store.epoch_key(epoch) for epoch in (EPOCH, OTHER)}
    faults: list[BaseException] = []
    stop = threading.Event()
    opens = [0, 0]

    def work(number: int) -> None:
        mine = FileKeyStore.open(folder, clock)
        try:
            while not stop.is_set():
                assert {epoch: mine.existing_key(epoch) for epoch in kept} == kept
                made = f"202612{10 + number}T{opens[number] % 24:02}{opens[number] // 24 % 60:02}00Z"
                if opens[number] < 20:
                    assert mine.epoch_key(made) == mine.existing_key(made)
                opens[number] += 1
        except BaseException as fault:  # noqa: BLE001 - shown by the test itself
            faults.append(fault)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for _ in range(5):
        rotate(store)
    while min(opens) < 40 and not faults:
        rotate(store)
    stop.set()
    for worker in workers:
        worker.join()
    assert faults == []
    assert set(store.masters().values()) == {store.master()}


def test_orders_are_opened_with_their_audit_rows_while_the_master_key_is_rotated_again_and_again(
    safe: Safe, person: Actor
) -> None:
    orders = [safe.sealed() for _ in range(4)]
    opened: list[str] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(30):
                order = orders[number % len(orders)]
                recipient = safe.vault.open(order.ref, safe.grant(order))
                opened.append(recipient.disclose()["name"])
        except BaseException as fault:  # noqa: BLE001 - shown by the test itself
            faults.append(fault)
        finally:
            safe.storage.close_thread()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    rotations = 0
    while any(worker.is_alive() for worker in workers) or rotations < 3:
        rotation(safe).run(person)
        rotations += 1
    for worker in workers:
        worker.join()
    assert faults == []
    assert opened == ["Testperson Alpha"] * 90
    assert len(safe.rows(tag="order:data:opened")) == 90
    assert len(safe.rows(tag="key:master:rotated")) == rotations
    verify(safe.storage)


def test_a_key_made_by_a_process_that_knows_only_the_master_key_before_lies_under_the_new_one(
    tmp_path: Path,
) -> None:
    folder, clock = tmp_path / "keys", ManualClock(start=NOW)
    store = FileKeyStore.create(folder, clock)
    running = FileKeyStore.open(folder, clock)
    label = store.begin_rotation()
    store.rewrap()
    key = running.epoch_key(EPOCH)
    assert running.masters() == {EPOCH: label}
    store.finish_rotation(label)
    assert running.existing_key(EPOCH) == key


def test_a_late_finish_ends_no_rotation_but_its_own(tmp_path: Path) -> None:
    store = FileKeyStore.create(tmp_path / "keys", ManualClock(start=NOW))
    label = store.begin_rotation()
    store.finish_rotation(label)
    store.begin_rotation()
    store.finish_rotation(label)
    assert len(store.derived("credentials")) == 2


def test_a_destroyed_epoch_is_not_rewrapped_and_a_broken_one_stops_the_rotation(tmp_path: Path) -> None:
    store = FileKeyStore.create(tmp_path / "keys", ManualClock(start=NOW))
    store.epoch_key(EPOCH)
    kept = store.epoch_key(OTHER)
    store.destroy(EPOCH)
    place = tmp_path / "keys" / "epochs" / f"{OTHER}.key"
    whole = place.read_bytes()
    place.write_bytes(whole[::-1])
    with pytest.raises(SealBroken):
        rotate(store)
    assert store.masters() == {OTHER: ""}
    place.write_bytes(whole)
    rotate(store)
    assert store.existing_key(OTHER) == kept
    with pytest.raises(KeyDestroyed):
        store.existing_key(EPOCH)


def moving(**changes: object) -> Guards:
    """Takes a master key from under the first passphrase, and puts it under a second one."""
    under: dict[str, Any] = {"under": Kind.PASSPHRASE, "renewed": lambda: Secret("an invented battery horse")}
    return replace(WORDS, **under | changes)


def test_a_process_killed_at_any_step_of_a_change_of_passphrase_leaves_keys_that_open(tmp_path: Path) -> None:
    before, clock = tmp_path / "before", ManualClock(start=NOW)
    key = FileKeyStore.create(before, clock, guards=WORDS, under=Kind.PASSPHRASE).epoch_key(EPOCH)
    later = replace(WORDS, passphrase=moving().renewed)
    steps, end = 0, KILLED
    while end == KILLED:
        folder = shutil.copytree(before, tmp_path / str(steps))
        end = killed_at(steps, partial(change, folder, clock))
        again = FileKeyStore.open(folder, clock, guards=moving())
        assert again.existing_key(EPOCH) == key, steps
        rotate(again)
        assert FileKeyStore.open(folder, clock, guards=later).existing_key(EPOCH) == key, steps
        with pytest.raises(SettingsFault, match="does not open"):
            FileKeyStore.open(folder, clock, guards=WORDS)
        left = {place.name for place in folder.rglob("*") if place.is_file()}
        assert left == {"lock", "master.key", f"{EPOCH}.key"}, steps
        assert b"handed_on" not in (folder / "master.key").read_bytes()
        steps += 1
    assert end == DONE
    assert steps > 15


def change(folder: Path, clock: ManualClock) -> None:
    rotate(FileKeyStore.open(folder, clock, guards=moving()))


@pytest.mark.parametrize("under", [Kind.PASSPHRASE, Kind.SECRET_FILE, Kind.FOLDER])
def test_what_was_started_with_the_first_passphrase_goes_on_while_it_is_changed_and_afterwards(
    tmp_path: Path, under: Kind
) -> None:
    folder, clock, secret = tmp_path / "keys", ManualClock(start=NOW), tmp_path / "mounted"
    secret.write_bytes(b"6a" * 32)
    secret.chmod(0o400)
    store = FileKeyStore.create(folder, clock, guards=WORDS, under=Kind.PASSPHRASE)
    key = store.epoch_key(EPOCH)
    running = FileKeyStore.open(folder, clock, guards=WORDS)
    changing = FileKeyStore.open(folder, clock, guards=moving(under=under, secret_file=secret))
    label = changing.begin_rotation()
    assert (running.existing_key(EPOCH), running.master()) == (key, changing.master())
    made = running.epoch_key(OTHER)
    changing.rewrap()
    changing.finish_rotation(label)
    assert (running.existing_key(EPOCH), running.existing_key(OTHER)) == (key, made)
    assert guarding.kind_of((folder / "master.key").read_bytes(), folder) is under


def test_what_is_handed_on_opens_only_with_the_master_key_before_and_the_file_it_was_made_for(
    tmp_path: Path,
) -> None:
    folder, clock = tmp_path / "keys", ManualClock(start=NOW)
    FileKeyStore.create(folder, clock, guards=WORDS, under=Kind.PASSPHRASE)
    FileKeyStore.open(folder, clock, guards=moving()).begin_rotation()
    next_one = folder / "master.next"
    facts = json.loads(next_one.read_bytes())
    assert len(FileKeyStore.open(folder, clock, guards=WORDS).derived("credentials")) == 2
    for harm in (
        {"salt": facts["salt"][::-1]},
        {"handed_on": facts["handed_on"][::-1]},
        {"handed_on": "none"},
    ):
        next_one.write_text(json.dumps(facts | harm))
        with pytest.raises(SettingsFault, match="does not open"):
            FileKeyStore.open(folder, clock, guards=WORDS)


def test_a_change_that_was_begun_for_another_passphrase_does_not_count_as_this_one(tmp_path: Path) -> None:
    folder, clock = tmp_path / "keys", ManualClock(start=NOW)
    FileKeyStore.create(folder, clock, guards=WORDS, under=Kind.PASSPHRASE)
    FileKeyStore.open(folder, clock, guards=moving()).begin_rotation()
    third = moving(renewed=lambda: Secret("a third invented horse"))
    store = FileKeyStore.open(folder, clock, guards=third)
    rotate(store)
    place = folder / "master.key"
    assert not third.suits(place.read_bytes(), place)
    rotate(store)
    assert third.suits(place.read_bytes(), place)


def test_a_rotation_keeps_the_passphrase_or_moves_the_key_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "keys"
    FileKeyStore.create(folder)
    moving = Guards(passphrase=WORDS.passphrase, cost=LEAST_COST, under=Kind.PASSPHRASE)
    rotate(FileKeyStore.open(folder, guards=moving))
    first = (folder / "master.key").read_bytes()
    rotate(FileKeyStore.open(folder, guards=WORDS))
    second = (folder / "master.key").read_bytes()
    assert first != second
    assert [guarding.kind_of(each, folder) for each in (first, second)] == [Kind.PASSPHRASE] * 2
