"""Locks out who fails ten times in a row (DPP 1.2.2), for a while or until somebody lifts it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.lockout import Lockout
from dockseal.domain.policy import MOST_FAILURES
from dockseal.errors import BadInput, LockedOut
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

LOCKED_FOR = timedelta(minutes=30)
_REMEMBERED = timedelta(days=1)
"""So long an address that failed is remembered; a person's failures in a row are not forgotten."""
_PERSONS = "person:"
_TRIAL = "trial/nobody"


class _TrialOver(Exception):
    """Ends the transaction of a trial, so that nothing of it is kept."""

    def __init__(self, failures: int | None) -> None:
        super().__init__()
        self.failures = failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockouts:
    """Counts failures in a row, and refuses a source after the tenth. Every process shares the count."""

    storage: Storage
    trail: Trail
    clock: Clock

    def refuse_if_locked(self, source: str) -> None:
        """Refuses a source that is locked out.

        Raises:
            LockedOut: it is.
            StorageError: nobody can tell; take it for locked.
        """
        kept = self.storage.lockouts.get(source)
        if kept is not None and kept.locked_until is not None and kept.locked(self.clock.now()):
            raise LockedOut(
                f"after {MOST_FAILURES} failures in a row {source} is locked out until "
                f"{kept.locked_until:%H:%M:%S} UTC; an administrator lifts that with "
                f"`dockseal lockouts clear {source}`"
            )

    def failed(self, source: str, *, actor: Actor) -> None:
        """Counts a failure; the tenth in a row locks the source, and is on record.

        Call it inside `Storage.transaction`.
        """
        now = self.clock.now()
        before = self.storage.lockouts.get(source)
        if before is None or (before.locked_until is not None and not before.locked(now)):
            before = Lockout(source=source, failures=0, last_at=now)
        counted = replace(before, failures=before.failures + 1, last_at=now)
        if counted.failures == MOST_FAILURES:
            counted = replace(counted, locked_until=now + LOCKED_FOR)
            self.trail.record(Tag.ACCESS_LOCKOUT_BEGUN, actor=actor, source=source, until=now + LOCKED_FOR)
        self.storage.lockouts.put(counted)
        self.storage.lockouts.purge(now - _REMEMBERED, but=_PERSONS)

    def passed(self, source: str) -> None:
        """Forgets the failures of a source that succeeded; call it inside `Storage.transaction`."""
        if self.storage.lockouts.get(source) is not None:
            self.storage.lockouts.forget(source)

    def clear(self, source: str, actor: Actor) -> None:
        """Lets a source try again.

        Raises:
            BadInput: nothing is kept of it.
        """
        with self.storage.transaction():
            if not self.storage.lockouts.forget(source):
                raise BadInput(f"{source} has not failed: see `dockseal lockouts list`")
            self.trail.record(Tag.ACCESS_LOCKOUT_CLEARED, actor=actor, source=source)

    def trial(self) -> int | None:
        """Fails as nobody until it is locked out, and undoes all of it.

        Returns:
            After how many failures in a row it was refused; None: ten too many were not refused either.

        Raises:
            StorageError: nobody can tell.
        """
        try:
            with self.storage.transaction():
                self._try_out()
        except _TrialOver as over:
            return over.failures

    def _try_out(self) -> NoReturn:
        nobody = Actor(kind=ActorKind.SERVICE, name="trial")
        for failures in range(1, 2 * MOST_FAILURES + 1):
            self.failed(_TRIAL, actor=nobody)
            try:
                self.refuse_if_locked(_TRIAL)
            except LockedOut:
                raise _TrialOver(failures) from None
        raise _TrialOver(None)

    def all(self) -> list[Lockout]:
        """Returns every source that failed since it succeeded, the last one first."""
        return self.storage.lockouts.all()
