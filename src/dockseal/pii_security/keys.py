"""The key store: a master key, and one key per epoch that is destroyed for good when the epoch ends.

master.key                 32 random bytes, under a guard; all else is derived from it or wrapped by it
epochs/<epoch>.key         the epoch's key, wrapped
epochs/<epoch>.destroyed   the tombstone: this epoch's key can never be made again
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, Self

from dockseal.domain.clock import Clock, SystemClock, instant_text
from dockseal.errors import KeyDestroyed, SealBroken, SettingsFault
from dockseal.pii_security.envelope import KEY_BYTES
from dockseal.pii_security.epochs import end_of, ended, is_epoch
from dockseal.pii_security.files import (
    FOLDER_MODE,
    clear_away,
    destroy_file,
    locked,
    make_folder,
    owner_of,
    refuse_if_open,
    rewrite,
    usable,
    write_new,
)
from dockseal.pii_security.guards import Guards, Kind
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.masters import MASTER, Masters, Wrapping

LOCK = "lock"
_EPOCHS = "epochs"


class FolderKeyStore(KeyStore):
    """Wrapped keys in a folder that only the service's own user can read."""

    FOLDER_MODE: ClassVar[int] = FOLDER_MODE
    """The most that its folders may allow."""

    def __init__(self, directory: Path, clock: Clock, *, wrapping: Wrapping) -> None:
        self._directory = directory
        self._epochs = directory / _EPOCHS
        self._clock = clock
        self._wrapping = wrapping

    def make(self, master: Callable[[], bytes]) -> Self:
        """Makes the folder and puts the file of a new master key there.

        Args:
            master: Returns what the file of the master key holds.

        Raises:
            SettingsFault: there is a master key already, or the folder cannot be made.
        """
        closed = master()
        try:
            make_folder(self._directory, self.FOLDER_MODE)
            refuse_if_open(self._directory, folder_mode=self.FOLDER_MODE)
            make_folder(self._epochs, self.FOLDER_MODE)
            write_new(self._directory / MASTER, closed)
        except FileExistsError:
            raise SettingsFault(
                (f"there is a master key in {self._directory}: it opens all that is sealed, so keep it",)
            ) from None
        except OSError as fault:
            raise SettingsFault((f"keys cannot be kept in {self._directory}: {fault.strerror}",)) from None
        return self.checked()

    def checked(self) -> Self:
        """Returns the store, once its keys were looked at.

        Raises:
            SettingsFault: they are missing, damaged, can be read by others, or a guard is missing or another.
        """
        try:
            for part in (self._directory, self._directory / MASTER, self._epochs):
                refuse_if_open(part, folder_mode=self.FOLDER_MODE)
        except FileNotFoundError:
            what_to_do = "run `dockseal keys create`, or restore their backup"
            raise SettingsFault((f"there are no keys in {self._directory}: {what_to_do}",)) from None
        except OSError as fault:
            raise SettingsFault(
                (f"the keys in {self._directory} cannot be read: {fault.strerror}",)
            ) from None
        self.derived("label")
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._directory)!r})"

    def epoch_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to seal with; makes it at first use.

        Raises:
            KeyDestroyed: the epoch is over, or its key was destroyed.
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            self._refuse_if_over(epoch)
            if not self._key(epoch).exists():
                write_new(self._key(epoch), self._wrapping.wrap(epoch, secrets.token_bytes(KEY_BYTES)))
            return self._unwrap(epoch)

    def existing_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to open with; never makes one.

        Raises:
            KeyDestroyed: the epoch is over, or there is no key of it any more.
            SealBroken: the key file was altered, or is another epoch's.
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            self._refuse_if_over(epoch)
            if not self._key(epoch).exists():
                raise KeyDestroyed(f"there is no key of epoch {epoch}: it was destroyed, or never restored")
            return self._unwrap(epoch)

    def has(self, epoch: str) -> bool:
        """Tells whether there is a key of this epoch that was not destroyed."""
        return self._key(epoch).exists() and not self._tombstone(epoch).exists()

    def makes(self, epoch: str) -> bool:
        """Tells whether `epoch_key` would make the key of this epoch."""
        over = self._tombstone(epoch).exists() or ended(epoch, self._clock.now())
        return not over and not self._key(epoch).exists()

    def destroy(self, epoch: str, *, ask: str = "") -> None:  # noqa: ARG002 - who stands apart needs it
        """Destroys the key of an epoch: nothing can open its records, and no such key is made again.

        The tombstone comes first, so that a crash in between leaves a key that is refused; running it again
        finishes. A full disk keeps no key: one that has ended is refused without a tombstone too. NIST SP
        800-88 calls this cryptographic erase.

        Raises:
            StorageUnavailable: the folder cannot be used; the key may be left.
        """
        with self._held():
            try:
                write_new(self._tombstone(epoch), instant_text(self._clock.now()).encode())
            except FileExistsError:
                pass
            except OSError:
                if not ended(epoch, self._clock.now()):
                    raise
            self._wrapping.forget(epoch)
            clear_away(self._drafts(epoch), in_use=())
            destroy_file(self._key(epoch))

    def destroyed_by(self, epoch: str) -> str | None:
        """Names the user that destroyed the key of an epoch: the owner of its tombstone, or of the folder.

        Returns:
            The user; None: the key is there, or its epoch has not ended and nobody destroyed it.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            if self._key(epoch).exists():
                return None
            if self._tombstone(epoch).exists():
                return owner_of(self._tombstone(epoch))
            return owner_of(self._epochs) if ended(epoch, self._clock.now()) else None

    def epochs(self) -> list[str]:
        """Returns the epochs of which a key file is left, the first to end first.

        Raises:
            StorageUnavailable: the folder cannot be read.
        """
        with self._held():
            return self._found()

    def derive(self, purpose: str) -> bytes:
        """Returns 32 bytes for one purpose, the same each time until the master key is rotated.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        return self.derived(purpose)[0]

    def derived(self, purpose: str) -> list[bytes]:
        """Returns those of every master key in use, the newest first; more than one during a rotation.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            return self._wrapping.derived(purpose)

    def masters(self) -> dict[str, str]:
        """Returns the label of the master key that each epoch's key lies under; empty: none opens it.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        found: dict[str, str] = {}
        with self._held():
            for epoch in self._found():
                found[epoch] = ""
                with contextlib.suppress(SealBroken):
                    found[epoch] = self._wrapping.master_of(epoch, self._key(epoch).read_bytes())
        return found

    def master(self) -> str:
        """Returns the label of the master key that new keys lie under.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            return self._wrapping.newest()

    def begin_rotation(self) -> str:
        """Begins a rotation of the master key, or joins the one begun; returns the next one's label.

        From here on all that is new lies under the next one, and both open what lies under them.

        Raises:
            SettingsFault: what the next one shall lie under is missing.
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            return self._wrapping.begin()

    def rewrap(self) -> int:
        """Wraps the epoch keys under the newest master key; returns how many lie under it.

        The lock is let go between them, so that nobody waits for more than one.

        Raises:
            SealBroken: a key file was altered; the rotation can go on once it was restored.
            StorageUnavailable: the folder cannot be used.
        """
        return sum(self._rewrapped(epoch) for epoch in self.epochs())

    def finish_rotation(self, label: str) -> int:
        """Rewraps what is left and destroys the master key before; returns how many epoch keys there are.

        Args:
            label: As `begin_rotation` gave it; that of a rotation that was finished does nothing.

        Raises:
            SealBroken: a key file was altered; both master keys stay.
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            live = [epoch for epoch in self._found() if self._rewrap(epoch)]
            self._wrapping.finish(label)
        return len(live)

    def _rewrapped(self, epoch: str) -> bool:
        with self._held():
            return self._rewrap(epoch)

    def _rewrap(self, epoch: str) -> bool:
        """Wraps one key anew where that is needed; tells whether it is one that still opens anything."""
        place = self._key(epoch)
        if self._tombstone(epoch).exists() or not place.exists() or ended(epoch, self._clock.now()):
            return False
        wrapped = place.read_bytes()
        if self._wrapping.master_of(epoch, wrapped) != self._wrapping.newest():
            rewrite(place, self._wrapping.wrap(epoch, self._wrapping.unwrap(epoch, wrapped)))
        clear_away(self._drafts(epoch), in_use=(place,))
        return True

    def _drafts(self, epoch: str) -> list[Path]:
        """Returns what a crash left while the key of an epoch was made or rewrapped."""
        return list(self._epochs.glob(f".{epoch}.key.*"))

    def _found(self) -> list[str]:
        found = [place.name.removesuffix(".key") for place in self._epochs.glob("*.key")]
        return sorted((name for name in found if is_epoch(name)), key=end_of)

    def _unwrap(self, epoch: str) -> bytes:
        place = self._key(epoch)
        refuse_if_open(place)
        return self._wrapping.unwrap(epoch, place.read_bytes())

    def _refuse_if_over(self, epoch: str) -> None:
        if self._tombstone(epoch).exists() or ended(epoch, self._clock.now()):
            raise KeyDestroyed(f"epoch {epoch} is over: its key is destroyed and never made again")

    def _key(self, epoch: str) -> Path:
        return self._epochs / f"{_named(epoch)}.key"

    def _tombstone(self, epoch: str) -> Path:
        return self._epochs / f"{_named(epoch)}.destroyed"

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with self._usable(), locked(self._directory / LOCK):
            yield

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        with usable(f"the key store in {self._directory} cannot be used"):
            yield


class FileKeyStore(FolderKeyStore):
    """Keys under a master key in the folder itself."""

    @classmethod
    def create(
        cls,
        directory: Path,
        clock: Clock | None = None,
        *,
        guards: Guards | None = None,
        under: Kind | None = None,
    ) -> Self:
        """Makes the folder and a new master key.

        Args:
            directory: The folder.
            clock: Tells the time; None: the machine's.
            guards: What the master key can lie under; None: the folder's own mode alone.
            under: What it shall lie under; None: see `Guards.close`.

        Raises:
            SettingsFault: there is a master key already, the folder cannot be made, or a guard is missing.
        """
        guards = guards or Guards()
        wrapping = Masters(directory, guards, hands_on=True)
        store = cls(directory, clock or SystemClock(), wrapping=wrapping)
        return store.make(lambda: guards.close(secrets.token_bytes(KEY_BYTES), kind=under))

    @classmethod
    def open(cls, directory: Path, clock: Clock | None = None, *, guards: Guards | None = None) -> Self:
        """Opens the keys that `create` made.

        Args:
            directory: The folder.
            clock: Tells the time; None: the machine's.
            guards: What the master key can lie under; None: the folder's own mode alone.

        Raises:
            SettingsFault: they are missing, damaged, can be read by others, or a guard is missing or another.
        """
        wrapping = Masters(directory, guards or Guards(), hands_on=True)
        return cls(directory, clock or SystemClock(), wrapping=wrapping).checked()


def _named(epoch: str) -> str:
    """Lets only names of epochs become file names."""
    if not is_epoch(epoch):
        raise SealBroken("a record names an epoch that cannot be: it was altered; restore it from a backup")
    return epoch
