"""What nobody does alone: looks at the officers' asks, and has each that was used or refused on record."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.errors import TwoPersonsNeeded
from dockseal.monitoring_audit.officers_on_record import officers_on_record
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.officer_keys import PublicOfficer
from dockseal.pii_security.officers import TOGETHER, Officers
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPersons:
    """The officers, with the audit trail of what they decide."""

    officers: Officers
    storage: Storage
    trail: Trail
    clock: Clock
    kept_apart: bool = False
    """Whether a shredder that stands apart keeps the registry: the service could not put a file there."""

    def decided(
        self,
        ask: SignedAsk | None,
        *,
        what: Act,
        subject: str,
        actor: Actor,
        but: Collection[str] = (),
    ) -> dict[str, str]:
        """Uses up an ask for exactly this; returns its id and who signed it, as rows of the trail take them.

        Args:
            ask: With its signatures; None: nobody asked.
            what: The act.
            subject: What it is done to.
            actor: Who does it.
            but: Officers of these names may not have signed it: it is done to themselves.

        Raises:
            TwoPersonsNeeded: two officers did not ask for it; that is on record.
            SettingsFault, StorageError: the officers or the trail cannot be read or written.
        """
        if self.kept_apart:
            self._note_officers(actor)
        try:
            self._refuse_if_unrecorded()
            _refuse_own(ask, but)
            self.officers.check(ask, what=what, subject=subject, now=self.clock.now())
        except TwoPersonsNeeded as fault:
            self._refuse(ask, what, actor=actor, fault=fault)
        with self.storage.transaction():
            self.trail.record(Tag.OFFICER_ASK_USED, actor=actor, order=None, what=what.value, **_told(ask))
            # Last: what stops before this leaves the ask as good as it was.
            self.officers.verify(ask, what=what, subject=subject, now=self.clock.now())
        return _told(ask)

    def add(self, officer: PublicOfficer, ask: SignedAsk | None, actor: Actor) -> None:
        """Makes somebody an officer.

        Raises:
            BadInput: the name or a key is an officer's already.
            TwoPersonsNeeded: there are two, and they did not ask for it; that is on record.
            SettingsFault, StorageError: as `decided`.
        """
        now = self.clock.now()
        if len(self.officers.all()) < TOGETHER:
            ask = None  # the first two are made officers by nobody
            self._refuse_if_begun_anew()
        try:
            self._refuse_if_unrecorded()
            self.officers.check_add(officer, now=now, ask=ask)
        except TwoPersonsNeeded as fault:
            self._refuse(ask, Act.OFFICER_ADD, actor=actor, fault=fault)
        with self.storage.transaction():
            self.trail.record(
                Tag.OFFICER_REGISTRY_ADDED,
                actor=actor,
                order=None,
                officer=officer.name,
                fingerprint=officer.fingerprint,
                **_told(ask),
            )
        self.officers.add(officer, now=now, ask=ask)

    def remove(self, name: str, ask: SignedAsk | None, actor: Actor) -> None:
        """Ends that somebody is an officer.

        Raises:
            BadInput: nobody is an officer of this name, or fewer than two would be left.
            TwoPersonsNeeded: two officers did not ask for it; that is on record.
            SettingsFault, StorageError: as `decided`.
        """
        now = self.clock.now()
        try:
            self._refuse_if_unrecorded(but=name)
            self.officers.check_remove(name, now=now, ask=ask)
        except TwoPersonsNeeded as fault:
            self._refuse(ask, Act.OFFICER_REMOVE, actor=actor, fault=fault)
        with self.storage.transaction():
            self.trail.record(
                Tag.OFFICER_REGISTRY_REMOVED, actor=actor, order=None, officer=name, **_told(ask)
            )
        self.officers.remove(name, now=now, ask=ask)

    def _note_officers(self, actor: Actor) -> None:
        """Writes into the trail what the shredder's registry tells of officers, since that has no trail."""
        known, standing = officers_on_record(self.storage), self.officers.all()
        with self.storage.transaction():
            for name in sorted(set(known) - {officer.name for officer in standing}):
                self.trail.record(Tag.OFFICER_REGISTRY_REMOVED, actor=actor, order=None, officer=name)
            for officer in standing:
                if known.get(officer.name) != officer.fingerprint:
                    self.trail.record(
                        Tag.OFFICER_REGISTRY_ADDED,
                        actor=actor,
                        officer=officer.name,
                        fingerprint=officer.fingerprint,
                    )

    def _refuse_if_unrecorded(self, *, but: str = "") -> None:
        """Refuses a registry that tells of officers the trail does not know.

        Args:
            but: This one may be unknown: its removal was cut off, and is finished now.

        Raises:
            TwoPersonsNeeded: it does: somebody put a file there.
        """
        known = officers_on_record(self.storage)
        for officer in self.officers.all():
            if officer.name != but and known.get(officer.name) != officer.fingerprint:
                raise TwoPersonsNeeded(
                    f"the audit trail does not know {officer.name}, an officer in the registry beside the "
                    "keys: restore the registry's backup, or run again what was cut off"
                )

    def _refuse_if_begun_anew(self) -> None:
        """Refuses the first two where the trail tells of two already.

        Raises:
            TwoPersonsNeeded: it does: the registry is gone or cut short.
        """
        if len(known := officers_on_record(self.storage)) >= TOGETHER:
            raise TwoPersonsNeeded(
                f"the audit trail tells of the officers {', '.join(sorted(known))}, and the registry beside "
                "the keys does not: restore its backup"
            )

    def _refuse(self, ask: SignedAsk | None, what: Act, *, actor: Actor, fault: TwoPersonsNeeded) -> NoReturn:
        told = {"ask": ask.ask.id} if ask is not None else {}
        with self.storage.transaction():
            self.trail.record(Tag.OFFICER_ASK_REFUSED, actor=actor, order=None, what=what.value, **told)
        raise fault


def signers(told: dict[str, str]) -> frozenset[str]:
    """Returns the officers that `TwoPersons.decided` found."""
    return frozenset(told["officers"].split("/"))


def _refuse_own(ask: SignedAsk | None, but: Collection[str]) -> None:
    for signature in ask.signatures if ask is not None else ():
        if signature.officer in but:
            raise TwoPersonsNeeded(
                f"{signature.officer} is who it is done to, and signed it: have two other officers sign"
            )


def _told(ask: SignedAsk | None) -> dict[str, str]:
    if ask is None or not ask.signatures:
        return {}
    return {"ask": ask.ask.id, "officers": "/".join(sorted(each.officer for each in ask.signatures))}
