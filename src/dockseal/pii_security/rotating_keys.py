"""Rotates the master key while all goes on: both are readable until nothing lies under the one before."""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.key_store import KeyStore
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation of the master key did."""

    master: str
    """Label of the new master key."""
    epochs: int
    """How many epoch keys lie under it."""
    credentials: int
    """How many credentials were sealed anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotation:
    """Rotates the master key. One that was killed anywhere is finished by running it again."""

    storage: Storage
    keys: KeyStore
    credentials: CredentialVault
    trail: Trail

    def run(self, actor: Actor) -> Rotated:
        """Rotates the master key, or finishes the rotation that was begun.

        Raises:
            SettingsFault: what the new one shall lie under is missing.
            SealBroken: a key or a credential was altered; both master keys stay until it is restored.
            StorageError: a database or the key store cannot be used; run again.
        """
        with self.storage.transaction():
            self.trail.record(Tag.KEY_MASTER_ROTATION_INTENDED, actor=actor)
        rotation = self.keys.begin_rotation()
        self.keys.rewrap()
        credentials = self.credentials.reseal(actor)
        epochs = self.keys.finish_rotation(rotation)
        master = self.keys.master()
        with self.storage.transaction():
            self.trail.record(
                Tag.KEY_MASTER_ROTATED, actor=actor, master=master, epochs=epochs, credentials=credentials
            )
        return Rotated(master=master, epochs=epochs, credentials=credentials)
