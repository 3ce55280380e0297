"""Aggregation: one notification at once, and one more with the last state when the period is over."""

from collections.abc import Callable, Hashable

from spapi_simulator.world.present import Present


class Aggregation:
    """Holds back what follows too soon, and of that everything but the last."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._held: dict[Hashable, Callable[[], None] | None] = {}

    def pass_on(self, key: Hashable, seconds: float, deliver: Callable[[], None]) -> None:
        """Deliver now, or at the end of the period that an earlier notification of the same key began."""
        if key in self._held:
            self._held[key] = deliver
            return
        deliver()
        self._begin(key, seconds)

    def _begin(self, key: Hashable, seconds: float) -> None:
        self._held[key] = None
        self._present.after(seconds, lambda: self._end(key, seconds))

    def _end(self, key: Hashable, seconds: float) -> None:
        if last := self._held.pop(key):
            last()
            self._begin(key, seconds)
