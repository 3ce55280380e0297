"""The credential vault: what Amazon and warehouses are logged in to with, sealed and versioned.

A new version takes the place of the one before, which is deleted. Where the far side needs time to change
over, the new version holds the former secret too, until its time is over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock, instant_text
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.sealed import SealedCredential
from dockseal.domain.secret import ClientCredentials, LiveSecrets, LwaCredentials, Secret
from dockseal.errors import BadInput, CredentialRefused, MoveRefused, SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.credential_contents import (
    FORMER,
    UNTIL,
    aging,
    bound_to,
    decrypted,
    opens,
    until_of,
)
from dockseal.pii_security.envelope import encrypt
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.reexamining import examine_again
from dockseal.storage.store import Storage

FORMER_LIVES = timedelta(days=7)
"""So long Amazon takes a former client secret, where it does not say until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dates:
    secret_at: datetime | None
    first_at: datetime | None
    former_until: datetime | None


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
        client = self.application(application) if application else self._client(contents)
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
            contents[FORMER] = client.secret_before.reveal()
            contents[UNTIL] = instant_text(client.before_until or self.clock.now() + FORMER_LIVES)
        self._store(
            f"application/{application}/lwa",
            contents,
            tag=Tag.APPLICATION_CREDENTIAL_STORED,
            actor=actor,
            application=application,
        )

    def replace_secret(
        self, application: str, secret: Secret, actor: Actor, *, until: datetime | None = None
    ) -> bool:
        """Seals an application's new secret beside the one before; tells whether it was new.

        Args:
            application: Whose.
            secret: The new one.
            actor: Who does it.
            until: Until when Amazon takes the one before; None: it did not say.

        Raises:
            CredentialRefused: nothing is stored of this application.
            MoveRefused: somebody else stored a version at the same moment; replace it again.
        """
        known = self.application(application)
        if secret in {known.client_secret, known.secret_before}:
            return False
        client = ClientCredentials(
            client_id=known.client_id,
            client_secret=secret,
            secret_before=known.client_secret,
            before_until=until,
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
        return self._client(contents)

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

    def replace_warehouse(
        self, warehouse: WarehouseId, secret: Secret, actor: Actor, *, until: datetime
    ) -> None:
        """Seals a warehouse's new secret beside the one before, which signs as well until its time is over.

        Raises:
            BadInput: the warehouse has that secret already.
            MoveRefused: somebody else stored a version at the same moment; replace it again.
        """
        known, contents = self.live(warehouse), {"secret": secret.reveal()}
        if known is not None and secret in {known.newest, known.before}:
            raise BadInput(f"warehouse {warehouse} has this secret already: give it another one")
        if known is not None and until > self.clock.now():
            contents |= {FORMER: known.newest.reveal(), UNTIL: instant_text(until)}
        self._store(
            f"warehouse/{warehouse}/secret",
            contents,
            tag=Tag.WAREHOUSE_CREDENTIAL_STORED,
            actor=actor,
            warehouse=str(warehouse),
        )

    def warehouse(self, warehouse: WarehouseId) -> Secret | None:
        """Returns the newest secret that a warehouse's hand-overs are signed with; None if it has none.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
        """
        live = self.live(warehouse)
        return None if live is None else live.newest

    def live(self, warehouse: WarehouseId) -> LiveSecrets | None:
        """Returns all that a warehouse's hand-overs are signed with now; None if it has none.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
        """
        contents = self._contents(f"warehouse/{warehouse}/secret")
        if contents is None:
            return None
        return LiveSecrets(newest=Secret(contents["secret"]), before=self._former(contents))

    def store(self, name: str, contents: dict[str, str], *, tag: Tag, actor: Actor, **told: str) -> None:
        """Seals what belongs to a name, in place of what did, and records it under a tag; see `contents`.

        Raises:
            MoveRefused: somebody else stored a version at the same moment; store it again.
        """
        self._store(name, contents, tag=tag, actor=actor, **told)

    def contents(self, name: str) -> dict[str, str] | None:
        """Returns what belongs to a name; None if nothing does.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
        """
        return self._contents(name)

    def restored(self, name: str) -> dict[str, str] | None:
        """Returns what a vault that was put back has of it, however old; None: nothing that opens."""
        kept = self.storage.credentials.latest(name)
        found: dict[str, str] | None = (
            json.loads(self._plain(kept)) if kept and opens(self._key(), kept) else None
        )
        return found

    def drop_former(self, name: str, actor: Actor) -> bool:
        """Seals a credential without its former secret, once the time of that is over; tells whether it was.

        Raises:
            SealBroken: it was altered or moved, or the master key is another one.
            MoveRefused: somebody else stored a version at the same moment; it is looked at again.
        """
        contents = self._contents(name)
        if contents is None or FORMER not in contents or self._former(contents) is not None:
            return False
        left = {key: text for key, text in contents.items() if key not in {FORMER, UNTIL}}
        self._store(name, left, tag=Tag.KEY_CREDENTIAL_FORMER_DROPPED, actor=actor, credential=name)
        return True

    def forget_older(self, name: str) -> int:
        """Deletes what a crash left of former versions, if the newest opens; returns how many they were.

        Raises:
            SealBroken: the newest was altered, so that all stay.
        """
        kept = self._kept(name)  # a version after it that a crash left goes with the next that is stored
        if kept is None:
            return 0
        self._plain(kept)
        return self.storage.credentials.forget_before(name, kept.version)

    def reseal(self, actor: Actor) -> int:
        """Seals every credential that lies under an earlier master key under the newest; returns how many.

        Raises:
            SealBroken: one was altered or moved.
        """
        return sum(self._reseal(name, actor) for name in self.storage.credentials.names())

    def _store(self, name: str, contents: dict[str, str], *, tag: Tag, actor: Actor, **told: str) -> None:
        plain, dates = json.dumps(contents).encode(), self._dates(name, contents)
        while self._put(name, plain, dates=dates, tag=tag, actor=actor, told=told) != self._key():
            pass  # the master key was rotated this moment: what lies under the old one is sealed again

    def _put(
        self, name: str, plain: bytes, *, dates: _Dates, tag: Tag, actor: Actor, told: Mapping[str, str]
    ) -> bytes:
        """Seals a new version, and returns the key it lies under; the versions before are deleted."""
        kept, mark = self.storage.credentials.latest(name), self.storage.credential_marks.get(name)
        # The key is taken after the version, which is refused below if a rotation took it meanwhile.
        version, key = max(kept.version if kept else 0, mark.version if mark else 0) + 1, self._key()
        credential = SealedCredential(
            name=name,
            version=version,
            stored_at=self.clock.now(),
            ciphertext=encrypt(key, plain, bound=bound_to(name, version)),
            secret_at=dates.secret_at,
            first_at=dates.first_at,
            former_until=dates.former_until,
        )
        with self.storage.transaction():
            self.trail.record(tag, actor=actor, order=None, version=version, **told)
            self.storage.credential_marks.put(credential)
            self.storage.credentials.put(credential)
            self.storage.on_commit(lambda: self.storage.credentials.forget_before(name, version))
        return key

    def _dates(self, name: str, contents: Mapping[str, str]) -> _Dates:
        """Returns the dates of what is to be sealed: the age of a secret that stays the same goes on."""
        kept = self.storage.credentials.latest(name)
        if kept is None:
            return _Dates(secret_at=None, first_at=None, former_until=until_of(contents))
        same = aging(self._contents_or_none(name)) == aging(contents)
        return _Dates(
            secret_at=kept.since if same else None,
            first_at=kept.first_at or kept.since,
            former_until=until_of(contents),
        )

    def _contents_or_none(self, name: str) -> dict[str, str] | None:
        try:
            return self._contents(name)
        except SealBroken:  # what cannot be read is replaced all the same
            return None

    def _reseal(self, name: str, actor: Actor) -> bool:
        kept = self._kept(name)
        if kept is None or opens(self._key(), kept):
            return False
        try:
            told, plain = {"credential": name}, self._plain(kept)
            dates = _Dates(secret_at=kept.since, first_at=kept.first_at, former_until=kept.former_until)
            self._put(name, plain, dates=dates, tag=Tag.KEY_CREDENTIAL_RESEALED, actor=actor, told=told)
        except (SealBroken, MoveRefused):
            if self._kept(name) == kept:
                raise
            return self._reseal(name, actor)  # a new version was stored this moment
        return True

    def _contents(self, name: str) -> dict[str, str] | None:
        kept = self._kept(name)
        if kept is None:
            return None
        try:
            plain = self._plain(kept)
        except SealBroken:
            newer = self._kept(name)
            if newer is None or newer.version == kept.version:
                raise
            plain = self._plain(newer)  # a rotation sealed it anew and ended between the row and the key
        contents: dict[str, str] = json.loads(plain)
        return contents

    def _kept(self, name: str) -> SealedCredential | None:
        """Returns the version that was stored last, as the operations database has it.

        One that is newer was cut off before that was told, and does not count.

        Raises:
            SealBroken: the vault has another one, or none: an earlier copy of it was put back.
        """
        mark = self.storage.credential_marks.get(name)
        if mark is None:  # from before this was kept
            return self.storage.credentials.latest(name)
        if not mark.mark:
            return None
        kept = self.storage.credentials.version(name, mark.version)
        if kept is None or kept.mark != mark.mark:
            raise SealBroken(f"credential {name} is not the one that was stored last: store it again")
        return kept

    def _client(self, contents: dict[str, str]) -> ClientCredentials:
        return ClientCredentials(
            client_id=contents["client_id"],
            client_secret=Secret(contents["client_secret"]),
            secret_before=self._former(contents),
        )

    def _former(self, contents: Mapping[str, str]) -> Secret | None:
        """Returns the former secret, while its time is not over."""
        until = until_of(contents)
        if FORMER not in contents or (until and until <= self.clock.now()):
            return None
        return Secret(contents[FORMER])

    def _plain(self, kept: SealedCredential) -> bytes:
        keys = self.keys.derived("credentials")
        key = next((key for key in keys if opens(key, kept)), keys[0])
        return decrypted(key, kept)

    def _key(self) -> bytes:
        return self.keys.derive("credentials")
