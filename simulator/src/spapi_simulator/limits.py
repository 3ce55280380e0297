"""Usage plans: a token bucket per seller, application and operation (SP-API, "Usage Plans")."""

from datetime import datetime


class Bucket:
    """A token bucket: starts full at `burst`, gains `rate` tokens a second, a request takes one."""

    def __init__(self, rate: float, burst: float, now: datetime) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self._at = now

    def take(self, now: datetime) -> bool:
        """Take a token if there is one."""
        self.fill(now)
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True

    def fill(self, now: datetime) -> None:
        """Add what has dripped in; a clock set back adds nothing and takes nothing."""
        gained = max(0.0, (now - self._at).total_seconds()) * self.rate
        self.tokens = min(self.burst, self.tokens + gained)
        self._at = max(self._at, now)


class Limits:
    """The buckets of everybody, and the knobs a test needs."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._factor = 1.0
        self._on = True

    def scale(self, factor: float) -> None:
        """Multiply every rate and burst from now on; buckets start full again."""
        self._factor = factor
        self._on = True
        self._buckets.clear()

    def off(self) -> None:
        """Stop throttling."""
        self._on = False

    def rate(self, rate: float) -> float:
        """Return the rate that applies, in requests per second."""
        return rate * self._factor

    def take(self, key: tuple[str, str, str], rate: float, burst: int, *, now: datetime) -> bool:
        """Take a token of (seller id, client id, operation); False means 429."""
        if not self._on:
            return True
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket(rate * self._factor, max(1.0, burst * self._factor), now)
            self._buckets[key] = bucket
        return bucket.take(now)

    def left(self, now: datetime) -> list[tuple[str, str, float, float, float]]:
        """Return (seller id, operation, tokens, rate, burst) of every bucket used so far."""
        for bucket in self._buckets.values():
            bucket.fill(now)
        return [
            (seller, operation, bucket.tokens, bucket.rate, bucket.burst)
            for (seller, _, operation), bucket in self._buckets.items()
        ]
