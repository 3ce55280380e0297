"""A mailbox on an SFTP server, whose host key is pinned: no other server is ever spoken to."""

import contextlib
import errno
import io
import posixpath
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import paramiko

from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, WarehouseUnavailable
from dockseal.warehouses.host_keys import HostKeyRefused, HostKeys, PinnedHostKeys
from dockseal.warehouses.mailbox import PART, Stamp, is_part, new_part

TIMEOUT = 15.0
"""Seconds to connect, to log in, and between two pieces of an answer."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpAccount:
    """Where a server is, and how it knows us."""

    host: str
    port: int = 22
    user: str
    path: str = "."
    """The folder that holds the others."""
    host_keys: HostKeys
    password: Secret | None = None
    key: Secret | None = None
    """A private key, as OpenSSH or PEM writes it."""
    key_passphrase: Secret | None = None


class Sftp:
    """A mailbox on an SFTP server: one connection, which threads share one after another.

    A connection that broke is made anew, and what was under way is done again once; all of it may be done
    twice.
    """

    def __init__(self, account: SftpAccount, warehouse: str) -> None:
        """Connects nowhere yet.

        Args:
            account: Where the server is.
            warehouse: Our name of the warehouse, for sentences.

        Raises:
            SettingsFault: the private key cannot be read.
        """
        self._account = account
        self._warehouse = warehouse
        self._key = None if account.key is None else _private_key(account, warehouse)
        self._lock = threading.RLock()
        self._client: Any = None
        self._session: Any = None

    def names(self, folder: str) -> list[str]:
        """Returns the names of the files in a folder, sorted."""
        return list(self.stamps(folder))

    def stamps(self, folder: str) -> dict[str, Stamp]:
        """Returns how each file in a folder looks from outside."""
        found = self._do(lambda session: _listed(session, self._at(folder)))
        return dict(sorted(found.items()))

    def read(self, folder: str, name: str) -> bytes | None:
        """Returns what a file holds; None if it is gone."""
        return self._do(lambda session: _read(session, self._at(folder, name)))

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Writes a file under a name that nobody reads, and then renames it."""

        def write(session: Any) -> None:
            part = self._at(folder, new_part())
            try:
                _write(session, part, content)
            except FileNotFoundError:
                self._make(session, folder)
                _write(session, part, content)
            _rename(session, part, self._at(folder, name))

        self._do(write)

    def move(self, folder: str, name: str, to: str, *, named: str = "") -> None:
        """Moves a file to another folder."""

        def rename(session: Any) -> None:
            self._make(session, to)
            _rename(session, self._at(folder, name), self._at(to, named or name))

        self._do(rename)

    def remove(self, folder: str, name: str) -> None:
        """Removes a file."""
        self._do(lambda session: _remove(session, self._at(folder, name)))

    def shred(self, folder: str, name: str) -> None:
        """Removes a file; what the server's disk keeps of it is not in our hands."""
        self.remove(folder, name)

    def sweep(self, folder: str) -> None:
        """Removes what `put` left half written in a folder."""

        def remove(session: Any) -> None:
            with contextlib.suppress(FileNotFoundError):
                for name in filter(is_part, session.listdir(self._at(folder))):
                    _remove(session, self._at(folder, name))

        self._do(remove)

    def close(self) -> None:
        """Ends the connection."""
        with self._lock:
            self._drop()

    def _at(self, *names: str) -> str:
        return posixpath.join(self._account.path, *names)

    def _make(self, session: Any, folder: str) -> None:
        place = self._account.path
        for name in folder.split("/"):
            place = posixpath.join(place, name)
            if not _is_there(session, place):
                session.mkdir(place)

    def _do(self, act: Callable[[Any], _T]) -> _T:
        """Does something over the connection, and once more over a new one where the first had broken."""
        with self._lock:
            was_kept = self._session is not None
            try:
                return act(self._connected())
            except (OSError, EOFError, paramiko.SSHException) as fault:
                what = self._words(fault)
            if was_kept and not self._is_alive():
                self._drop()
                try:
                    return act(self._connected())
                except (OSError, EOFError, paramiko.SSHException) as fault:
                    what = self._words(fault)
            if not self._is_alive():
                self._drop()
        # Raised out here, the error does not carry the one before, which could quote what was written.
        raise WarehouseUnavailable(what)

    def _connected(self) -> Any:
        if self._session is None:
            account = self._account
            self._client = paramiko.SSHClient()
            self._client.set_missing_host_key_policy(PinnedHostKeys(account.host_keys))
            self._client.connect(
                account.host,
                account.port,
                username=account.user,
                password=None if account.password is None else account.password.reveal(),
                pkey=self._key,
                timeout=TIMEOUT,
                banner_timeout=TIMEOUT,
                auth_timeout=TIMEOUT,
                channel_timeout=TIMEOUT,
                allow_agent=False,
                look_for_keys=False,
                disabled_algorithms={"keys": account.host_keys.other_kinds()},
            )
            session = self._client.open_sftp()
            session.get_channel().settimeout(TIMEOUT)
            self._session = session
        return self._session

    def _is_alive(self) -> bool:
        if self._session is None:
            return False
        transport = self._client.get_transport()
        return transport is not None and transport.is_active() and not self._session.get_channel().closed

    def _drop(self) -> None:
        client, self._client, self._session = self._client, None, None
        if client is not None:
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                client.close()

    def _words(self, fault: Exception) -> str:
        server = f"the SFTP server of warehouse {self._warehouse}"
        if isinstance(fault, HostKeyRefused):
            return (
                f"{server} shows the host key {fault.fingerprint}, which is not the one given as host_key: "
                "nothing was sent; ask the warehouse whether its server changed before you change the option"
            )
        if isinstance(fault, paramiko.AuthenticationException):
            return (
                f"{server} does not let user {self._account.user} in: store the key or password that it "
                f"takes with `dockseal warehouses secret {self._warehouse}`"
            )
        if isinstance(fault, paramiko.ssh_exception.IncompatiblePeer):
            return (
                f"{server} offers no host key of the kind given as host_key, or only ciphers that are no "
                "longer safe: nothing was sent; ask the warehouse which host keys its server has"
            )
        if isinstance(fault, PermissionError):
            return f"{server} does not let us write or read its folders: ask the warehouse for that"
        return f"{server} cannot be used ({type(fault).__name__}); it is tried again"


