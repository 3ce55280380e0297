"""Where a database on a PostgreSQL server is, and which role uses it: never with a password."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from dockseal.domain.loopback import is_loopback

OWNER_ENDS = "_owner"
_SHAPE = "postgresql://role@host:port/name"
_PORT = 5432
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """One database and one role on one server."""

    host: str
    """A name, an address, or the folder of a Unix socket."""
    port: int
    name: str
    role: str

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Returns what a `postgresql://role@host:port/name` URL says.

        The folder of a Unix socket takes the host's place, its slashes written as `%2F`.

        Raises:
            ValueError: it is no such URL, or carries a password; the text does not repeat it.
        """
        try:
            parts = urlsplit(text)
            given = parts.port
        except ValueError:
            raise ValueError(f"is no URL such as {_SHAPE}") from None
        if parts.password is not None or parts.query or parts.fragment:
            raise ValueError(
                "holds a password or more than it should: it is written "
                f"{_SHAPE}, and the password goes into a file of its own"
            )
        if parts.scheme != "postgresql":
            raise ValueError(f"is no URL such as {_SHAPE}")
        role, host, name = unquote(parts.username or ""), _host(parts), unquote(parts.path.removeprefix("/"))
        if not host:
            raise ValueError(f"names no host: it is written {_SHAPE}")
        for what, word, most in (("role", role, _LONGEST - len(OWNER_ENDS)), ("database", name, _LONGEST)):
            if not _IDENTIFIER.fullmatch(word) or len(word) > most or word.startswith("pg_"):
                raise ValueError(
                    f"names no {what} Dockseal can use: small letters, digits and _, {most} at most"
                )
        return cls(host=host, port=_PORT if given is None else given, name=name, role=role)

    @property
    def local(self) -> bool:
        """Whether what is sent there leaves this machine."""
        return self.host.startswith("/") or is_loopback(self.host)

    @property
    def owner(self) -> str:
        """The role that owns the tables: it makes and changes them, and Dockseal never serves under it."""
        return self.role + OWNER_ENDS

    def __str__(self) -> str:
        return f"{self.name} at {self.host}:{self.port}"


def _host(parts: SplitResult) -> str:
    """Returns the host as it is written: `SplitResult.hostname` would lower the letters of a folder."""
    place = parts.netloc.rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return unquote(place.partition(":")[0])
