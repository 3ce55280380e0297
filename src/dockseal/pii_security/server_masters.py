"""Keys that a key of a server's wraps, which never leaves it: AWS KMS, or a transit engine.

Each call names this installation and what is wrapped, and the server binds the result to that: a key of
another installation or epoch opens nothing, and the server's own log shows which was asked for.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from dockseal.errors import SettingsFault
from dockseal.pii_security.files import FOLDER_MODE, refuse_if_open, write_new
from dockseal.pii_security.masters import Masters

_INSTALLATION = "installation"
_MOST_KEPT = 100
"""There is a key for each day of a month; more are unwrapped anew."""


class ServerKey(Protocol):
    """A key that never leaves its server."""

    def label(self) -> str:
        """Returns the label of what wraps what is new. Raises StorageUnavailable."""

    def renew(self) -> None:
        """Has the server renew the key, where that is ours to ask. Raises StorageUnavailable."""

    def wrap(self, plain: bytes, context: dict[str, str]) -> bytes:
        """Returns what is kept of a wrapped key. Raises StorageUnavailable."""

    def unwrap(self, contents: bytes, context: dict[str, str], *, what: str) -> bytes:
        """Undoes `wrap`. Raises SealBroken and StorageUnavailable."""

    def wrapped_by(self, contents: bytes, what: str) -> str:
        """Returns the label of what wrapped this. Raises SealBroken."""


@dataclass(frozen=True)
class ServerGuard:
    """Puts master keys under a key of a server's."""

    key: ServerKey
    directory: Path

    def open(self, contents: bytes, place: Path) -> bytes:
        """Returns the master key that a file holds. Raises SealBroken and StorageUnavailable."""
        return self.key.unwrap(contents, self.context("master"), what=f"the master key in {place}")

    def close_like(self, before: bytes, place: Path, master: bytes) -> bytes:  # noqa: ARG002 - as every guard
        """Returns what the file of the next master key holds. Raises StorageUnavailable."""
        return self.close(master)

    def close(self, master: bytes) -> bytes:
        """Returns what the file of a master key holds. Raises StorageUnavailable."""
        return self.key.wrap(master, self.context("master"))

    def context(self, part: str) -> dict[str, str]:
        """Returns the context of one part of this installation."""
        return {"dockseal:installation": self._installation, "dockseal:part": part}

    @cached_property
    def _installation(self) -> str:
        return installation_in(self.directory)


class ServerMasters:
    """The wrapping under a key of a server's; what it unwrapped it keeps in memory until it is forgotten."""

    def __init__(self, directory: Path, guard: ServerGuard) -> None:
        self._guard = guard
        self._masters = Masters(directory, guard)
        self._kept: dict[str, tuple[bytes, bytes]] = {}

    def wrap(self, epoch: str, key: bytes) -> bytes:
        """Returns the key wrapped by the server, bound to the epoch. Raises StorageUnavailable."""
        return self._guard.key.wrap(key, self._guard.context(f"epoch {epoch}"))

    def unwrap(self, epoch: str, wrapped: bytes) -> bytes:
        """Undoes `wrap`. Raises SealBroken and StorageUnavailable."""
        kept = self._kept.get(epoch)
        if kept is not None and kept[0] == wrapped:
            return kept[1]
        what = f"the key of epoch {epoch}"
        key = self._guard.key.unwrap(wrapped, self._guard.context(f"epoch {epoch}"), what=what)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[epoch] = (wrapped, key)
        return key

    def forget(self, epoch: str) -> None:
        """Drops the key of an epoch from memory."""
        self._kept.pop(epoch, None)

    def master_of(self, epoch: str, wrapped: bytes) -> str:
        """Returns the label of the key of the server that wrapped this. Raises SealBroken."""
        self.unwrap(epoch, wrapped)
        return self._guard.key.wrapped_by(wrapped, f"the key of epoch {epoch}")

    def newest(self) -> str:
        """Returns the label of the key of the server that wraps what is new."""
        return self._guard.key.label()

    def derived(self, purpose: str) -> list[bytes]:
        """Returns 32 bytes for one purpose of each master key in use, the newest first."""
        return self._masters.derived(purpose)

    def begin(self) -> str:
        """Begins a rotation of the master key, or joins the one begun; returns its label."""
        if not self._masters.rotating():
            self._guard.key.renew()
        return self._masters.begin()

    def finish(self, label: str) -> None:
        """Puts the next master key in the place of the one before."""
        self._masters.finish(label)


def installation_in(directory: Path) -> str:
    """Returns the name that the contexts of the keys in a folder tell.

    Raises:
        SettingsFault: it has none, or others can read it.
    """
    place = directory / _INSTALLATION
    try:
        refuse_if_open(place)
        return place.read_text()
    except FileNotFoundError:
        raise SettingsFault(
            (f"there is no {place}, so these keys lie under no server's: check DOCKSEAL_KEY_PROVIDER",)
        ) from None


def make_installation(directory: Path) -> Path:
    """Makes the folder, and a name that the installation's contexts tell; keeps one it has.

    Raises:
        SettingsFault: the folder cannot be made.
    """
    place = directory / _INSTALLATION
    try:
        directory.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not place.exists():
            write_new(place, secrets.token_hex(8).encode())
    except OSError as fault:
        raise SettingsFault((f"keys cannot be kept in {directory}: {fault.strerror}",)) from None
    return directory
