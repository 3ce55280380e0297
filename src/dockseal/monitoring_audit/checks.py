"""What a look at Dockseal finds: checks, each with a sentence, and how it is all together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    about: str = ""
    """What it runs for, such as a seller; empty for everything."""
    failing: str = ""
    """What went wrong in its last run; empty when it went well."""
    failing_since: datetime | None = None
    """The first of the runs in a row that failed; None when it went well."""
    finished_at: datetime | None = None
    """When its last run ended; None when none did yet."""
    succeeded_at: datetime | None = None
    """When a run last ended well; None when none did yet."""

    @property
    def step(self) -> str:
        """The kind of work, without what it runs for."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    sentence: str
    vital: bool = False
    """Without it nothing works."""
    about: str = ""
    """Which seller, queue or application it is about; empty for everything."""


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
