"""Where the keys of an installation are: `file`, `aws-kms`, or what a distribution offers by its name.

A distribution offers a provider under the entry point group `dockseal.keys`, as our own does with `transit`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from dockseal.amazon.aws import Aws
from dockseal.domain.clock import Clock
from dockseal.errors import SettingsFault
from dockseal.pii_security.envelope import KEY_BYTES
from dockseal.pii_security.guards import Guards, Kind
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.keys import FolderKeyStore
from dockseal.pii_security.kms_masters import KmsKey
from dockseal.pii_security.masters import Masters, Wrapping
from dockseal.pii_security.server_masters import ServerGuard, ServerKey, ServerMasters, make_installation

GROUP = "dockseal.keys"
"""The entry point group."""
AWS_KMS = "aws-kms"


class Store(Protocol):
    """Makes a store over a folder."""

    def __call__(self, directory: Path, clock: Clock, *, wrapping: Wrapping) -> FolderKeyStore:
        """Returns it; nothing is read yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyParts:
    """What a provider is given.

    Attributes:
        directory: Folder of the wrapped keys.
        clock: Tells the time.
        guards: What a master key that lies in the folder can lie under.
        under: What a new one shall lie under; None: what the guards say.
        at: Where the provider's own key is, in its own words, such as an ARN.
        aws: How AWS is reached.
        token_file: What the provider's server is signed in to with; None: it needs none.
        namespace: Where on that server its key is; empty: it has no namespaces.
        store: Makes the store over the folder: another one where the shredder stands apart.
    """

    directory: Path
    clock: Clock
    guards: Guards = field(default_factory=Guards)
    under: Kind | None = None
    at: str = ""
    aws: Aws = field(default_factory=Aws)
    token_file: Path | None = None
    namespace: str = ""
    store: Store = FolderKeyStore

    def over(self, wrapping: Wrapping) -> FolderKeyStore:
        """Returns the store over the folder, whose keys are wrapped so; nothing is read yet."""
        return self.store(self.directory, self.clock, wrapping=wrapping)


class KeyProvider(Protocol):
    """Opens the keys of an installation."""

    def create(self, parts: KeyParts) -> KeyStore:
        """Makes the keys of a new installation. Raises SettingsFault if there are any."""

    def open(self, parts: KeyParts) -> KeyStore:
        """Opens those that `create` made. Raises SettingsFault."""


class FileKeys:
    """The provider `file`: a master key in the folder, under a guard."""

    def create(self, parts: KeyParts) -> KeyStore:
        """Makes the folder and a master key.

        Raises:
            SettingsFault: there are keys already, the folder cannot be used, or a guard is missing.
        """
        guards = parts.guards
        return self._over(parts).make(lambda: guards.close(secrets.token_bytes(KEY_BYTES), kind=parts.under))

    def open(self, parts: KeyParts) -> KeyStore:
        """Opens them.

        Raises:
            SettingsFault: they are missing, damaged or can be read by others, or a guard is missing.
        """
        return self._over(parts).checked()

    def _over(self, parts: KeyParts) -> FolderKeyStore:
        return parts.over(Masters(parts.directory, parts.guards, hands_on=True))


class KmsKeys:
    """The provider `aws-kms`: every key in the folder is wrapped by a key that never leaves AWS KMS."""

    def create(self, parts: KeyParts) -> KeyStore:
        """Makes the folder and a master key, wrapped by the key in AWS KMS; see `created_under`.

        Raises:
            SettingsFault: no ARN is given.
        """
        return created_under(KmsKey.named(parts.at, parts.aws), parts)

    def open(self, parts: KeyParts) -> KeyStore:
        """Opens them; see `opened_under`.

        Raises:
            SettingsFault: no ARN is given.
        """
        return opened_under(KmsKey.named(parts.at, parts.aws), parts)


def created_under(key: ServerKey, parts: KeyParts) -> KeyStore:
    """Makes the folder and a master key, wrapped by a key of a server's.

    Raises:
        SettingsFault: there are keys already, or the folder cannot be used.
        StorageUnavailable: the server does not wrap it.
    """
    guard = ServerGuard(key, make_installation(parts.directory))
    store = parts.over(ServerMasters(parts.directory, guard))
    return store.make(lambda: guard.close(secrets.token_bytes(KEY_BYTES)))


def opened_under(key: ServerKey, parts: KeyParts) -> KeyStore:
    """Opens keys that `created_under` made.

    Raises:
        SettingsFault: they are missing, damaged or can be read by others.
        SealBroken: they were altered.
        StorageUnavailable: the server does not unwrap the master key.
    """
    return parts.over(ServerMasters(parts.directory, ServerGuard(key, parts.directory))).checked()


OURS: Mapping[str, KeyProvider] = MappingProxyType({"file": FileKeys(), AWS_KMS: KmsKeys()})


def provider(name: str) -> KeyProvider:
    """Returns the provider of this name.

    Raises:
        SettingsFault: no installed distribution offers it, or it cannot be imported.
    """
    if name in OURS:
        return OURS[name]
    found = entry_points(group=GROUP, name=name)
    if not found:
        known = sorted({*OURS, *(point.name for point in entry_points(group=GROUP))})
        raise SettingsFault(
            (f"DOCKSEAL_KEY_PROVIDER is {name!r}, and nothing offers that: choose one of {', '.join(known)}",)
        )
    try:
        return cast("KeyProvider", next(iter(found)).load())
    except (ImportError, AttributeError):
        raise SettingsFault(
            (f"the key provider {name!r} cannot be imported; install its distribution again",)
        ) from None
