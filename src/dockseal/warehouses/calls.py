"""Tells of every call to a warehouse: what was asked, how it ended and when; never what was sent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import WarehouseRefused, WarehouseUnavailable


class Act(StrEnum):
    """What a warehouse is asked; see `port`."""

    SUBMIT = "submit"
    ASK = "ask"
    STOP = "stop"
    COLLECT = "collect"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseCall:
    """One call that is over: what may be counted of it."""

    warehouse: WarehouseId
    act: Act
    result: str
    """`done`, `refused`, `unavailable`, or `broken` for a fault of the adapter's own."""
    orders: int
    """How many orders it was about."""
    at: datetime
    seconds: float
    error: BaseException | None = None


Calling = Callable[[WarehouseId, Act, int], AbstractContextManager[None]]
"""Surrounds one call: whose warehouse, what is asked, and of how many orders."""


def untold(warehouse: WarehouseId, act: Act, orders: int = 1) -> AbstractContextManager[None]:
    """Surrounds a call and tells nobody."""
    del warehouse, act, orders
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Surrounds calls, and tells of each once it is over."""

    clock: Clock
    observe: Callable[[WarehouseCall], None]

    @contextmanager
    def __call__(self, warehouse: WarehouseId, act: Act, orders: int = 1) -> Iterator[None]:
        """Surrounds one call; what it raises goes on."""
        began, result, error = self.clock.now(), "broken", None
        try:
            yield
            result = "done"
        except WarehouseRefused:
            result = "refused"
            raise
        except WarehouseUnavailable:
            result = "unavailable"
            raise
        except Exception as fault:
            error = fault
            raise
        finally:
            now = self.clock.now()
            self.observe(
                WarehouseCall(
                    warehouse=warehouse,
                    act=act,
                    result=result,
                    orders=orders,
                    at=now,
                    seconds=(now - began).total_seconds(),
                    error=error,
                )
            )
