"""Which mailbox a warehouse has, by its options and the secrets that it gave us."""

import re
from pathlib import Path

from dockseal.domain.release import Warehouse
from dockseal.errors import SettingsFault
from dockseal.warehouses.given_secrets import given_secrets
from dockseal.warehouses.host_keys import host_keys
from dockseal.warehouses.mailbox import Directory, Mailbox
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.sftp import Sftp, SftpAccount

GIVEN = ("sftp_password", "sftp_key", "sftp_key_passphrase")
"""The secrets that a mailbox may need: an adapter with one names them in its `given`."""

_SERVER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_LAST_PORT = 65_535


def mailbox_of(parts: AdapterParts) -> Mailbox:
    """Returns a warehouse's mailbox; it connects once it is used.

    Options: `root` names a directory of this machine. Or `sftp` names a server (`host:port`), with `user`,
    `host_key`, and `path`, the folder on it that holds the others.

    Raises:
        SettingsFault: the options or the given secrets cannot work.
    """
    check_mailbox(parts.warehouse)
    if root := parts.warehouse.option("root"):
        return Directory(Path(root), parts.warehouse.id)
    return Sftp(_account(parts), parts.warehouse.id)


def check_mailbox(warehouse: Warehouse) -> None:
    """Refuses options of a mailbox that cannot work, whatever secrets there are.

    Raises:
        SettingsFault: they cannot.
    """
    root, sftp = warehouse.option("root"), warehouse.option("sftp")
    if bool(root) == bool(sftp):
        raise SettingsFault(
            (
                f"warehouse {warehouse.id} needs one place for its files: add the option root=/a/directory "
                "or sftp=host:port, not both",
            )
        )
    if root:
        if not Path(root).is_absolute():
            raise SettingsFault((f"the root of warehouse {warehouse.id} must begin with /; write it so",))
        return
    _server(warehouse)
    if not warehouse.option("user"):
        raise SettingsFault((f"warehouse {warehouse.id} has no SFTP user; add the option user=…",))
    host_keys(warehouse.option("host_key"), warehouse.id)


def _server(warehouse: Warehouse) -> tuple[str, int]:
    found = _SERVER.fullmatch(warehouse.option("sftp"))
    port = int(found["port"] or 22) if found else 0
    if found is None or not 0 < port <= _LAST_PORT:
        raise SettingsFault((f"the sftp option of warehouse {warehouse.id} is no host:port; write it so",))
    return found["host"].strip("[]"), port


def _account(parts: AdapterParts) -> SftpAccount:
    warehouse = parts.warehouse
    given = given_secrets(parts.secret, warehouse.id)
    if "sftp_key" not in given and "sftp_password" not in given:
        raise SettingsFault(
            (
                f"warehouse {warehouse.id} has no key and no password for its SFTP server: store one with "
                f"`dockseal warehouses secret {warehouse.id} sftp_key` (or sftp_password)",
            )
        )
    host, port = _server(warehouse)
    return SftpAccount(
        host=host,
        port=port,
        user=warehouse.option("user"),
        path=warehouse.option("path") or ".",
        host_keys=host_keys(warehouse.option("host_key"), warehouse.id),
        password=given.get("sftp_password"),
        key=given.get("sftp_key"),
        key_passphrase=given.get("sftp_key_passphrase"),
    )