def _private_key(account: SftpAccount, warehouse: str) -> Any:
    text = account.key.reveal() if account.key is not None else ""
    passphrase = None if account.key_passphrase is None else account.key_passphrase.reveal()
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with contextlib.suppress(paramiko.SSHException, ValueError, TypeError, IndexError):
            return kind.from_private_key(io.StringIO(text.strip() + "\n"), passphrase)
    raise SettingsFault(
        (
            f"the SFTP key of warehouse {warehouse} cannot be read: it is a private key of the kind Ed25519, "
            "ECDSA or RSA as ssh-keygen writes it, and one with a passphrase needs sftp_key_passphrase",
        )
    )


def _listed(session: Any, place: str) -> dict[str, Stamp]:
    try:
        found = session.listdir_attr(place)
    except FileNotFoundError:
        return {}
    return {
        each.filename: Stamp(size=each.st_size or 0, changed=float(each.st_mtime or 0))
        for each in found
        if stat.S_ISREG(each.st_mode or stat.S_IFREG)
        and not each.filename.endswith(PART)
        and "/" not in each.filename
    }


def _read(session: Any, place: str) -> bytes | None:
    try:
        with session.open(place, "rb") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None


def _write(session: Any, place: str, content: bytes) -> None:
    """Writes a file, and sees that it is whole: paramiko forgets what goes wrong when it closes one."""
    with session.open(place, "wb") as file:
        file.write(content)
    if session.stat(place).st_size != len(content):
        raise OSError("not all of it was kept")


def _rename(session: Any, place: str, to: str) -> None:
    """Renames a file over another one; a server that cannot has the other one removed first.

    A server calls much "no such file", such as a folder that is none: only a file that is gone is no fault.
    """
    try:
        session.posix_rename(place, to)
    except FileNotFoundError:
        if _is_there(session, place):
            raise
        return
    except OSError as fault:
        if fault.errno is not None:
            raise
    else:
        return
    if _is_there(session, place):
        _remove(session, to)
        session.rename(place, to)


def _is_there(session: Any, place: str) -> bool:
    try:
        session.stat(place)
    except FileNotFoundError:
        return False
    return True


def _remove(session: Any, place: str) -> None:
    try:
        session.remove(place)
    except OSError as fault:
        if fault.errno != errno.ENOENT:
            raise
