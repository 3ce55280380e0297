"""The key stores of an installation whose shredder stands apart: one that makes and destroys, one that reads.

The folder belongs to the shredder's own user. The service's user is in that user's group, reads, and asks.
"""

import contextlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self, TypeVar

from dockseal.domain.clock import Clock
from dockseal.errors import DocksealError, SettingsFault, StorageUnavailable
from dockseal.pii_security.files import SHARED_FOLDER_MODE
from dockseal.pii_security.key_asks import FINISH, ROTATE, KeyAsks, finish_text, plain_text, rotate_text
from dockseal.pii_security.key_store import label_of
from dockseal.pii_security.keys import FolderKeyStore
from dockseal.pii_security.masters import Wrapping

PATIENCE = timedelta(minutes=1)
"""So long a command waits for the shredder."""
_LOOK_EVERY = 0.2
Found = TypeVar("Found")


class SharedKeyStore(FolderKeyStore):
    """The shredder's: it alone writes the folder, which its group reads."""

    FOLDER_MODE: ClassVar[int] = SHARED_FOLDER_MODE

    def checked(self) -> Self:
        """Returns the store, once its keys were looked at.

        Raises:
            SettingsFault: as `FolderKeyStore.checked`; or the folder is not this user's own.
        """
        if self._directory.exists() and not _ours(self._directory):
            raise SettingsFault(
                (f"the keys in {self._directory} belong to another user: run the shredder as that one",)
            )
        return super().checked()


