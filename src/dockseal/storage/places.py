"""Where the two databases are: files of SQLite, or databases of PostgreSQL."""

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeGuard

from dockseal.domain.database_url import DatabaseUrl
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault
from dockseal.storage.router import OPERATIONS, VAULT

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A database of a PostgreSQL server, as one role uses it."""

    url: DatabaseUrl
    password: Path | Secret | None = None
    """A file that only its owner may read, read at each connection; None: libpq's own password file."""
    ca: Path | None = None
    """The authorities that the server's certificate is checked against; None: the system's."""

    def as_owner(self, password: Path | Secret | None) -> Self:
        """Returns the same database as the owner of its tables uses it."""
        return replace(self, url=replace(self.url, role=self.url.owner), password=password)

    def __str__(self) -> str:
        return str(self.url)


Place = Path | Server


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabasePlaces:
    """Where the two databases are."""

    operations: Place
    vault: Place

    def by_alias(self) -> dict[str, Place]:
        """Returns the place of each database alias."""
        return {OPERATIONS: self.operations, VAULT: self.vault}


def on_servers(places: dict[str, Place]) -> TypeGuard[dict[str, Server]]:
    """Tells whether the databases are PostgreSQL's."""
    return all(isinstance(place, Server) for place in places.values())


def password_of(server: Server) -> str | None:
    """Returns the password of a role, read anew, so that a changed one needs no restart.

    Raises:
        SettingsFault: its file is missing, or others may read it.
    """
    if not isinstance(server.password, Path):
        return None if server.password is None else server.password.reveal()
    place, what = server.password, f"the password of the role {server.url.role}"
    try:
        with place.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise SettingsFault(
                    (f"{what} in {place} can be read by others than its owner: run `chmod 400 {place}`",)
                )
            return file.read().decode().rstrip("\r\n")
    except OSError as fault:
        raise SettingsFault((f"{what} cannot be read in {place}: {fault.strerror}",)) from None
    except UnicodeDecodeError:
        raise SettingsFault((f"{what} in {place} is no UTF-8 text: write it anew",)) from None
