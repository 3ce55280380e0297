"""From an empty PostgreSQL server to an installation, as its administrator and the operator type it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from postgresql import Cluster
from unit.cli.test_commands import Terminal

ROLES = [f"shop_{store}{end}" for store in ("operations", "vault") for end in ("", "_owner")]


@pytest.fixture
def settings(postgresql: Cluster, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of databases that nobody made yet."""
    at = f"{str(postgresql.folder).replace('/', '%2F')}:5432"
    for role in ROLES:
        postgresql.passwords[role] = f"{role}-invented"
    yield {
        "DOCKSEAL_OPERATIONS_DATABASE": f"postgresql://shop_operations@{at}/shop_operations",
        "DOCKSEAL_VAULT_DATABASE": f"postgresql://shop_vault@{at}/shop_vault",
        "DOCKSEAL_OPERATIONS_PASSWORD_FILE": str(postgresql.password_file("shop_operations", tmp_path)),
        "DOCKSEAL_VAULT_PASSWORD_FILE": str(postgresql.password_file("shop_vault", tmp_path)),
    }
    for store in ("operations", "vault"):
        postgresql.administrate(f"DROP DATABASE IF EXISTS shop_{store} WITH (FORCE)")
    for role in ROLES:
        postgresql.administrate(f"DROP ROLE IF EXISTS {role}")


def test_two_commands_lead_from_an_empty_server_to_an_installation(
    postgresql: Cluster, settings: dict[str, str], tmp_path: Path
) -> None:
    terminal = Terminal(folder=tmp_path)
    early = terminal.run("keys", "create", **settings)
    assert early.returncode == 1
    assert "the role does not exist" in early.stderr

    script = terminal.run("database", "roles", **settings)
    assert script.returncode == 0, script.stderr
    assert "PASSWORD" not in script.stdout
    postgresql.run_script(script.stdout)
    for role in ROLES:
        postgresql.administrate(f"ALTER ROLE {role} PASSWORD '{postgresql.passwords[role]}'")

    early = terminal.run("keys", "create", **settings)
    assert early.returncode == 2
    assert "run `dockseal database migrate`" in early.stderr
    assert not list(tmp_path.glob("dockseal-keys/*"))

    files = [
        f"--{store}-password-file={postgresql.password_file(f'shop_{store}_owner', tmp_path)}"
        for store in ("operations", "vault")
    ]
    for _ in range(2):  # a second run finds nothing to do
        migrated = terminal.run("database", "migrate", *files, **settings)
        assert migrated.returncode == 0, migrated.stderr

    assert terminal.run("keys", "create", **settings).returncode == 0
    added = terminal.run("warehouses", "add", "reno", "--adapter", "by_hand", **settings)
    assert added.returncode == 0, added.stderr
    checked = terminal.run("check", **settings)
    assert "invented" not in checked.stdout
    assert "there is no seller" in checked.stdout
    # The tests' server does not wait for its disk, and is told so.
    assert "has fsync = off for shop_vault" in checked.stdout
    assert not (tmp_path / "dockseal-data").exists()


def test_files_need_neither_roles_nor_this(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    for words in (("database", "roles"), ("database", "migrate")):
        done = terminal.run(*words)
        assert done.returncode == 2
        assert "files of SQLite" in done.stderr
