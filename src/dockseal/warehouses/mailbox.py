"""Mailboxes: folders in which files are exchanged with a warehouse, here or on a server of its own."""

import errno
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dockseal.errors import WarehouseUnavailable

PART = ".part"
"""Ends the name of a file that is still being written; nobody reads one."""
_OWN_PART = re.compile(r"\.[0-9a-f]{16}\.part")


def new_part() -> str:
    """Returns the name of a file of ours until it is written."""
    return f".{secrets.token_hex(8)}{PART}"


def is_part(name: str) -> bool:
    """Tells whether `new_part` made this name."""
    return _OWN_PART.fullmatch(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """How a file looks from outside: while it is being written, that changes."""

    size: int
    """Bytes."""
    changed: float
    """When it was last changed, in seconds of the far side's clock."""


class Mailbox(Protocol):
    """Files in folders, named `out`, `in`, … Only `WarehouseUnavailable` leaves it, and names no content."""

    def names(self, folder: str) -> list[str]:
        """Returns the names of the files in a folder, sorted; empty where there is no such folder."""

    def stamps(self, folder: str) -> dict[str, Stamp]:
        """Returns how each file in a folder looks from outside, in the order of their names."""

    def read(self, folder: str, name: str) -> bytes | None:
        """Returns what a file holds; None if it is gone."""

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Writes a file so that whoever looks sees all of it or nothing; one of this name is replaced."""

    def move(self, folder: str, name: str, to: str, *, named: str = "") -> None:
        """Moves a file to another folder, replacing one of its name there; one that is gone is no fault.

        Args:
            folder: Where it lies.
            name: Its name.
            to: Where it is to lie.
            named: Its name there; empty: the same.
        """

    def remove(self, folder: str, name: str) -> None:
        """Removes a file; one that is gone is no fault."""

    def shred(self, folder: str, name: str) -> None:
        """Removes a file so that its content is gone too, as far as that is in our hands."""

    def sweep(self, folder: str) -> None:
        """Shreds what `put` left half written in a folder when it was cut off; only while nobody puts."""

    def close(self) -> None:
        """Ends what connects to it."""


class Directory:
    """A mailbox in a directory of this machine, or one that is mounted here."""

    def __init__(self, root: Path, warehouse: str) -> None:
        self._root = root
        self._warehouse = warehouse

    def names(self, folder: str) -> list[str]:
        """Returns the names of the files in a folder, sorted."""
        return list(self.stamps(folder))

    def stamps(self, folder: str) -> dict[str, Stamp]:
        """Returns how each file in a folder looks from outside."""
        try:
            with os.scandir(self._root / folder) as found:
                files = sorted(filter(_is_file, found), key=lambda each: each.name)
                return {each.name: _stamp(each) for each in files if not each.name.endswith(PART)}
        except FileNotFoundError:
            return {}
        except OSError as fault:
            what = type(fault).__name__
        raise self._unavailable(what)

    def read(self, folder: str, name: str) -> bytes | None:
        """Returns what a file holds; None if it is gone."""
        try:
            return (self._root / folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            what = type(fault).__name__
        raise self._unavailable(what)

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Writes a file under a name that nobody reads, and then renames it."""
        part = self._root / folder / new_part()
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(part.with_name(name))
        except OSError as fault:
            what = type(fault).__name__
        else:
            return
        raise self._unavailable(what)

    def move(self, folder: str, name: str, to: str, *, named: str = "") -> None:
        """Moves a file to another folder."""
        try:
            (self._root / to).mkdir(parents=True, exist_ok=True)
            (self._root / folder / name).replace(self._root / to / (named or name))
        except FileNotFoundError:
            return
        except OSError as fault:
            what = type(fault).__name__
        else:
            return
        raise self._unavailable(what)

    def remove(self, folder: str, name: str) -> None:
        """Removes a file."""
        try:
            (self._root / folder / name).unlink(missing_ok=True)
        except OSError as fault:
            what = type(fault).__name__
        else:
            return
        raise self._unavailable(what)

    def shred(self, folder: str, name: str) -> None:
        """Writes over a file, and then removes it; what a disk or a backup kept of it is not in our hands."""
        place = self._root / folder / name
        try:
            _write_over(place)
            place.unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except OSError as fault:
            what = type(fault).__name__
        else:
            return
        raise self._unavailable(what)

    def sweep(self, folder: str) -> None:
        """Shreds what `put` left half written in a folder."""
        try:
            left = [each.name for each in (self._root / folder).iterdir() if is_part(each.name)]
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as fault:
            what = type(fault).__name__
        else:
            for name in left:
                self.shred(folder, name)
            return
        raise self._unavailable(what)

    def close(self) -> None:
        """There is nothing to end."""

    def _unavailable(self, what: str) -> WarehouseUnavailable:
        return WarehouseUnavailable(
            f"the folder of warehouse {self._warehouse} cannot be used ({what}): see that it is there and "
            "ours to write; it is tried again"
        )


def _write_over(place: Path) -> None:
    """Writes over a file; a link or a pipe that somebody put in its place is left for `unlink` alone."""
    try:
        opened = os.open(place, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as fault:
        if fault.errno not in {errno.ELOOP, errno.ENXIO}:
            raise
        return
    with os.fdopen(opened, "wb") as file:
        file.write(bytes(os.fstat(opened).st_size))
        file.flush()
        os.fsync(opened)


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    found = entry.stat(follow_symlinks=False)
    return Stamp(size=found.st_size, changed=found.st_mtime)
