"""The shredder and the service as two users of the machine: what each can do is what the kernel lets it."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dockseal.bootstrap import build, build_shredder, create_keys, open_keys
from dockseal.domain.clock import ManualClock, SystemClock
from dockseal.errors import SettingsFault
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.key_asks import BESIDE
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.shredder import Round
from dockseal.settings import Settings, settings_from
from faults.identities import ROOT, SERVICE, SHREDDER, STRANGER, User, give
from unit.pii_security.safe import PERSON

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="becoming other users needs root: run this as root to see them kept apart"
)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Folders as an operator makes them: the keys and asks are the shredder's, the data the service's."""

    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def choices(self) -> dict[str, Any]:
        return {
            "data_dir": self.folder / "data",
            "key_dir": self.keys,
            "key_asks_dir": self.folder / "asks",
            "shredder": "apart",
            "console_port": 0,
        }

    @property
    def settings(self) -> Settings:
        return settings_from(self.choices)

    def runs(self, user: User, *words: str) -> subprocess.CompletedProcess[str]:
        return user.runs(*words, cwd=self.folder, env=self.env())

    def well(self, user: User, *words: str) -> str:
        done = self.runs(user, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def env(self) -> dict[str, str]:
        plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
        return {
            **plain,
            **{f"DOCKSEAL_{name.upper()}": str(value) for name, value in self.choices.items()},
            "COLUMNS": "200",
            "LOGNAME": "somebody",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def started(self, user: User, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*user.command(), *words],
            cwd=self.folder,
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def store(self, clock: ManualClock | None = None) -> KeyStore:
        """The service's store; for use inside of `SERVICE.does`."""
        return open_keys(self.settings, clock or SystemClock())

    def round(self, clock: ManualClock | None = None) -> Round:
        """What one round of the shredder does, as its user."""
        done: Round = SHREDDER.does(lambda: build_shredder(self.settings, clock=clock).run())
        return done

    def asks(self) -> set[str]:
        return {place.name for place in (self.folder / "asks").iterdir()} - {BESIDE}

    def epochs(self) -> list[str]:
        return sorted(place.stem for place in (self.keys / "epochs").glob("*.key"))


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="dockseal-apart-"))
    folder.chmod(0o755)
    give(SHREDDER, [folder / "keys", folder / "asks"])
    give(SERVICE, [folder / "data"])
    (folder / "keys").chmod(0o750)
    (folder / "data").chmod(0o700)
    yield Installation(folder=folder)
    shutil.rmtree(folder)


@pytest.fixture
def running(installation: Installation) -> Installation:
    """With a master key, keys made ahead, and the service's databases."""
    settings = installation.settings
    assert SHREDDER.does(lambda: create_keys(settings, PERSON)) is None
    assert installation.round().faults == ()
    assert len(SERVICE.does(lambda: installation.store().epochs())) > 30
    return installation


def test_the_shredder_works_where_there_is_no_data_and_where_it_cannot_read_it(
    installation: Installation,
) -> None:
    shutil.rmtree(installation.folder / "data")
    installation.well(SHREDDER, "keys", "create")
    assert "keys of epochs to come were made" in installation.well(SHREDDER, "shredder", "--once")
    assert not (installation.folder / "data").exists()
    give(SERVICE, [installation.folder / "data"])
    (installation.folder / "data").chmod(0o700)
    listed = installation.well(SERVICE, "keys", "list")
    epoch = installation.epochs()[0]
    assert epoch in listed
    (installation.keys / "epochs" / f"{epoch}.key").unlink()
    assert "1 keys of epochs" in installation.well(SHREDDER, "shredder", "--once")
    for name in ("operations.sqlite3", "vault.sqlite3"):
        place = installation.folder / "data" / name
        assert place.exists()
        assert isinstance(SHREDDER.does(place.read_bytes), PermissionError)
        assert isinstance(STRANGER.does(place.read_bytes), PermissionError)
    (installation.folder / "data").chmod(0o755)
    assert isinstance(
        SHREDDER.does((installation.folder / "data" / "vault.sqlite3").read_bytes), PermissionError
    )


def _overwrite(place: Path) -> object:
    with place.open("r+b") as file:
        return file.write(b"x")


def _truncate(place: Path) -> object:
    return os.truncate(place, 0)


def _rename(place: Path) -> object:
    return place.rename(place.with_name("elsewhere"))


def _replace(place: Path) -> object:
    mine = place.parents[2] / "data" / "mine"
    mine.write_bytes(b"x" * 32)
    return mine.replace(place)


def _own(place: Path) -> object:
    return os.chown(place, SERVICE.number, SERVICE.number)


