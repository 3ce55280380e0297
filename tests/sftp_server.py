"""An SFTP server of our own in this process, by another library than the one that Dockseal speaks with."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import asyncssh

USER = "dockseal"
PASSWORD = "let-me-in-4711"


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class OldFiles(asyncssh.SFTPServer):
    """Files of a server that knows no `posix-rename`."""

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("not here")


class SftpServer:
    """Shows one directory to the user `USER`, who proves themself by `PASSWORD` or by `user_key`."""

    def __init__(self, root: Path, files: type[asyncssh.SFTPServer]) -> None:
        self.root = root
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.connections = 0
        self._files = files
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: Any = None
        self._open: list[asyncssh.SSHServerConnection] = []
        self.port = 0
        self.start()

    @property
    def fingerprint(self) -> str:
        return self.host_key.get_fingerprint()

    @property
    def known_hosts_line(self) -> str:
        return f"[127.0.0.1]:{self.port} {self.host_key.export_public_key().decode().strip()}"

    @property
    def user_key_text(self) -> str:
        return self.user_key.export_private_key().decode()

    def start(self) -> None:
        """Listens; on the port that it had before, if it was stopped."""
        keys = asyncssh.import_authorized_keys(self.user_key.export_public_key().decode())

        def door() -> _Door:
            self.connections += 1
            return _Door()

        def files(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
            self._open.append(channel.get_connection())
            return self._files(channel, chroot=bytes(self.root))

        async def listen() -> Any:
            return await asyncssh.create_server(
                door,
                "127.0.0.1",
                self.port,
                server_host_keys=[self.host_key],
                authorized_client_keys=keys,
                sftp_factory=files,
            )

        self._server = self._run(listen())
        self.port = self._server.get_port()

    def cut(self) -> None:
        """Ends all connections, and goes on listening."""

        async def end() -> None:
            for each in self._open:
                each.abort()
                await each.wait_closed()

        self._run(end())
        self._open.clear()

    def stop(self) -> None:
        """Ends all connections, and listens no more."""

        async def end() -> None:
            self._server.close()
            await self._server.wait_closed()

        self._run(end())
        self.cut()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)


@contextlib.contextmanager
def sftp_server(
    root: Path, *, files: type[asyncssh.SFTPServer] = asyncssh.SFTPServer
) -> Iterator[SftpServer]:
    """A server for as long as the block runs."""
    root.mkdir(parents=True, exist_ok=True)
    server = SftpServer(root, files)
    try:
        yield server
    finally:
        server.close()