class ReadingKeyStore(FolderKeyStore):
    """The service's: it reads the folder, cannot change it, and asks the shredder.

    It takes no lock: whoever can hold one can keep others from destroying. What it reads while the shredder
    changes the folder is read again, until the folder was the same before and after.
    """

    FOLDER_MODE: ClassVar[int] = SHARED_FOLDER_MODE

    def __init__(self, directory: Path, clock: Clock, *, wrapping: Wrapping, asks: KeyAsks) -> None:
        super().__init__(directory, clock, wrapping=wrapping)
        self._asks = asks

    def make(self, master: Callable[[], bytes]) -> Self:  # noqa: ARG002 - as every store
        """Refuses: only the shredder makes keys.

        Raises:
            SettingsFault: always.
        """
        raise SettingsFault(("the shredder stands apart: it makes the keys, run this as its user",))

    def checked(self) -> Self:
        """Returns the store, once its keys were looked at.

        Raises:
            SettingsFault: as `FolderKeyStore.checked`; or this process could destroy the keys.
        """
        super().checked()
        if can_destroy := next(_in_reach(self._directory), ""):
            raise SettingsFault(
                (f"the service can destroy keys, which is the shredder's alone: {can_destroy}",)
            )
        return self

    def epoch_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to seal with, which the shredder made ahead.

        Raises:
            KeyDestroyed: the epoch is over, or its key was destroyed.
            StorageUnavailable: the shredder did not make it yet, or the folder cannot be used.
        """
        self._refuse_if_over(epoch)
        if not self._key(epoch).exists():
            raise StorageUnavailable(
                f"there is no key of epoch {epoch} yet: start `dockseal shredder`, which makes keys ahead, "
                "with the same DOCKSEAL_KEEP, DOCKSEAL_KEY_BACKUPS and DOCKSEAL_EPOCH_LENGTH; orders wait"
            )
        return self.existing_key(epoch)

    def existing_key(self, epoch: str) -> bytes:
        """Returns the key of an epoch to open with; raises as `FolderKeyStore.existing_key`."""
        read = super().existing_key
        return self._steady(lambda: read(epoch), self._key(epoch))

    def makes(self, epoch: str) -> bool:  # noqa: ARG002 - as every store
        """Says no: the shredder makes keys, ahead of any need."""
        return False

    def destroy(self, epoch: str, *, ask: str = "") -> None:
        """Asks the shredder to destroy the key of an epoch; `destroyed_by` tells when it did.

        Args:
            epoch: Which one.
            ask: What two officers signed, where the epoch has not ended: then it is waited for.

        Raises:
            StorageUnavailable: the ask cannot be written, or the shredder did not do it within a minute.
        """
        if self.destroyed_by(epoch) is not None:
            return
        if ask:
            self._asks.put(epoch, ask)
            self._wait(epoch, lambda: self.destroyed_by(epoch) is not None, later="it is done once it does")
        elif not self._asks.pending(epoch):
            self._asks.put(epoch, plain_text(epoch))

    def derived(self, purpose: str) -> list[bytes]:
        """Returns 32 bytes for one purpose of every master key in use; raises StorageUnavailable."""
        read = super().derived
        return self._steady(lambda: read(purpose))

    def masters(self) -> dict[str, str]:
        """Returns the label of the master key that each epoch's key lies under; raises StorageUnavailable."""
        read = super().masters
        return self._steady(read, *(self._key(epoch) for epoch in self.epochs()))

    def master(self) -> str:
        """Returns the label of the master key that new keys lie under; raises StorageUnavailable."""
        return self._steady(super().master)

    def begin_rotation(self) -> str:
        """Asks the shredder to begin a rotation, waits until it did, and returns the next master key's label.

        Raises:
            StorageUnavailable: it did not within a minute; run again.
        """
        before = self.derived("label")
        if len(before) == 1:
            self._asks.put(ROTATE, rotate_text(label_of(self)))
            self._wait(ROTATE, lambda: self.derived("label") != before)
        return label_of(self)

    def rewrap(self) -> int:
        """Returns how many epoch keys lie under the newest master key: the shredder puts them there."""
        newest = self.master()
        return sum(label == newest for label in self.masters().values())

    def finish_rotation(self, label: str) -> int:
        """Asks the shredder to destroy the master key before, waits, and returns how many keys there are.

        Args:
            label: As `begin_rotation` gave it.

        Raises:
            StorageUnavailable: it did not within a minute; run again.
        """
        self._asks.put(FINISH, finish_text(label))
        self._wait(FINISH, lambda: len(self.derived("label")) == 1 or label_of(self) != label)
        return len(self.epochs())

    def _wait(self, ask: str, done: Callable[[], bool], *, later: str = "then run this again") -> None:
        until = self._clock.now() + PATIENCE
        while not done():
            if refused := self._asks.refusal(ask):
                raise StorageUnavailable(f"the shredder refused it: {refused}")
            if self._clock.now() >= until:
                raise StorageUnavailable(
                    f"the shredder did not do it within {PATIENCE.seconds} seconds: see that `dockseal "
                    f"shredder` runs; {later}"
                )
            self._clock.wait(threading.Event(), _LOOK_EVERY)

    def _steady(self, read: Callable[[], Found], *places: Path) -> Found:
        """Reads until nothing changed meanwhile; a failure counts only then.

        Args:
            read: Reads.
            places: Files it reads besides those at the top of the folder.
        """
        while True:
            before = self._look(places)
            try:
                found = read()
            except DocksealError:
                if self._look(places) == before:
                    raise
                continue
            if self._look(places) == before:
                return found

    def _look(self, places: tuple[Path, ...]) -> dict[str, bytes]:
        """Returns what the small files hold that a rotation changes."""
        seen: dict[str, bytes] = {}
        with self._held():
            for place in (*self._directory.iterdir(), *places):
                if place.name.startswith(".") or place.is_dir():
                    continue
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    seen[place.name] = place.read_bytes()
        return seen

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with self._usable():
            yield


def refuse_root() -> None:
    """Refuses to be the shredder as root, who reads the databases too.

    Raises:
        SettingsFault: this process runs as root.
    """
    if os.geteuid() == 0:
        raise SettingsFault(
            ("a shredder that stands apart is a user of its own, which root is not: run this as that user",)
        )


def _in_reach(directory: Path) -> Iterator[str]:
    """Yields why this process could destroy what lies in a folder, one sentence for each reason."""
    if os.geteuid() == 0:
        yield "it runs as root; run it as a user of its own"
        return
    folder = directory.resolve()
    for child, parent in zip((folder, *folder.parents), folder.parents, strict=False):
        kept = parent.stat().st_mode & stat.S_ISVTX and not _ours(parent) and not _ours(child)
        if _writable(parent) and not kept:
            yield f"it can rename {child}, since it may write {parent}; give that to another user"
    for place in (folder, *folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # a draft that was written this moment
            if _ours(place):
                yield f"{place} is its own; give it to the shredder's user with `chown`"
            elif _writable(place):
                yield f"it may write {place}; run `chmod g-w {place}`"


def _writable(place: Path) -> bool:
    return _ours(place) or os.access(place, os.W_OK, effective_ids=True)


def _ours(place: Path) -> bool:
    return place.lstat().st_uid == os.geteuid()
