"""Where the settings put the two databases, and what PostgreSQL needs before Dockseal can serve from it."""

import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import Clock
from dockseal.domain.database_url import DatabaseUrl
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, TrailBroken
from dockseal.monitoring_audit.forgetting import agreed
from dockseal.monitoring_audit.segments import STANDING
from dockseal.monitoring_audit.tags import Tag
from dockseal.settings import Settings
from dockseal.storage.places import Server
from dockseal.storage.role_statements import role_statements
from dockseal.storage.store import DatabasePlaces, Storage

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def places_of(settings: Settings) -> DatabasePlaces:
    """Returns where the two databases are."""
    if settings.operations_database:
        return DatabasePlaces(**_servers(settings))
    return DatabasePlaces(
        operations=settings.data_dir / "operations.sqlite3", vault=settings.data_dir / "vault.sqlite3"
    )


def roles_script(settings: Settings) -> str:
    """Returns the statements that make the roles and databases the settings name.

    Raises:
        SettingsFault: the databases are files of SQLite.
    """
    servers = _postgresql(settings)
    return role_statements(servers["operations"].url, servers["vault"].url)


def migrate_databases(
    settings: Settings,
    *,
    operations_password: Path | None,
    vault_password: Path | None,
    ask: Callable[[str], Secret | None],
) -> None:
    """Brings the tables up to date as their owners, and grants the roles that serve what they need.

    Args:
        settings: What the installation chose.
        operations_password: File with the password of the operations database's owner.
        vault_password: The same of the vault's.
        ask: Asks for the password of a role that has no file; None leaves it to libpq's own password file.

    Raises:
        SettingsFault: the databases are files of SQLite, or not what they should be.
        StorageError: a database cannot be used.
    """
    servers = _postgresql(settings)
    operations, vault = servers["operations"], servers["vault"]
    Storage.migrate(
        DatabasePlaces(
            operations=operations.as_owner(operations_password or ask(operations.url.owner)),
            vault=vault.as_owner(vault_password or ask(vault.url.owner)),
        )
    )


def cut_trail(settings: Settings, *, password: Path | None, ask: Callable[[str], Secret | None]) -> int:
    """Takes the rows of the newest segment out of the audit trail, as the owner of its table.

    Args:
        settings: What the installation chose.
        password: File with the password of the operations database's owner.
        ask: Asks for it where there is no file; None leaves it to libpq's own password file.

    Returns:
        How many rows left.

    Raises:
        SettingsFault: the databases are files of SQLite.
        StorageError: a database cannot be used.
    """
    servers = _postgresql(settings)
    owner = servers["operations"].as_owner(password or ask(servers["operations"].url.owner))
    places = DatabasePlaces(operations=owner, vault=servers["vault"])
    return Storage.cut_as_owner(places, [tag.value for tag in STANDING])


def forget_orders(
    settings: Settings, clock: Clock, *, password: Path | None, ask: Callable[[str], Secret | None]
) -> int:
    """Deletes the orders that `dockseal orders forget` put on record last, as the owner of their tables.

    Args:
        settings: What the installation chose.
        clock: Tells the time.
        password: File with the password of the operations database's owner.
        ask: Asks for it where there is no file; None leaves it to libpq's own password file.

    Returns:
        How many orders are gone.

    Raises:
        SettingsFault: the databases are files of SQLite.
        StorageError: a database cannot be used.
        TrailBroken: the row of the trail does not say before when.
    """
    servers = _postgresql(settings)
    owner = servers["operations"].as_owner(password or ask(servers["operations"].url.owner))
    places = DatabasePlaces(operations=owner, vault=servers["vault"])

    def before(row: AuditRow) -> datetime:
        try:
            return agreed(dict(row.fields)["before"], clock.now())
        except (KeyError, ValueError):
            raise TrailBroken(row.seq, "it does not say before when orders are forgotten") from None

    return Storage.forget_as_owner(places, Tag.DATA_ORDERS_FORGOTTEN.value, before)


def _servers(settings: Settings) -> dict[str, Server]:
    return {
        "operations": Server(
            url=DatabaseUrl.parsed(settings.operations_database),
            password=settings.operations_password_file,
            ca=settings.database_ca,
        ),
        "vault": Server(
            url=DatabaseUrl.parsed(settings.vault_database),
            password=settings.vault_password_file,
            ca=settings.database_ca,
        ),
    }


def _postgresql(settings: Settings) -> dict[str, Server]:
    if not settings.operations_database:
        raise SettingsFault(
            (
                "the databases are files of SQLite, which need neither roles nor this: for PostgreSQL set "
                "DOCKSEAL_OPERATIONS_DATABASE and DOCKSEAL_VAULT_DATABASE",
            )
        )
    return _servers(settings)


def open_databases(settings: Settings) -> Iterator[str]:
    """Names what of SQLite's databases others can read; PostgreSQL guards its own by roles."""
    if settings.operations_database:
        return
    for place in sorted(settings.data_dir.glob("*.sqlite3*")):
        if _open(place):
            yield place.name


def _open(place: Path) -> bool:
    try:
        return bool(place.stat().st_mode & _OTHERS)
    except FileNotFoundError:
        return False  # SQLite's logs come and go
