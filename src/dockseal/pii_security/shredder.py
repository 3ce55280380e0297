"""The shredder: makes the keys of epochs ahead, and destroys each at its end, whether anybody asks or not.

It runs as a user of its own, which alone can write the folder of the keys, and reads no database. What the
service asks of it beyond that is done only where nobody is needed for it, or where two officers signed it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.lane import earliest
from dockseal.errors import DocksealError, Retry, SettingsFault
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.epochs import Retention, end_of, ended, is_epoch
from dockseal.pii_security.key_asks import (
    FINISH,
    ROTATE,
    KeyAsk,
    KeyAsks,
    finish_text,
    plain_text,
    rotate_text,
)
from dockseal.pii_security.key_store import KeyStore, label_of
from dockseal.pii_security.officers import Officers

AHEAD = timedelta(days=7)
"""So long the shredder may stand still before a key is missing."""
LATE = timedelta(minutes=10)
"""A key that is still there so long after its end tells of a shredder that stands still."""
MOST_AHEAD = 4000
"""So many keys are kept ahead at most: more would be too many files in one folder."""

Approved = Callable[[str, bytes], object]
"""Takes an epoch and what asks to destroy its key early; raises a DocksealError if that is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round of the shredder did."""

    said: tuple[str, ...]
    """A sentence for each thing that was done."""
    faults: tuple[str, ...]
    """A sentence for each that was not; it is tried again in the next round."""
    next_end: datetime | None
    """When the next epoch ends; None: there is no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOfficers:
    """Lets a key be destroyed early where two officers signed an ask for exactly that.

    The ask is not used up here: brought again it destroys what is destroyed already, and a round that was
    killed in between is finished by the next one.
    """

    officers: Officers
    clock: Clock

    def __call__(self, epoch: str, ask: bytes) -> None:
        """Looks at an ask.

        Raises:
            TwoPersonsNeeded: two officers did not ask for it.
            BadInput: it is no ask.
            SettingsFault, StorageUnavailable: the officers cannot be read.
        """
        signed = None if ask == plain_text(epoch).encode() else SignedAsk.read(ask.decode(errors="replace"))
        self.officers.check(signed, what=Act.KEY_DESTROY, subject=epoch, now=self.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredder:
    """Works by its own clock, in rounds. Killed anywhere, the next round finishes what it was at.

    Attributes:
        keys: The folder of the keys; this process alone may write it.
        asks: What the service asks.
        retention: Which epochs there are; as the service has it.
        clock: Tells the time.
        approved: Decides whether a key is destroyed before its end.
    """

    keys: KeyStore
    asks: KeyAsks
    retention: Retention
    clock: Clock
    approved: Approved

    def run(self) -> Round:
        """Works one round: what has ended is destroyed first, whatever else cannot be done."""
        said: list[str] = []
        faults: list[str] = []
        for work in (self._end, self._answer, self._make_ahead):
            try:
                said.extend(work(faults))
            except DocksealError as fault:
                faults.append(str(fault))
        return Round(said=tuple(said), faults=tuple(faults), next_end=self._next_end())

    def _end(self, faults: list[str]) -> Iterator[str]:
        """Destroys what has ended, and what was before and came back, as with a copy of the folder."""
        for epoch in self.keys.epochs():
            over = ended(epoch, self.clock.now())
            if not over and self.keys.has(epoch):
                continue
            try:
                self.keys.destroy(epoch)
            except DocksealError as fault:
                faults.append(str(fault))
            else:
                yield f"The key of epoch {epoch} is destroyed: {'it ended' if over else 'it was before'}."

    def _answer(self, faults: list[str]) -> Iterator[str]:
        for found in self.asks.waiting():
            if not isinstance(found, KeyAsk):
                yield f"{found!r} in the folder of asks is no ask, and was removed."
                continue
            try:
                done = self._fulfil(found)
            except DocksealError as fault:
                if fault.retry is not Retry.NEVER:
                    faults.append(str(fault))
                    continue
                self.asks.refuse(found.name, str(fault))
                yield f"The ask {found.name} was refused: {fault}"
            else:
                self.asks.done(found.name)
                if done:
                    yield done

    def _fulfil(self, ask: KeyAsk) -> str:
        """Does what is asked; returns a sentence if that changed anything."""
        if ask.name == ROTATE:
            return self._rotate(ask.contents)
        if ask.name == FINISH:
            return self._finish(ask.contents)
        if ended(ask.name, self.clock.now()):
            # What has ended was destroyed at the beginning of the round, or never was.
            if ask.name in self.keys.epochs():
                self.keys.destroy(ask.name)
            return ""
        self.approved(ask.name, ask.contents)
        self.keys.destroy(ask.name)
        return f"The key of epoch {ask.name} is destroyed before its end: two officers asked for it."

    def _rotate(self, contents: bytes) -> str:
        """Begins the rotation that was asked for; one that was begun or is over is not begun again."""
        if len(self.keys.derived("label")) == 1:
            if contents != rotate_text(label_of(self.keys)).encode():
                return ""
            self.keys.begin_rotation()
        wrapped = self.keys.rewrap()
        return f"A rotation is begun: {wrapped} keys lie under master key {label_of(self.keys)}."

    def _finish(self, contents: bytes) -> str:
        label = label_of(self.keys)
        if len(self.keys.derived("label")) == 1 or contents != finish_text(label).encode():
            return ""
        self.keys.finish_rotation(label)
        return f"The rotation to master key {label} is finished: the one before is destroyed."

    def _make_ahead(self, faults: list[str]) -> Iterator[str]:  # noqa: ARG002 - as the others
        made = 0
        for epoch in self.retention.ahead(self.clock.now(), margin=AHEAD):
            if self.keys.makes(epoch):
                self.keys.epoch_key(epoch)
                made += 1
        if made:
            yield f"{made} keys of epochs to come were made."

    def _next_end(self) -> datetime | None:
        try:
            return earliest(*map(end_of, self.keys.epochs()))
        except DocksealError:
            return None


def refuse_too_many(retention: Retention) -> None:
    """Refuses epochs so short that too many keys would have to be made ahead.

    Raises:
        SettingsFault: they are.
    """
    if (retention.lasts + AHEAD) / retention.epoch_length > MOST_AHEAD:
        raise SettingsFault(
            (
                f"DOCKSEAL_EPOCH_LENGTH is so short that over {MOST_AHEAD} keys would be made ahead: set it, "
                "for example, to PT1H, or have DOCKSEAL_SHREDDER within",
            )
        )


def shredder_faults(keys: Sequence[str], retention: Retention, now: datetime) -> tuple[str, ...]:
    """Returns a sentence for each thing that a shredder which works would have done.

    Args:
        keys: The epochs that there are keys of.
        retention: Which epochs there are.
        now: The instant.
    """
    faults = []
    late = [epoch for epoch in keys if is_epoch(epoch) and now - end_of(epoch) >= LATE]
    if late:
        faults.append(
            f"The key of epoch {late[0]}, which has ended, is still there: start `dockseal shredder`; if it "
            "runs, read what it says."
        )
    needed = retention.ahead(now, margin=AHEAD - max(retention.epoch_length, timedelta(days=1)))
    missing = next((epoch for epoch in needed if epoch not in keys), None)
    if missing is not None:
        until = end_of(missing) - retention.lasts
        when = "nothing can be" if until <= now else f"from {until:%Y-%m-%d %H:%M} UTC on nothing can be"
        faults.append(
            f"There is no key of epoch {missing}, and {when} sealed without it: start `dockseal shredder`, "
            "with the same DOCKSEAL_KEEP, DOCKSEAL_KEY_BACKUPS and DOCKSEAL_EPOCH_LENGTH."
        )
    return tuple(faults)
