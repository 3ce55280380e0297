"""Whether Dockseal is well: each check with a sentence that says what to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dockseal.domain.clock import Clock
from dockseal.domain.seller import Seller
from dockseal.errors import DocksealError, StorageError
from dockseal.storage.store import Storage

SWEEP_AGE = timedelta(minutes=30)
"""A sweep that is complete up to a longer time ago is late."""


class Condition(StrEnum):
    """How it is, all together."""

    OK = "ok"
    DEGRADED = "degraded"
    """It works, but somebody should look."""
    FAILING = "failing"
    """It does not do its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneHealth:
    """How one lane fares."""

    name: str
    alive: bool
    """Whether something still runs it."""
    failing: str = ""
    """What went wrong in its last run; empty when it went well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    sentence: str
    vital: bool = False
    """Without it nothing works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Condition:
        """How it is, all together."""
        bad = [check for check in self.checks if not check.ok]
        if any(check.vital for check in bad):
            return Condition.FAILING
        return Condition.DEGRADED if bad else Condition.OK


def health(
    storage: Storage,
    lanes: Sequence[LaneHealth],
    clock: Clock,
    *,
    keys: Callable[[], object] | None = None,
) -> Health:
    """Looks at everything and never raises.

    Args:
        storage: Whose databases are tried out.
        lanes: How each lane fares; empty where none run.
        clock: Tells the time.
        keys: Reads the key store; raises an error of ours when that fails.
    """
    now = clock.now()
    checks = [
        _try("database", "The operations database can be written.", lambda: storage.probe.write(now)),
        _try("vault", "The vault database can be read.", storage.probe.read_vault),
    ]
    if keys is not None:
        checks.append(_try("keys", "The key store can be read.", keys))
    checks.extend(_lane(lane) for lane in lanes)
    try:
        checks.extend(_sellers(storage, now))
    except StorageError as fault:
        checks.append(
            Check(name="sellers", ok=False, sentence=_sentence(f"The sellers cannot be read: {fault}"))
        )
    return Health(checks=tuple(checks))


def _try(name: str, well: str, act: Callable[[], object]) -> Check:
    try:
        act()
    except DocksealError as fault:
        return Check(name=name, ok=False, sentence=_sentence(str(fault)), vital=True)
    return Check(name=name, ok=True, sentence=well, vital=True)


def _lane(lane: LaneHealth) -> Check:
    name = f"lane {lane.name}"
    if not lane.alive:
        return Check(name=name, ok=False, sentence="Nothing runs this lane; restart Dockseal.", vital=True)
    if lane.failing:
        return Check(name=name, ok=False, sentence=_sentence(f"Its last run failed: {lane.failing}"))
    return Check(name=name, ok=True, sentence="It runs.", vital=True)


def _sellers(storage: Storage, now: datetime) -> Iterator[Check]:
    for seller in storage.sellers.all():
        if seller.rests_because:
            yield Check(
                name=f"seller {seller.id}",
                ok=False,
                sentence=_sentence(f"Its lanes rest: {seller.rests_because}"),
            )
        else:
            yield _sweep(storage, seller, now)


def _sweep(storage: Storage, seller: Seller, now: datetime) -> Check:
    name = f"sweep {seller.id}"
    watermark = storage.watermarks.get(seller.id)
    if watermark is None:
        return Check(name=name, ok=False, sentence="It was never completed; the first one may still run.")
    minutes = int((now - watermark.complete_to).total_seconds() // 60)
    late = now - watermark.complete_to >= SWEEP_AGE
    sentence = f"It is complete up to {minutes} minutes ago"
    if late:
        return Check(
            name=name, ok=False, sentence=f"{sentence}; look at its lane and at Amazon's answers to it."
        )
    return Check(name=name, ok=True, sentence=f"{sentence}.")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
