"""Usage plans: a token bucket per seller, application and operation (SP-API, "Usage Plans")."""

from datetime import datetime

from spapi_simulator.front.operations import Operation


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
    """The buckets of everybody, the plans of single sellers, and the knobs a test needs."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._plans: dict[tuple[str, str], tuple[float, float]] = {}
        self._factor = 1.0
        self._on = True

    def scale(self, factor: float) -> None:
        """Multiply every rate and burst from now on; buckets start full again."""
        self._factor = factor
        self._on = True
        self._buckets.clear()

    def plan(self, seller_id: str, operation: str, *, rate: float, burst: float) -> None:
        """Give one seller a usage plan of its own for an operation, as Amazon does for some.

        Only the rate header tells a client of it (SP-API, "Usage Plans": dynamic usage plans).

        Args:
            seller_id: Whose calls.
            operation: The operationId; `getOrder 2026-01-01` for the newer getOrder.
            rate: Requests per second.
            burst: The size of the bucket; a bucket in use keeps what is in it, up to this.
        """
        self._plans[seller_id, operation] = (rate, burst)
        for (seller, _, name), bucket in self._buckets.items():
            if (seller, name) == (seller_id, operation):
                bucket.rate, bucket.burst = rate * self._factor, max(1.0, burst * self._factor)
                bucket.tokens = min(bucket.tokens, bucket.burst)

    def off(self) -> None:
        """Stop throttling."""
        self._on = False

    def usage(self, seller_id: str, operation: Operation) -> tuple[float, float]:
        """Return (requests per second, burst) that apply to a seller."""
        rate, burst = self._plans.get((seller_id, operation.bucket), (operation.rate, operation.burst))
        return rate * self._factor, max(1.0, burst * self._factor)

    def take(self, seller_id: str, client_id: str, operation: Operation, *, now: datetime) -> bool:
        """Take a token from the bucket of a seller, an application and an operation; False means 429."""
        if not self._on:
            return True
        key = (seller_id, client_id, operation.bucket)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(*self.usage(seller_id, operation), now)
        return bucket.take(now)

    def left(self, now: datetime) -> list[tuple[str, str, float, float, float]]:
        """Return (seller id, operation, tokens, rate, burst) of every bucket used so far."""
        for bucket in self._buckets.values():
            bucket.fill(now)
        return [
            (seller, operation, bucket.tokens, bucket.rate, bucket.burst)
            for (seller, _, operation), bucket in self._buckets.items()
        ]