def _lock_out(place: Path) -> object:
    return os.close(os.open(place.parents[1] / "lock", os.O_RDONLY))


ATTACKS: dict[str, Callable[[Path], object]] = {
    "unlink": lambda place: place.unlink(),
    "overwrite": _overwrite,
    "truncate": _truncate,
    "rename": _rename,
    "replace": _replace,
    "chmod": lambda place: place.chmod(0o666),
    "chown": _own,
    "add a tombstone": lambda place: place.with_suffix(".destroyed").touch(),
    "remove the folder": lambda place: shutil.rmtree(place.parent),
    "rename the folder": lambda place: place.parent.rename(place.parents[1] / "elsewhere"),
    "rename the folder of all": lambda place: place.parents[1].rename(place.parents[2] / "elsewhere"),
    "hold the lock": _lock_out,
}


def test_the_kernel_refuses_the_service_whatever_destroys_a_key(running: Installation) -> None:
    epoch = running.epochs()[0]
    place = running.keys / "epochs" / f"{epoch}.key"
    whole = place.read_bytes()
    assert SERVICE.does(place.read_bytes) == whole, "it can read"
    for name, attack in ATTACKS.items():
        assert isinstance(SERVICE.does(lambda act=attack: act(place)), PermissionError), name
        assert place.read_bytes() == whole, name
    master = running.keys / "master.key"
    for name in ("unlink", "overwrite", "truncate", "chmod", "chown"):
        assert isinstance(SERVICE.does(lambda act=ATTACKS[name]: act(master)), PermissionError), name
    tombstone = place.with_suffix(".destroyed")
    tombstone.touch()
    os.chown(tombstone, SHREDDER.number, SHREDDER.number)
    assert isinstance(SERVICE.does(tombstone.unlink), PermissionError)
    assert isinstance(STRANGER.does(place.read_bytes), PermissionError)
    officers = running.keys / "officers"
    assert isinstance(SERVICE.does(officers.mkdir), PermissionError), "it makes nobody an officer"


def test_the_service_reads_and_asks_and_the_shredder_destroys(running: Installation) -> None:
    epoch = running.epochs()[0]
    ended = ManualClock(start=end_of(epoch))

    def reads() -> tuple[int, int]:
        store = running.store()
        return len(store.existing_key(epoch)), len(store.epoch_key(epoch))

    def asks() -> tuple[object, set[str]]:
        store = running.store(ended)
        store.destroy(epoch)
        return store.destroyed_by(epoch), running.asks()

    assert SERVICE.does(reads) == (32, 32)
    assert SERVICE.does(asks) == (None, {f"{epoch}.ask"})
    assert running.round(ended).faults == ()
    assert epoch not in running.epochs()
    assert running.asks() == set()
    by = SERVICE.does(lambda: running.store(ended).destroyed_by(epoch))
    assert by == str(SHREDDER.number)
    assert (running.keys / "epochs" / f"{epoch}.destroyed").stat().st_uid == SHREDDER.number


def test_the_answers_of_the_shredder_are_its_own(running: Installation) -> None:
    epoch = running.epochs()[0]
    SERVICE.does(lambda: running.store().destroy(epoch))
    running.round()
    answer = running.folder / "asks" / f"{epoch}.refused"
    assert "two officers" in SERVICE.does(answer.read_text)
    for attack in (
        answer.unlink,
        lambda: answer.rename(answer.with_name("x")),
        lambda: answer.write_text(""),
    ):
        assert isinstance(SERVICE.does(attack), PermissionError)
    assert isinstance(STRANGER.does(running.asks), PermissionError)
    assert epoch in running.epochs()


def test_links_that_the_service_plants_lead_the_shredder_nowhere(running: Installation) -> None:
    epoch, asks = running.epochs()[0], running.folder / "asks"
    master = running.keys / "master.key"
    whole = master.read_bytes()

    def plant() -> None:
        (asks / f"{epoch}.ask").symlink_to(master)
        (asks / f"{epoch}.refused").symlink_to(master)
        (asks / "rotate.ask").symlink_to(running.keys / "epochs" / f"{epoch}.key")

    assert SERVICE.does(plant) is None
    running.round()
    SERVICE.does(lambda: running.store().destroy(epoch))
    running.round()
    assert master.read_bytes() == whole
    assert epoch in running.epochs()
    assert not (asks / f"{epoch}.refused").is_symlink()


