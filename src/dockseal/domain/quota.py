"""What we know of one of Amazon's token buckets."""

from dataclasses import dataclass
from datetime import datetime


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
