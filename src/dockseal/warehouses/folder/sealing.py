"""Encrypts files to the warehouse's key, and opens what it encrypted to ours."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pyrage

from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, SettingsFault, WarehouseUnavailable
from dockseal.warehouses.folder.options import Encrypting, FolderOptions

_PATIENCE = 60
"""Seconds for gpg."""


class Sealing(Protocol):
    """Makes a file readable for the warehouse alone."""

    ending: str
    """What the name of a sealed file ends with."""

    def seal(self, content: bytes) -> bytes:
        """Returns what lies at the far side.

        Raises:
            WarehouseUnavailable: it cannot be encrypted now.
        """


class Open:
    """Encrypts nothing: chosen on purpose, and removed as soon as it was fetched."""

    ending = ""

    def seal(self, content: bytes) -> bytes:
        """Returns it as it is."""
        return content


class Age:
    """Encrypts with age, to one or several X25519 keys."""

    ending = ".age"

    def __init__(self, recipients: Sequence[str], warehouse: str) -> None:
        try:
            self._recipients = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
        except pyrage.RecipientError:
            self._recipients = []
        if not self._recipients:
            raise SettingsFault(
                (f"the recipient of warehouse {warehouse} is no public age key; write it as age1…",)
            )

    def seal(self, content: bytes) -> bytes:
        """Returns it encrypted."""
        sealed: bytes = pyrage.encrypt(content, self._recipients)
        return sealed


class Pgp:
    """Encrypts with the program gpg, to the public key that the warehouse gave us; no keyring is used."""

    ending = ".pgp"

    def __init__(self, key: Secret | None, warehouse: str) -> None:
        program = shutil.which("gpg")
        if program is None:
            raise SettingsFault(
                (
                    f"warehouse {warehouse} has encrypt=pgp, and the program gpg is not installed here: "
                    "install GnuPG, or choose encrypt=age",
                )
            )
        if key is None:
            raise SettingsFault(
                (
                    f"warehouse {warehouse} has no public PGP key: store it with "
                    f"`dockseal warehouses secret {warehouse} pgp_key --file KEY.asc`",
                )
            )
        self._program, self._key, self._warehouse = program, key, warehouse

    def seal(self, content: bytes) -> bytes:
        """Returns it encrypted; the plain text goes through a pipe, and touches no disk.

        Raises:
            WarehouseUnavailable: gpg does not take the key, such as one that has expired.
        """
        with tempfile.TemporaryDirectory(prefix="dockseal-") as home:
            key = Path(home) / "key"
            key.write_text(self._key.reveal(), encoding="utf-8")
            quiet = ["--batch", "--no-tty", "--quiet", "--no-options", "--no-autostart", "--homedir", home]
            try:
                done = subprocess.run(  # noqa: S603 - the program that was found, no shell
                    [self._program, *quiet, "--recipient-file", str(key), "--output", "-", "--encrypt"],
                    input=content,
                    capture_output=True,
                    timeout=_PATIENCE,
                    check=False,
                )
                sealed = done.stdout if done.returncode == 0 else b""
            except (OSError, subprocess.TimeoutExpired):
                sealed = b""
        if not sealed:
            raise WarehouseUnavailable(
                f"gpg cannot encrypt to the PGP key of warehouse {self._warehouse}: see whether it has "
                "expired or is no public key, and store another one; nothing was sent"
            )
        return sealed


def sealing(options: FolderOptions, pgp_key: Secret | None) -> Sealing:
    """Returns how a warehouse's files are encrypted.

    Raises:
        SettingsFault: a key is missing or is none, or gpg is not installed.
    """
    if options.encrypting is Encrypting.AGE:
        return Age(options.recipients, options.warehouse)
    if options.encrypting is Encrypting.PGP:
        return Pgp(pgp_key, options.warehouse)
    return Open()


class Opening:
    """Opens the warehouse's own files, where it encrypts them to our age identity."""

    def __init__(self, identity: Secret | None, warehouse: str) -> None:
        """Reads the identity: the line `AGE-SECRET-KEY-1…`, or the file that age-keygen wrote.

        Raises:
            SettingsFault: it is none.
        """
        self._identities: list[Any] = []
        if identity is None:
            return
        lines = (line.strip() for line in identity.reveal().splitlines())
        try:
            self._identities = [
                pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")
            ]
        except pyrage.IdentityError:
            self._identities = []
        if not self._identities:
            raise SettingsFault(
                (f"the age_identity of warehouse {warehouse} is none; store what age-keygen wrote",)
            )

    def open(self, name: str, content: bytes) -> tuple[str, bytes]:
        """Returns the name and the content of a file as they were before it was encrypted.

        Raises:
            BadInput: it is encrypted, and we cannot open it.
        """
        if name.lower().endswith((".pgp", ".gpg", ".asc")):
            raise BadInput(
                "it is encrypted with PGP, which is not opened here: ask for age, or for plain files"
            )
        if not name.lower().endswith(".age"):
            return name, content
        if not self._identities:
            raise BadInput("it is encrypted with age, and no age_identity is stored for the warehouse")
        try:
            plain: bytes = pyrage.decrypt(content, self._identities)
        except pyrage.DecryptError:
            plain = b""
            is_open = False
        else:
            is_open = True
        if not is_open:
            raise BadInput("it is not encrypted to our age_identity, or arrived damaged: ask for it again")
        return name[: -len(".age")], plain