def test_a_service_that_could_destroy_keys_does_not_start(running: Installation) -> None:
    def fault() -> str:
        return _fault(SERVICE, running.store)

    place = running.keys / "epochs"
    place.chmod(0o770)
    assert "chmod 750" in fault()
    place.chmod(0o750)
    key = place / f"{running.epochs()[0]}.key"
    os.chown(key, SERVICE.number, SHREDDER.number)
    assert "the service can destroy keys, which is the shredder's alone" in fault()
    os.chown(key, SHREDDER.number, SHREDDER.number)
    key.chmod(0o660)
    assert f"it may write {key}" in fault()
    key.chmod(0o640)
    os.chown(running.folder, SERVICE.number, SERVICE.number)
    assert "it can rename" in fault()
    os.chown(running.folder, 0, 0)
    running.folder.chmod(0o777)
    assert "it can rename" in fault()
    running.folder.chmod(0o1777)
    assert len(SERVICE.does(lambda: running.store().epochs())) > 30
    assert "it runs as root" in _fault(ROOT, running.store)


def test_nobody_else_is_the_shredder(running: Installation) -> None:
    settings = running.settings
    for user in (SERVICE, STRANGER):
        assert "belong to another user" in _fault(user, lambda: build_shredder(settings))
    assert "which root is not" in _fault(ROOT, lambda: build_shredder(settings))
    refused = running.runs(SERVICE, "shredder", "--once")
    assert refused.returncode == 2
    assert "belong to another user" in refused.stderr
    within = settings_from({**running.choices, "shredder": "within"})
    assert "set DOCKSEAL_SHREDDER to apart" in _fault(SHREDDER, lambda: build_shredder(within))


def _fault(user: User, act: Callable[[], object]) -> str:
    """Does what is refused, as a user; returns why."""

    def refused() -> str:
        with pytest.raises(SettingsFault) as found:
            act()
        return str(found.value)

    return str(user.does(refused))


def test_the_master_key_is_rotated_by_the_shredder_when_the_service_asks(running: Installation) -> None:
    before = SERVICE.does(lambda: running.store().master())
    shredder = running.started(SHREDDER, "shredder")
    try:
        label = running.well(SERVICE, "keys", "rotate").split()[2]
    finally:
        shredder.send_signal(signal.SIGTERM)
        said, _ = shredder.communicate(timeout=30)
    assert shredder.returncode == 0, said
    assert f"The rotation to master key {label} is finished" in said
    assert label != before
    assert set(SERVICE.does(lambda: running.store().masters()).values()) == {label}


def _restored(installation: Installation, user: User) -> list[str]:
    """Puts keys of epochs that ended back, as a copy of ten days ago has them; returns the epochs."""
    key = next((installation.keys / "epochs").glob("*.key"))
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    back = [f"{today - timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in range(10)]
    for epoch in back:
        place = shutil.copy2(key, key.with_name(f"{epoch}.key"))
        os.chown(place, user.number, user.number)
    return back


def _asked(installation: Installation, epochs: list[str]) -> bool:
    """Waits until the service asked to destroy these keys."""
    never = threading.Event()
    for _ in range(600):
        if {f"{epoch}.ask" for epoch in epochs} <= installation.asks():
            return True
        never.wait(0.1)
    return False


def _served(process: "subprocess.Popen[str]") -> bool:
    """Waits until the console answers or the process ends; tells whether it answers."""
    assert process.stdout is not None
    return any("Dockseal serves" in line for line in process.stdout)


def _stopped(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_a_copy_of_ten_days_ago_is_put_right_before_the_console_answers(running: Installation) -> None:
    back = _restored(running, SHREDDER)
    service = running.started(SERVICE, "serve")
    waited = _asked(running, back)  # the service waits for the shredder, which is not there yet
    assert waited
    assert service.poll() is None
    assert set(back) <= set(running.epochs())
    running.round()
    try:
        assert _served(service)
        assert not set(back) & set(running.epochs())
        assert (running.folder / "asks" / BESIDE / "lock").exists(), "the service keeps its notes there"
    finally:
        _stopped(service)


def test_within_the_service_such_a_copy_is_put_right_before_the_console_answers(tmp_path: Path) -> None:
    installation = Within(folder=tmp_path)
    installation.well(ROOT, "keys", "create")
    epoch = f"{datetime.now(UTC) + timedelta(days=9):%Y%m%dT000000Z}"
    build(installation.settings).keys.epoch_key(epoch)
    back = _restored(installation, ROOT)
    service = installation.started(ROOT, "serve")
    try:
        assert _served(service)
        assert installation.epochs() == [epoch]
    finally:
        _stopped(service)
    assert all((installation.keys / "epochs" / f"{each}.destroyed").exists() for each in back)


@dataclass(frozen=True, kw_only=True)
class Within(Installation):
    """One user for everything."""

    @property
    def choices(self) -> dict[str, Any]:
        return {**super().choices, "shredder": "within"}
