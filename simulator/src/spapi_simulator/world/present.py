"""The simulated present: what time it is, and what is still to happen."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from spapi_simulator.world.clock import Clock


class Present:
    """A clock with an agenda: feeds finish, parcels arrive and messages are sent when time gets there.

    Nothing runs by itself. `catch_up` carries out what has become due, each at its own instant: while an
    entry runs, `now()` is the instant it was due, however far the clock has jumped meanwhile.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._entries = 0
        self._pinned: datetime | None = None

    def now(self) -> datetime:
        """Return the simulated instant, aware and in UTC."""
        return self._pinned or self._clock.now()

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something this many seconds from now."""
        self.at(self.now() + timedelta(seconds=seconds), act)

    def at(self, due: datetime, act: Callable[[], object]) -> None:
        """Do something at an instant, or at the next chance when that has passed."""
        self._entries += 1
        heapq.heappush(self._agenda, (due, self._entries, act))

    def catch_up(self) -> None:
        """Carry out everything that is due, in the order of its instants."""
        if self._pinned is not None or not self._agenda:
            return
        now = self._clock.now()
        try:
            while self._agenda and self._agenda[0][0] <= now:
                self._pinned, _, act = heapq.heappop(self._agenda)
                act()
        finally:
            self._pinned = None
