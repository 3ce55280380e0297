"""Drops former secrets once the time to change over is past: they open nothing, and are kept no longer."""

from dataclasses import dataclass

import structlog

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.lane import Outcome
from dockseal.domain.release import Warehouse
from dockseal.errors import MoveRefused, SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.credentials import CredentialVault
from dockseal.storage.store import Storage

ACTOR = Actor(kind=ActorKind.SERVICE, name="retire")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retiring:
    """Drops former secrets and API keys, and what a crash left of former versions."""

    storage: Storage
    credentials: CredentialVault
    trail: Trail
    clock: Clock

    def run(self) -> Outcome:
        """Drops what has ended. One that cannot be read stays, and is told of where it is used."""
        now = self.clock.now()
        done = 0
        for name in self.storage.credentials.with_former(now):
            try:
                done += self.credentials.drop_former(name, ACTOR)
            except (SealBroken, MoveRefused) as fault:
                log.warning("secret.not_dropped", sentence=str(fault))
        for warehouse in self.storage.warehouses.with_former_keys(now):
            self._drop_key(warehouse)
            done += 1
        for name in self.storage.credentials.several():
            try:
                self.credentials.forget_older(name)
            except SealBroken as fault:
                log.warning("secret.not_dropped", sentence=str(fault))
        return Outcome(done=done)

    def _drop_key(self, warehouse: Warehouse) -> None:
        with self.storage.transaction():
            self.storage.warehouses.change(warehouse, former_key_hash="", former_key_until=None)
            self.trail.record(Tag.WAREHOUSE_API_KEY_FORMER_DROPPED, actor=ACTOR, warehouse=warehouse.id)
