"""What one console keeps between requests, and how a request finds it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest

from dockseal.console.assets import Assets
from dockseal.console.ports import App
from dockseal.console.returns import Returns
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.monitoring_audit.checks import Health
from dockseal.warehouses.by_hand.fonts import Fonts

PERSON = Actor(kind=ActorKind.PERSON, name="console")
"""Whoever is signed in to the console."""
_HEALTH_AGE = timedelta(seconds=15)
_WINDOW = timedelta(minutes=1)
_FAILURES = 10


@dataclass(slots=True, kw_only=True)
class Failures:
    """Counts failed sign-ins and keys per minute, so that a flood of them does not flood the audit trail.

    The secrets they guess at have 256 bits: this protects the disk, not the secrets.
    """

    since: datetime
    count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def too_many(self, now: datetime) -> bool:
        """Counts one more, and tells whether it is past the tenth of its minute."""
        with self._lock:
            if now - self.since >= _WINDOW:
                self.since, self.count = now, 0
            self.count += 1
            return self.count > _FAILURES


@dataclass(slots=True, kw_only=True)
class Desk:
    """One console: the App it shows, and what it keeps in memory.

    Attributes:
        app: What it shows.
        people: The clock of sessions and sign-in links: people live in real time, even where orders do not.
        assets: The static files.
        failures: Counts what was refused.
        returns: What sellers came back from Amazon with, for minutes.
        fonts: The fonts of this machine, for what is printed.
    """

    app: App
    people: Clock
    assets: Assets
    failures: Failures
    returns: Returns = field(default_factory=Returns)
    fonts: Fonts = field(default_factory=Fonts)
    _health: tuple[datetime, Health] | None = None

    def health(self) -> Health:
        """Returns how Dockseal is, at most 15 seconds old: pages ask for it every other second."""
        now, kept = self.people.now(), self._health
        if kept is None or now - kept[0] >= _HEALTH_AGE:
            kept = (now, self.app.health())
            self._health = kept
        return kept[1]


def desk_of(request: HttpRequest) -> Desk:
    """Returns the console a request came to."""
    return cast("Desk", cast("Mapping[str, object]", request.META)["dockseal.desk"])


def app_of(request: HttpRequest) -> App:
    """Returns the App a request came to."""
    return desk_of(request).app
