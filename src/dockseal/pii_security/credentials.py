"""The credential vault: what Amazon and warehouses are logged in to with, sealed and versioned."""

import json
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.secret import ClientCredentials, LwaCredentials, Secret
from dockseal.errors import CredentialRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.envelope import decrypt, encrypt
from dockseal.pii_security.keys import KeyStore
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

    def _store(self, name: str, contents: dict[str, str], *, tag: Tag, actor: Actor, **told: str) -> None:
        kept = self.storage.credentials.latest(name)
        version = kept.version + 1 if kept else 1
        sealed = encrypt(self._key(), json.dumps(contents).encode(), bound=_bound(name, version))
        credential = SealedCredential(
            name=name, version=version, stored_at=self.clock.now(), ciphertext=sealed
        )
        with self.storage.transaction():
            self.trail.record(tag, actor=actor, order=None, version=version, **told)
            self.storage.credentials.put(credential)

    def _contents(self, name: str) -> dict[str, str] | None:
        kept = self.storage.credentials.latest(name)
        if kept is None:
            return None
        bound = _bound(name, kept.version)
        plain = decrypt(self._key(), kept.ciphertext, bound=bound, what=f"credential {name}")
        contents: dict[str, str] = json.loads(plain)
        return contents

    def _key(self) -> bytes:
        return self.keys.derive("credentials")


def _client(contents: dict[str, str]) -> ClientCredentials:
    before = contents.get("secret_before")
    return ClientCredentials(
        client_id=contents["client_id"],
        client_secret=Secret(contents["client_secret"]),
        secret_before=None if before is None else Secret(before),
    )


def _bound(name: str, version: int) -> bytes:
    return f"dockseal/credential/{name}/{version}".encode()
