"""The master key in a folder, and during a rotation the next one beside it.

master.key     the master key, under a guard
master.next    during a rotation: what takes its place; all that is new lies under it. Where it lies under
               another passphrase or secret, it is also kept under the master key before, so that a
               process which was started with the earlier one goes on
master.old     for a moment at the end: what it took the place of, until that is overwritten
"""

import json
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dockseal.errors import SealBroken
from dockseal.pii_security.envelope import KEY_BYTES, decrypt, encrypt
from dockseal.pii_security.files import (
    clear_away,
    destroy_file,
    refuse_if_open,
    rewrite,
    sync_folder,
    write_new,
)

MASTER = "master.key"
_NEXT = "master.next"
_OLD = "master.old"
_WRAPPING = "epoch-keys"
_HANDED_ON = "handed_on"


class Guard(Protocol):
    """Takes master keys out of what they lie under, and puts the next one there."""

    def open(self, contents: bytes, place: Path) -> bytes:
        """Returns the master key that a file holds."""

    def close_like(self, before: bytes, place: Path, master: bytes) -> bytes:
        """Returns what the file of the next master key holds, given what that of the one before does."""


class Wrapping(Protocol):
    """Wraps the keys of epochs under a master key. The folder's lock is held around each call."""

    def wrap(self, epoch: str, key: bytes) -> bytes:
        """Returns the key wrapped under the newest master, bound to the epoch."""

    def unwrap(self, epoch: str, wrapped: bytes) -> bytes:
        """Undoes `wrap`. Raises SealBroken."""

    def forget(self, epoch: str) -> None:
        """Drops the key of an epoch from memory, if it is kept there."""

    def master_of(self, epoch: str, wrapped: bytes) -> str:
        """Returns the label of the master that a key is wrapped under. Raises SealBroken."""

    def newest(self) -> str:
        """Returns the label of the master that new keys are wrapped under."""

    def derived(self, purpose: str) -> list[bytes]:
        """Returns 32 bytes for one purpose of each master that is in use, the newest first."""

    def begin(self) -> str:
        """Begins a rotation, or joins the one that was begun; returns the next master's label."""

    def finish(self, label: str) -> None:
        """Destroys the master before, once nothing lies under it; does nothing if this was done."""


