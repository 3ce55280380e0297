"""What the service asks of the shredder: small files in a folder that it may write.

<epoch>.ask      destroy the key of this epoch: its name, or an ask that two officers signed
rotate.ask       begin a rotation of the master key, and wrap the epoch keys under the next one
finish.ask       everything else lies under the next one: destroy the master key before
<name>.refused   the shredder's answer, where it does not do what was asked
beside/          the service's own notes, apart from its databases; see `beside_keys`

The folder is the shredder's, with the sticky bit: the service changes its own files there and no others. What
it writes is taken for nothing but bytes: links, odd names, huge files and whatever is no file are removed.
"""

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dockseal.errors import SettingsFault, StorageUnavailable
from dockseal.pii_security.epochs import is_epoch
from dockseal.pii_security.files import replace_file

ROTATE = "rotate"
FINISH = "finish"
BESIDE = "beside"
FOLDER_MODE = 0o3770
"""Its group writes, files get that group, and everybody removes only their own."""
MOST_BYTES = 16 * 1024
MOST_FILES = 10_000
"""So many names are looked at in one round; the others wait for the next."""
_ASK, _REFUSED = ".ask", ".refused"
_DRAFT = re.compile(r"\.[A-Za-z0-9.]{1,64}\.[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAsk:
    """One file that was found.

    Attributes:
        name: An epoch, `rotate` or `finish`.
        contents: What it holds; believed by nobody.
    """

    name: str
    contents: bytes


class KeyAsks:
    """The folder of asks, for both sides."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, name: str, text: str) -> None:
        """Asks for something; the service's side. An earlier ask for the same, and its answer, count no more.

        Raises:
            StorageUnavailable: the folder cannot be written.
        """
        try:
            replace_file(self._directory / f"{name}{_ASK}", text.encode())
        except OSError as fault:
            raise self._unusable(fault) from None

    def pending(self, name: str) -> bool:
        """Tells whether an ask waits for the shredder; the service's side."""
        return (self._directory / f"{name}{_ASK}").exists()

    def refusal(self, name: str) -> str:
        """Returns why the shredder does not do what was asked; empty: it did not say so.

        Raises:
            StorageUnavailable: the folder cannot be read.
        """
        try:
            return "" if self.pending(name) else (self._directory / f"{name}{_REFUSED}").read_text().strip()
        except FileNotFoundError:
            return ""
        except OSError as fault:
            raise self._unusable(fault) from None

    def made(self) -> None:
        """Makes the folder, or closes it to all but the group; the shredder's side.

        Raises:
            SettingsFault: it cannot be made, or is not this user's own.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            found = self._directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                raise SettingsFault(
                    (f"the folder of asks, {self._directory}, must belong to the shredder's user: remove it",)
                )
            self._directory.chmod(FOLDER_MODE)
            (self._directory / BESIDE).mkdir(exist_ok=True)
            (self._directory / BESIDE).chmod(FOLDER_MODE)
        except OSError as fault:
            raise SettingsFault(
                (f"asks cannot be kept in {self._directory}: {fault.strerror}; see DOCKSEAL_KEY_ASKS_DIR",)
            ) from None

    def waiting(self) -> Iterator[KeyAsk | str]:
        """Yields each ask, and of what is none, and was removed, the name; the shredder's side.

        Raises:
            StorageUnavailable: the folder cannot be read.
        """
        try:
            folder = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as fault:
            raise self._unusable(fault) from None
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry, _ in zip(entries, range(MOST_FILES), strict=False)]
            for file in sorted(names):
                if file == BESIDE or _DRAFT.fullmatch(file) or _known(file, _REFUSED):
                    continue
                contents = _contents(folder, file) if _known(file, _ASK) else None
                if contents is None:
                    _remove(folder, file)
                    yield file
                else:
                    yield KeyAsk(name=file.removesuffix(_ASK), contents=contents)
        finally:
            os.close(folder)

    def done(self, name: str) -> None:
        """Takes an ask away that was fulfilled, and an earlier answer; the shredder's side."""
        for place in (f"{name}{_REFUSED}", f"{name}{_ASK}"):
            with contextlib.suppress(OSError):
                (self._directory / place).unlink()

    def refuse(self, name: str, why: str) -> None:
        """Answers an ask and takes it away; the shredder's side."""
        with contextlib.suppress(OSError):
            replace_file(self._directory / f"{name}{_REFUSED}", f"{why}\n".encode())
        with contextlib.suppress(OSError):
            (self._directory / f"{name}{_ASK}").unlink()

    def _unusable(self, fault: OSError) -> StorageUnavailable:
        reason = fault.strerror or type(fault).__name__
        return StorageUnavailable(
            f"the folder of asks, {self._directory}, cannot be used: {reason}; see that `dockseal shredder` "
            "runs, and that this user is in its group"
        )


def plain_text(epoch: str) -> str:
    """Returns the ask to destroy the key of an epoch that has ended."""
    return f"{epoch}\n"


def rotate_text(label: str) -> str:
    """Returns the ask to rotate the master key of this label: another one is not rotated by it."""
    return f"rotate the master key {label}\n"


def finish_text(label: str) -> str:
    """Returns the ask to finish the rotation to the master key of this label."""
    return f"finish the rotation to the master key {label}\n"


def _known(file: str, ending: str) -> bool:
    name = file.removesuffix(ending)
    return file.endswith(ending) and (name in {ROTATE, FINISH} or is_epoch(name))


def _contents(folder: int, file: str) -> bytes | None:
    """Returns what a plain, small file holds that has no second name; None: it is something else."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_size > MOST_BYTES:
            return None
        contents = os.read(handle, MOST_BYTES + 1)
    finally:
        os.close(handle)
    return contents if len(contents) <= MOST_BYTES else None


def _remove(folder: int, file: str) -> None:
    """Takes away what is no ask; a folder stays unless it is empty: nothing is looked for in it."""
    try:
        os.unlink(file, dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.rmdir(file, dir_fd=folder)
