"""The credential vault: what Amazon and warehouses are logged in to with, sealed and versioned."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.secret import ClientCredentials, LwaCredentials, Secret
from dockseal.errors import CredentialRefused, MoveRefused, SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.envelope import decrypt, encrypt
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.reexamining import examine_again
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVault:
    """Keeps credentials; each new version replaces the one before it."""

    storage: Storage
    keys: KeyStore
    trail: Trail
    clock: Clock

    def store_lwa(self, seller: SellerId, credentials: LwaCredentials, actor: Actor) -> None:
        """Seals what a seller logs in to Amazon with; orders that waited for a role are examined again.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        contents = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.reveal(),
            "refresh_token": credentials.refresh_token.reveal(),
        }
        self._store(
            f"seller/{seller}/lwa",
            contents,
            tag=Tag.SELLER_CREDENTIAL_STORED,
            actor=actor,
            seller=str(seller),
        )
        examine_again(self.storage, self.trail, seller=seller, actor=actor)

    def lwa(self, seller: SellerId) -> LwaCredentials:
        """Returns what a seller logs in to Amazon with.

        Raises:
            CredentialRefused: none is stored.
            SealBroken: it was altered or moved, or the master key is another one.
        """
        contents = self._contents(f"seller/{seller}/lwa")
        if contents is None:
            raise CredentialRefused(
                f"seller {seller} has no credentials: run `dockseal sellers add {seller} --again`"
            )
        refresh_token, application = Secret(contents["refresh_token"]), contents.get("application", "")
        client = self.application(application) if application else _client(contents)
        return LwaCredentials(
            client_id=client.client_id,
            client_secret=client.client_secret,
            refresh_token=refresh_token,
            secret_before=client.secret_before,
            application=application,
        )

    def store_consent(self, seller: SellerId, application: str, refresh_token: Secret, actor: Actor) -> None:
        """Seals the refresh token of a seller of an application, whose secret it shares.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        self._store(
            f"seller/{seller}/lwa",
            {"application": application, "refresh_token": refresh_token.reveal()},
            tag=Tag.SELLER_CREDENTIAL_STORED,
            actor=actor,
            seller=str(seller),
        )
        examine_again(self.storage, self.trail, seller=seller, actor=actor)

    def store_application(self, application: str, client: ClientCredentials, actor: Actor) -> None:
        """Seals what an application logs in to Amazon with.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        contents = {"client_id": client.client_id, "client_secret": client.client_secret.reveal()}
        if client.secret_before is not None:
            contents["secret_before"] = client.secret_before.reveal()
        self._store(
            f"application/{application}/lwa",
            contents,
            tag=Tag.APPLICATION_CREDENTIAL_STORED,
            actor=actor,
            application=application,
        )

    def replace_secret(self, application: str, secret: Secret, actor: Actor) -> bool:
        """Seals an application's new secret beside the one before; tells whether it was new.

        Raises:
            CredentialRefused: nothing is stored of this application.
            MoveRefused: somebody else stored a version at the same moment; replace it again.
        """
        known = self.application(application)
        if secret in {known.client_secret, known.secret_before}:
            return False
        client = ClientCredentials(
            client_id=known.client_id, client_secret=secret, secret_before=known.client_secret
        )
        self.store_application(application, client, actor)
        return True

    def application(self, application: str) -> ClientCredentials:
        """Returns what an application logs in to Amazon with.

        Raises:
            CredentialRefused: none is stored.
            SealBroken: it was altered or moved, or the master key is another one.
        """
        contents = self._contents(f"application/{application}/lwa")
        if contents is None:
            raise CredentialRefused(
                f"application {application} has no credentials: run `dockseal applications add {application}`"
            )
        return _client(contents)

    def store_warehouse(self, warehouse: WarehouseId, secret: Secret, actor: Actor) -> None:
        """Seals what a warehouse's hand-overs are signed with.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        self._store(
            f"warehouse/{warehouse}/secret",
            {"secret": secret.reveal()},
            tag=Tag.WAREHOUSE_CREDENTIAL_STORED,
            actor=actor,
            warehouse=str(warehouse),
        )

    def warehouse(self, warehouse: WarehouseId) -> Secret | None:
        """Returns what a warehouse's hand-overs are signed with; None if it has none.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
        """
        contents = self._contents(f"warehouse/{warehouse}/secret")
        return None if contents is None else Secret(contents["secret"])

    def reseal(self, actor: Actor) -> int:
        """Seals every credential that lies under an earlier master key under the newest; returns how many.

        Raises:
            SealBroken: one was altered or moved.
        """
        return sum(self._reseal(name, actor) for name in self.storage.credentials.names())

    def _store(self, name: str, contents: dict[str, str], *, tag: Tag, actor: Actor, **told: str) -> None:
        plain = json.dumps(contents).encode()
        while self._put(name, plain, tag=tag, actor=actor, told=told) != self._key():
            pass  # the master key was rotated this moment: what lies under the old one is sealed again

    def _put(self, name: str, plain: bytes, *, tag: Tag, actor: Actor, told: Mapping[str, str]) -> bytes:
        """Seals a new version, and returns the key it lies under."""
        kept = self.storage.credentials.latest(name)
        # The key is taken after the version, which is refused below if a rotation took it meanwhile.
        version, key = kept.version + 1 if kept else 1, self._key()
        credential = SealedCredential(
            name=name,
            version=version,
            stored_at=self.clock.now(),
            ciphertext=encrypt(key, plain, bound=_bound(name, version)),
        )
        with self.storage.transaction():
            self.trail.record(tag, actor=actor, order=None, version=version, **told)
            self.storage.credentials.put(credential)
        return key

    def _reseal(self, name: str, actor: Actor) -> bool:
        kept = self.storage.credentials.latest(name)
        if kept is None or _opens(self._key(), kept):
            return False
        try:
            told = {"credential": name}
            self._put(name, self._plain(kept), tag=Tag.KEY_CREDENTIAL_RESEALED, actor=actor, told=told)
        except (SealBroken, MoveRefused):
            if self.storage.credentials.latest(name) == kept:
                raise
            return self._reseal(name, actor)  # a new version was stored this moment
        return True

    def _contents(self, name: str) -> dict[str, str] | None:
        kept = self.storage.credentials.latest(name)
        if kept is None:
            return None
        try:
            plain = self._plain(kept)
        except SealBroken:
            newer = self.storage.credentials.latest(name)
            if newer is None or newer.version == kept.version:
                raise
            plain = self._plain(newer)  # a rotation sealed it anew and ended between the row and the key
        contents: dict[str, str] = json.loads(plain)
        return contents

    def _plain(self, kept: SealedCredential) -> bytes:
        keys = self.keys.derived("credentials")
        key = next((key for key in keys if _opens(key, kept)), keys[0])
        return _decrypted(key, kept)

    def _key(self) -> bytes:
        return self.keys.derive("credentials")


def _opens(key: bytes, kept: SealedCredential) -> bool:
    try:
        _decrypted(key, kept)
    except SealBroken:
        return False
    return True


def _decrypted(key: bytes, kept: SealedCredential) -> bytes:
    bound = _bound(kept.name, kept.version)
    return decrypt(key, kept.ciphertext, bound=bound, what=f"credential {kept.name}")


def _client(contents: dict[str, str]) -> ClientCredentials:
    before = contents.get("secret_before")
    return ClientCredentials(
        client_id=contents["client_id"],
        client_secret=Secret(contents["client_secret"]),
        secret_before=None if before is None else Secret(before),
    )


def _bound(name: str, version: int) -> bytes:
    return f"dockseal/credential/{name}/{version}".encode()