class Masters:
    """The wrapping of the `file` provider."""

    def __init__(self, directory: Path, guard: Guard, *, hands_on: bool = False) -> None:
        """Reads nothing yet.

        Args:
            directory: The folder.
            guard: What the master keys lie under.
            hands_on: Whether the next one is kept under the one before as well, while there are both.
        """
        self._directory = directory
        self._guard = guard
        self._hands_on = hands_on
        self._known: dict[bytes, bytes] = {}

    def wrap(self, epoch: str, key: bytes) -> bytes:
        """Returns the key wrapped under the newest master, bound to the epoch."""
        return encrypt(derive(self._all()[0], _WRAPPING), key, bound=_bound(epoch))

    def unwrap(self, epoch: str, wrapped: bytes) -> bytes:
        """Undoes `wrap`.

        Raises:
            SealBroken: no master that is in use opens it.
        """
        return self._opened(epoch, wrapped)[1]

    def master_of(self, epoch: str, wrapped: bytes) -> str:
        """Returns the label of the master that a key is wrapped under.

        Raises:
            SealBroken: no master that is in use opens it.
        """
        return _label(self._opened(epoch, wrapped)[0])

    def newest(self) -> str:
        """Returns the label of the master that new keys are wrapped under."""
        return _label(self._all()[0])

    def derived(self, purpose: str) -> list[bytes]:
        """Returns 32 bytes for one purpose of each master that is in use, the newest first."""
        return [derive(master, purpose) for master in self._all()]

    def rotating(self) -> bool:
        """Tells whether a rotation was begun."""
        return self._place(_NEXT).exists()

    def begin(self) -> str:
        """Begins a rotation, or joins the one that was begun; returns the next master's label."""
        self._clear_away()
        if not self._place(_NEXT).exists():
            before = self._place(MASTER)
            master = secrets.token_bytes(KEY_BYTES)
            closed = self._guard.close_like(before.read_bytes(), before, master)
            if self._hands_on:
                closed = _handing_on(closed, self._all()[0], master)
            write_new(self._place(_NEXT), closed)
        return self.newest()

    def forget(self, epoch: str) -> None:
        """Drops the key of an epoch from memory: none is kept there."""

    def finish(self, label: str) -> None:
        """Puts the next master in the place of the one before, which is overwritten."""
        if not self._place(_NEXT).exists() or self.newest() != label:
            return
        self._clear_away()
        contents = self._place(_NEXT).read_bytes()
        if (closed := _parted(contents)[0]) != contents:
            rewrite(self._place(_NEXT), closed)
        os.link(self._place(MASTER), self._place(_OLD))
        self._place(_NEXT).replace(self._place(MASTER))
        sync_folder(self._directory)
        destroy_file(self._place(_OLD))

    def _all(self) -> list[bytes]:
        """Returns the masters in use, the newest first; a file is opened once for as long as it stays."""
        found: dict[bytes, bytes] = {}
        before = None
        for place in (self._place(MASTER), self._place(_NEXT)):
            try:
                refuse_if_open(place)
                closed, handed = _parted(place.read_bytes())
            except FileNotFoundError:
                if place.name == MASTER:
                    raise
                continue
            before = found[closed] = (
                self._known.get(closed)
                or _handed_on(closed, handed, before)
                or self._guard.open(closed, place)
            )
        self._known = found
        return list(reversed(found.values()))

    def _opened(self, epoch: str, wrapped: bytes) -> tuple[bytes, bytes]:
        broken = SealBroken(f"no master key opens the key of epoch {epoch}: restore both from one backup")
        for master in self._all():
            try:
                key = derive(master, _WRAPPING)
                return master, decrypt(key, wrapped, bound=_bound(epoch), what=f"the key of epoch {epoch}")
            except SealBroken as fault:
                broken = fault
        raise broken

    def _clear_away(self) -> None:
        """Destroys what a rotation left that was killed, but no master that is in use under another name."""
        left = [*self._directory.glob(f".{_NEXT}.*"), *self._directory.glob(_OLD)]
        clear_away(left, in_use=(self._place(MASTER), self._place(_NEXT)))

    def _place(self, name: str) -> Path:
        return self._directory / name


def derive(master: bytes, purpose: str) -> bytes:
    """Returns 32 bytes for one purpose, the same each time (HKDF-SHA256, RFC 5869)."""
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"dockseal/{purpose}".encode())
    return hkdf.derive(master)


def _handing_on(closed: bytes, before: bytes, master: bytes) -> bytes:
    """Returns what a file holds, and the next master under the one before besides."""
    try:
        facts = json.loads(closed)
    except ValueError:
        return closed  # it lies under nothing that a process could lack
    handed = encrypt(derive(before, _HANDED_ON), master, bound=closed)
    return json.dumps(facts | {_HANDED_ON: handed.hex()}).encode()


def _parted(contents: bytes) -> tuple[bytes, str]:
    """Returns what a file holds without what is handed on, and that."""
    try:
        facts = json.loads(contents)
        handed = str(facts.pop(_HANDED_ON))
    except (ValueError, KeyError, TypeError, AttributeError):
        return contents, ""
    return json.dumps(facts).encode(), handed


def _handed_on(closed: bytes, handed: str, before: bytes | None) -> bytes | None:
    """Returns the next master, if the one before opens it."""
    if before is None or not handed:
        return None
    try:
        key = derive(before, _HANDED_ON)
        return decrypt(key, bytes.fromhex(handed), bound=closed, what="the next master key")
    except (SealBroken, ValueError):
        return None


def _label(master: bytes) -> str:
    """Names a master without telling anything of it."""
    return derive(master, "label").hex()[:8]


def _bound(epoch: str) -> bytes:
    return f"dockseal/epoch-key/{epoch}".encode()
