"""A shredder that stands apart and the service's side of it, over one folder, without users of their own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dockseal.domain.clock import ManualClock
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.guards import Guards
from dockseal.pii_security.key_asks import BESIDE, KeyAsks
from dockseal.pii_security.keys_apart import ReadingKeyStore, SharedKeyStore
from dockseal.pii_security.masters import Masters
from dockseal.pii_security.officers import FOLDER, Officers
from dockseal.pii_security.shredder import Approved, ByOfficers, Round, Shredder
from unit.pii_security.safe import NOW, RETENTION


@dataclass(slots=True, kw_only=True)
class Waking(ManualClock):
    """Time in which others work while somebody waits."""

    meanwhile: Callable[[], object] = lambda: None

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Moves on, and has the others work."""
        self.meanwhile()
        return ManualClock.wait(self, stop, seconds)


class Reading(ReadingKeyStore):
    """The service's store; the test's own user may do everything, and that is not looked at here."""

    def checked(self) -> Self:
        return self


@dataclass(kw_only=True)
class Apart:
    """Both sides over one folder."""

    folder: Path
    clock: Waking = field(default_factory=lambda: Waking(start=NOW))
    retention: Retention = RETENTION
    approved: Approved | None = None

    def __post_init__(self) -> None:
        self.keys = self.folder / "keys"
        if not self.keys.exists():
            self.written().make(lambda: b"\x06" * 32)
        self.officers = Officers(self.keys / FOLDER)
        self.asks = KeyAsks(self.folder / "asks")
        self.asks.made()
        self.service = Reading(self.keys, self.clock, wrapping=Masters(self.keys, Guards()), asks=self.asks)

    def written(self) -> SharedKeyStore:
        """The shredder's store, opened anew."""
        return SharedKeyStore(self.keys, self.clock, wrapping=Masters(self.keys, Guards()))

    def shredder(self) -> Shredder:
        """The shredder, as it is right after its start."""
        return Shredder(
            keys=self.written().checked(),
            asks=self.asks,
            retention=self.retention,
            clock=self.clock,
            approved=self.approved or ByOfficers(officers=self.officers, clock=self.clock),
        )

    def round(self) -> Round:
        """One round of a shredder that just started."""
        return self.shredder().run()

    def files(self) -> set[str]:
        """The asks and answers that lie in their folder."""
        return {place.name for place in (self.folder / "asks").iterdir()} - {BESIDE}
