"""What we know of one of Amazon's token buckets."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketState:
    """The token bucket of one seller and one operation, as it stood at `at`."""

    tokens: float
    """Calls that could be made at once."""
    rate: float
    """Tokens that come back per second (`x-amzn-RateLimit-Limit`)."""
    burst: float
    """Most tokens it holds."""
    at: datetime

    def tokens_at(self, now: datetime) -> float:
        """Returns how many calls could be made at once at a later instant; negative: that many are owed."""
        gained = max(0.0, (now - self.at).total_seconds()) * self.rate
        return min(self.burst, self.tokens + gained)

    def ready(self, calls: int, now: datetime) -> datetime:
        """Returns when so many calls have been made, from `now` on, one after the other."""
        missing = calls - self.tokens_at(now)
        return now if calls <= 0 or missing <= 0 else now + timedelta(seconds=missing / self.rate)
