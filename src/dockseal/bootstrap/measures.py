"""The measures an officer can take about an incident, each through the code that does it every day."""

from collections.abc import Callable
from dataclasses import dataclass

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.incident import EVERYBODY
from dockseal.domain.release import Warehouse
from dockseal.domain.seller import stopped
from dockseal.monitoring_audit.tags import Tag
from dockseal.order_synchronization.checklist import unfinished
from dockseal.order_synchronization.rotating import Rotating
from dockseal.pii_security.incidents.cases import Cases
from dockseal.pii_security.incidents.exposure import BACK
from dockseal.pii_security.incidents.measures import Measure, Measures
from dockseal.pii_security.rotating_keys import Rotated
from dockseal.pii_security.signing import Signing


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoking:
    """Does the measures.

    Attributes:
        rotate_keys: Rotates the master key.
    """

    cases: Cases
    signing: Signing
    rotating: Rotating
    rotate_keys: Callable[[Actor], Rotated]

    def measures(self) -> Measures:
        """Returns all of them, the gentlest first."""
        return Measures(all=(*self._of_access(), *self._of_keys(), self._of_everything()))

    def _of_access(self) -> tuple[Measure, ...]:
        return (
            Measure(
                code="lock_actor",
                title="Lock an actor",
                does="It opens no personal data any more, its API keys are refused, and every session of the "
                "console ends if it is a person. Two officers let it open again.",
                subjects=self._actors,
                act=self._lock,
                takes=self.cases.knows,
            ),
            Measure(
                code="end_sessions",
                title="End all sessions",
                does="Whoever is signed in to the console is signed out, and no sign-in link that was made "
                "before is good any more. Anybody with a new link signs in.",
                subjects=None,
                act=self._end_sessions,
            ),
            Measure(
                code="drop_api_keys",
                title="End a warehouse's API keys",
                does="All of its keys end at once. It reports nothing until it has a new one: `dockseal "
                "warehouses rotate` or `dockseal warehouses key add`.",
                subjects=self._warehouses,
                act=self._drop_keys,
                takes=self._is_warehouse,
            ),
            Measure(
                code="rest_seller",
                title="Rest a seller's lanes",
                does="Nothing is read from Amazon for this seller, or sent to it or to warehouses, until "
                "somebody wakes it: neither a consent nor a new secret does.",
                subjects=self._sellers,
                act=self._rest,
            ),
        )

    def _of_keys(self) -> tuple[Measure, ...]:
        return (
            Measure(
                code="rotate_client_secret",
                title="Rotate an application's client secret",
                does="Amazon is asked for a new one, which arrives in the rotation queue; the one before "
                "ends seven days later, by Amazon's rule.",
                subjects=self.rotating.names,
                act=self._rotate_secret,
            ),
            Measure(
                code="rotate_signing_key",
                title="Rotate the signing key",
                does="A new key signs from now on, and the one before is deleted. What it signed is still "
                "verified: hand the new public key out.",
                subjects=None,
                act=self._rotate_signing,
            ),
            Measure(
                code="rotate_master_key",
                title="Rotate the master key",
                does="Every epoch key and credential is put under a new one, while all goes on. Back the "
                "keys up anew, and destroy their earlier backups: these still open what they hold.",
                subjects=None,
                act=self._rotate_master,
            ),
        )

    def _of_everything(self) -> Measure:
        return Measure(
            code="stop_opens",
            title="Stop all opening",
            does="Nobody opens personal data any more, our own services included: orders wait, and nothing "
            "is handed over. Two officers let it go on.",
            subjects=None,
            act=self._stop,
        )

    def _lock(self, subject: str, incident: str, by: Actor) -> str:
        with self.cases.storage.transaction():
            new = self.cases.locks.put(subject, incident, by)
        return f"{subject} was locked." if new else f"{subject} is locked, as it was before."

    def _stop(self, _: str, incident: str, by: Actor) -> str:
        self._lock(EVERYBODY, incident, by)
        return "All opening of personal data was stopped."

    def _end_sessions(self, _: str, __: str, ___: Actor) -> str:
        ended = self.cases.storage.sessions.end_all()
        return f"{ended} sessions of the console were ended, and all unused sign-in links."

    def _drop_keys(self, subject: str, _: str, by: Actor) -> str:
        storage, record = self.cases.storage, self.cases.trail.record
        with storage.transaction():
            warehouse = storage.warehouses.get(WarehouseId(subject))
            keys = storage.api_keys.of_warehouse(warehouse.id)
            for key in keys:
                storage.api_keys.remove(warehouse.id, key.id)
                record(Tag.WAREHOUSE_KEY_REMOVED, actor=by, warehouse=warehouse.id, key=key.id)
            if warehouse.api_key_hash:
                storage.warehouses.change(
                    warehouse,
                    api_key_hash="",
                    api_key_at=None,
                    former_key_hash="",
                    former_key_until=None,
                )
                record(Tag.WAREHOUSE_KEY_REMOVED, actor=by, warehouse=warehouse.id, key="first")
        return f"{len(keys) + bool(warehouse.api_key_hash)} API keys of warehouse {subject} were ended."

    def _rest(self, subject: str, incident: str, by: Actor) -> str:
        storage = self.cases.storage
        with storage.transaction():
            seller = storage.sellers.get(SellerId(subject))
            if seller.stopped_by:
                return f"The lanes of seller {subject} rest, as before, because of {seller.stopped_by}."
            storage.sellers.change(seller, rests_because=stopped(seller.id, incident))
            self.cases.trail.record(Tag.SELLER_ACCOUNT_RESTED, actor=by, seller=seller.id, reason="incident")
        return f"The lanes of seller {subject} rest."

    def _rotate_secret(self, subject: str, _: str, by: Actor) -> str:
        self.rotating.ask(subject, by)
        return f"Amazon was asked for a new client secret of application {subject}."

    def _rotate_signing(self, _: str, __: str, by: Actor) -> str:
        self.signing.rotate(by)
        return "The signing key was rotated; public keys of all times verify what was signed."

    def _rotate_master(self, _: str, __: str, by: Actor) -> str:
        done = self.rotate_keys(by)
        return (
            f"The master key was rotated: {done.epochs} epoch keys and {done.credentials} credentials moved."
        )

    def _actors(self) -> list[str]:
        """Returns who opened something lately, or tried to, however often others did; and every warehouse."""
        since = self.cases.clock.now() - BACK
        tried = (Tag.ORDER_DATA_OPENED, Tag.ORDER_DATA_OPEN_REFUSED)
        lately = {actor for tag in tried for actor in self.cases.storage.audit.by_actor(tag.value, since)}
        warehouses = {f"{ActorKind.WAREHOUSE}:{name}" for name in self._warehouses()}
        cases = {each.actor for each in self.cases.storage.incidents.all(open_only=True) if each.actor}
        return sorted(lately | warehouses | cases)

    def _warehouses(self) -> list[str]:
        def has_keys(each: Warehouse) -> bool:
            return bool(each.api_key_hash or self.cases.storage.api_keys.of_warehouse(each.id))

        return [each.id for each in self.cases.storage.warehouses.all() if has_keys(each)]

    def _is_warehouse(self, name: str) -> bool:
        """Tells so of one without keys too: what was cut off is taken again, and may have ended them."""
        return name in {each.id for each in self.cases.storage.warehouses.all()}

    def _sellers(self) -> list[str]:
        """Returns who is connected; it may rest for another reason, which a consent or a secret could end."""
        kept = self.cases.storage.sellers.all()
        return [each.id for each in kept if each.rests_because != unfinished(each.id)]
