"""Small files that must survive a power cut, or must surely be gone: for the key store."""

import contextlib
import fcntl
import os
import pwd
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from dockseal.errors import SettingsFault, StorageUnavailable

FILE_MODE = 0o600
FOLDER_MODE = 0o700
SHARED_FOLDER_MODE = 0o750
"""A folder whose files its group may read and not change: files in it are made so too."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@contextlib.contextmanager
def usable(what: str) -> Iterator[None]:
    """Turns what the system refuses into an error of ours.

    Args:
        what: Says which files cannot be used, without a full stop; the system's reason follows.

    Raises:
        StorageUnavailable: the system refused something.
    """
    try:
        yield
    except OSError as fault:
        ours = StorageUnavailable(f"{what}: {fault.strerror or type(fault).__name__}")
    else:
        return
    raise ours


def sync_folder(folder: Path) -> None:
    """Makes sure that names added to or removed from a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(place: Path, contents: bytes) -> None:
    """Writes a file that must not exist yet; other processes see it whole or not at all.

    Raises:
        FileExistsError: there is one.
    """
    draft = _draft(place, contents)
    try:
        os.link(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(place.parent)


def replace_file(place: Path, contents: bytes) -> None:
    """Writes a file that may exist; other processes see what it held, or what it holds now."""
    draft = _draft(place, contents)
    try:
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)


def rewrite(place: Path, contents: bytes) -> None:
    """Puts other contents into a file at once, and overwrites those it held; the folder's lock is held.

    Raises:
        FileNotFoundError: there is no such file.
    """
    before = os.open(place, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        _draft(place, contents).replace(place)
        sync_folder(place.parent)
        os.write(before, secrets.token_bytes(os.fstat(before).st_size))
        os.fsync(before)
    finally:
        os.close(before)


def read_closed(place: Path, what: str) -> bytes:
    """Reads a file that only its owner may read; links are followed, since mounted secrets are links.

    Args:
        place: Where it is.
        what: Names it in the error.

    Raises:
        SettingsFault: it is missing, or others may read it.
    """
    try:
        with place.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & _OTHERS:
                raise SettingsFault(
                    (f"{what} in {place} can be read by others than its owner: run `chmod 400 {place}`",)
                )
            return file.read()
    except OSError as fault:
        raise SettingsFault((f"{what} cannot be read in {place}: {fault.strerror}",)) from None


def destroy_file(place: Path) -> None:
    """Overwrites a file and removes it; does nothing if it is gone already.

    A flash drive may keep the old bytes until it reuses them: keep the folder on an encrypted drive as well.
    """
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(place, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            os.write(handle, secrets.token_bytes(os.fstat(handle).st_size))
            os.fsync(handle)
        finally:
            os.close(handle)
        place.unlink(missing_ok=True)
    sync_folder(place.parent)


def _draft(place: Path, contents: bytes) -> Path:
    """Writes contents beside a place, under a name that tells whose draft it is."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, _mode_in(place.parent))
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def make_folder(place: Path, mode: int) -> None:
    """Makes a folder of exactly this mode, whatever the process's umask; one that is there stays as it is."""
    try:
        place.mkdir(parents=True)
    except FileExistsError:
        return
    place.chmod(mode | place.stat().st_mode & stat.S_ISGID)


def mode_of_folder_in(folder: Path) -> int:
    """Returns the mode of a folder in a folder: its owner's alone, unless a group may read the outer one."""
    return SHARED_FOLDER_MODE if folder.stat().st_mode & stat.S_IRGRP else FOLDER_MODE


def _mode_in(folder: Path) -> int:
    """Returns the mode of the files in a folder: its owner's alone, unless its group may read the folder."""
    return FILE_MODE | folder.stat().st_mode & stat.S_IRGRP


def clear_away(left: Iterable[Path], *, in_use: Iterable[Path]) -> None:
    """Destroys files that a crash left; one that is a second name of a file in use only loses that name."""
    kept = [place for place in in_use if place.exists()]
    for place in left:
        if any(place.samefile(other) for other in kept):
            place.unlink()
        else:
            destroy_file(place)


@contextlib.contextmanager
def locked(place: Path) -> Iterator[None]:
    """Holds a lock that all threads and processes on this machine share."""
    handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def refuse_if_open(place: Path, *, folder_mode: int = FOLDER_MODE) -> None:
    """Refuses a file or folder that others than its owner may read; a group may, where it may its folder.

    Args:
        place: Which file or folder.
        folder_mode: The most that a folder may allow.

    Raises:
        SettingsFault: with the command that closes it.
    """
    found = place.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise SettingsFault((f"{place} is a link: put the key itself there",))
    most = folder_mode if stat.S_ISDIR(found.st_mode) else _mode_in(place.parent)
    if found.st_mode & _OTHERS & ~most:
        raise SettingsFault((f"{place} can be read by others than its owner: run `chmod {most:o} {place}`",))


def owner_of(place: Path) -> str:
    """Names the user of this machine that a file belongs to."""
    number = place.lstat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def refuse_if_writable(place: Path) -> None:
    """Refuses a file or folder that others than its owner may write; that they read it does no harm.

    Raises:
        SettingsFault: with the command that closes it.
    """
    found = place.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise SettingsFault((f"{place} is a link: put the file itself there",))
    if found.st_mode & _OTHERS_WRITE:
        raise SettingsFault((f"{place} can be written by others than its owner: run `chmod go-w {place}`",))
