"""What a master key lies under in its file: the folder's own mode alone, a passphrase, or a mounted secret.

A file under none holds the 32 bytes themselves. The others hold JSON: the kind, how its key was made, and the
master key, encrypted with all of that as additional data, so that none of it can be exchanged.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dockseal.domain.secret import Secret
from dockseal.errors import SealBroken, SettingsFault
from dockseal.pii_security.envelope import KEY_BYTES, decrypt, encrypt
from dockseal.pii_security.files import read_closed
from dockseal.pii_security.stretching import (
    COST,
    SALT_BYTES,
    check_stretching,
    refuse_if_short,
    stretched,
    stretching,
)

LEAST_SECRET = 32


class Kind(StrEnum):
    """What a master key lies under."""

    FOLDER = "folder"
    PASSPHRASE = "passphrase"  # noqa: S105 - names a kind
    SECRET_FILE = "secret_file"  # noqa: S105 - names a kind


@dataclass(frozen=True, kw_only=True)
class Guards:
    """Puts master keys under what this installation chose, and takes them out of what they lie under.

    Attributes:
        passphrase: Gives the passphrase; None: there is none.
        secret_file: A mounted secret of 32 bytes or more; None: there is none.
        cost: Scrypt's N for new files.
    """

    passphrase: Callable[[], Secret] | None = field(default=None, repr=False)
    secret_file: Path | None = None
    cost: int = COST
    under: Kind | None = None
    """What the next master key goes under; None: what the one before lies under."""
    renewed: Callable[[], Secret] | None = field(default=None, repr=False)
    """Gives the passphrase that the next master key goes under; None: the one in use."""

    def close(self, master: bytes, *, kind: Kind | None = None) -> bytes:
        """Returns what the file of a master key holds.

        Args:
            master: 32 bytes.
            kind: What to put it under; None: the mounted secret if there is one, or else the folder alone.

        Raises:
            SettingsFault: the passphrase or the mounted secret is missing or too short.
        """
        kind = kind or (Kind.SECRET_FILE if self.secret_file else Kind.FOLDER)
        if kind is Kind.FOLDER:
            return master
        facts: dict[str, object] = {"under": kind.value, "salt": secrets.token_hex(SALT_BYTES)}
        if kind is Kind.PASSPHRASE:
            passphrase = self._asked(self.renewed or self.passphrase)
            refuse_if_short(passphrase)
            facts |= stretching(self.cost)
            key = stretched(passphrase, facts)
        else:
            key = _derived(self._secret(), facts)
        sealed = encrypt(key, master, bound=_bound(facts))
        return json.dumps({**facts, "master": sealed.hex()}).encode()

    def close_like(self, before: bytes, place: Path, master: bytes) -> bytes:
        """Returns what the file of the next master key holds.

        Args:
            before: What the file of the one before holds, which says what the next one goes under.
            place: Names that file in errors.
            master: 32 bytes.

        Raises:
            SettingsFault: the passphrase or the mounted secret is missing or too short.
        """
        return self.close(master, kind=self.under or kind_of(before, place))

    def open(self, contents: bytes, place: Path) -> bytes:
        """Returns the master key that a file holds.

        Args:
            contents: What the file holds.
            place: Names it in errors.

        Raises:
            SettingsFault: the file is damaged, or what it lies under is missing or another.
        """
        kind = kind_of(contents, place)
        if kind is Kind.FOLDER:
            return contents
        damaged = SettingsFault((f"{place} is damaged: restore its backup",))
        facts = json.loads(contents)
        try:
            sealed = bytes.fromhex(facts.pop("master"))
            _check(facts, kind)
        except (KeyError, TypeError, ValueError):
            raise damaged from None
        for key in self._tried(kind, facts):
            try:
                master = decrypt(key, sealed, bound=_bound(facts), what="the master key")
            except SealBroken:
                continue
            if len(master) != KEY_BYTES:
                raise damaged
            return master
        known = "passphrase" if kind is Kind.PASSPHRASE else f"secret in {self.secret_file}"
        raise SettingsFault(
            (
                f"the {known} does not open {place}: give the one it was made with; "
                "if this is the one, the file was altered: restore its backup",
            )
        )

    def suits(self, contents: bytes, place: Path) -> bool:
        """Tells whether a master key lies under what the next one is to go under."""
        if self.under is not None and kind_of(contents, place) is not self.under:
            return False
        if self.renewed is None:
            return True
        try:
            replace(self, passphrase=self.renewed, renewed=None).open(contents, place)
        except SettingsFault:
            return False
        return True

    def _tried(self, kind: Kind, facts: Mapping[str, object]) -> Iterator[bytes]:
        """Yields what may open a master key; a passphrase is asked for only once it is needed."""
        if kind is Kind.SECRET_FILE:
            yield _derived(self._secret(), facts)
            return
        yield stretched(self._asked(self.passphrase or self.renewed), facts)
        if self.passphrase and self.renewed:
            yield stretched(self._asked(self.renewed), facts)

    def _asked(self, passphrase: Callable[[], Secret] | None) -> Secret:
        if passphrase is None:
            raise SettingsFault(
                (
                    "the master key lies under a passphrase: put it into a file that only this user can "
                    "read, and name that in DOCKSEAL_KEY_PASSPHRASE_FILE",
                )
            )
        return passphrase()

    def _secret(self) -> bytes:
        if self.secret_file is None:
            raise SettingsFault(
                ("the master key lies under a mounted secret: name its file in DOCKSEAL_KEY_SECRET_FILE",)
            )
        secret = read_closed(self.secret_file, "the mounted secret").strip()
        if len(secret) < LEAST_SECRET:
            raise SettingsFault(
                (
                    f"the secret in {self.secret_file} is shorter than {LEAST_SECRET} bytes: "
                    "make one with `openssl rand -hex 32`",
                )
            )
        return secret


def passphrase_in(place: Path) -> Callable[[], Secret]:
    """Returns what reads a passphrase from a file, without the end of its line; nothing is read yet."""
    return lambda: Secret(_text(read_closed(place, "the passphrase"), place).rstrip("\r\n"))


def kind_of(contents: bytes, place: Path) -> Kind:
    """Tells what the master key in a file lies under.

    Raises:
        SettingsFault: the file is damaged.
    """
    if len(contents) == KEY_BYTES:
        return Kind.FOLDER
    try:
        return Kind(json.loads(contents)["under"])
    except (ValueError, KeyError, TypeError):
        raise SettingsFault((f"{place} is damaged: restore its backup",)) from None


def _derived(secret: bytes, facts: Mapping[str, object]) -> bytes:
    salt = bytes.fromhex(str(facts["salt"]))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"dockseal/guard").derive(secret)


def _check(facts: dict[str, object], kind: Kind) -> None:
    """Refuses parameters that could not be ours, before memory is spent on them.

    Raises:
        ValueError: they could not.
    """
    if len(bytes.fromhex(str(facts["salt"]))) != SALT_BYTES:
        raise ValueError("salt")
    if kind is Kind.PASSPHRASE:
        check_stretching(facts)


def _bound(facts: dict[str, object]) -> bytes:
    return b"dockseal/master-key/" + json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _text(contents: bytes, place: Path) -> str:
    try:
        return contents.decode()
    except UnicodeDecodeError:
        raise SettingsFault((f"the passphrase in {place} is no UTF-8 text: write it anew",)) from None
