"""Amazon's quotas as our own token buckets: a call that must be throttled is not sent.

A bucket starts full at `burst`, regains `rate` tokens a second, and a call takes one (SP-API, "Usage Plans
and Rate Limits"). Each take is kept before the call is sent, so that a restart forgets no call.
"""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil, isfinite
from typing import Protocol

from dockseal.amazon.operations import Operation
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.quota import BucketState
from dockseal.errors import AmazonThrottled

_MOST_DOUBLINGS = 3


class BucketStore(Protocol):
    """Keeps buckets across restarts."""

    def load(self, seller: SellerId, operation: str) -> BucketState | None:
        """Returns what was saved last, None before the first time."""

    def save(self, seller: SellerId, operation: str, state: BucketState) -> None:
        """Keeps a bucket in place of the last one."""


@dataclass(slots=True, kw_only=True)
class _Bucket:
    lock: threading.Lock = field(default_factory=threading.Lock)
    state: BucketState | None = None
    throttled_in_a_row: int = 0


class Quotas:
    """The buckets of every seller and operation. Safe to use from many threads of one process."""

    def __init__(self, store: BucketStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[SellerId, str], _Bucket] = {}

    def take(self, seller: SellerId, operation: Operation) -> None:
        """Takes the token of one call, and keeps that.

        Raises:
            AmazonThrottled: there is none; nothing may be sent before its `until`.
        """
        bucket = self._bucket(seller, operation)
        with bucket.lock:
            filled = self._filled(bucket, seller, operation)
            if filled.tokens < 1:
                bucket.state = filled
                raise AmazonThrottled(operation.name, _one_again_at(filled))
            taken = replace(filled, tokens=filled.tokens - 1)
            self._store.save(seller, operation.name, taken)
            bucket.state = taken

    def learn(self, seller: SellerId, operation: Operation, limit_header: str) -> None:
        """Takes over the rate an answer carries in `x-amzn-RateLimit-Limit`; kept with the next take."""
        bucket = self._bucket(seller, operation)
        with bucket.lock:
            bucket.throttled_in_a_row = 0
            rate = _rate(limit_header)
            if rate is not None:
                bucket.state = replace(self._filled(bucket, seller, operation), rate=rate)

    def spent(self, seller: SellerId, operation: Operation) -> datetime:
        """Empties the bucket after a 429, deeper each time in a row; returns when to try again."""
        bucket = self._bucket(seller, operation)
        with bucket.lock:
            debt = 2 ** min(bucket.throttled_in_a_row, _MOST_DOUBLINGS) - 1
            bucket.throttled_in_a_row += 1
            empty = replace(self._filled(bucket, seller, operation), tokens=-float(debt))
            bucket.state = empty
            self._store.save(seller, operation.name, empty)
            return _one_again_at(empty)

    def state(self, seller: SellerId, operation: Operation) -> BucketState:
        """Returns the bucket as it stands now."""
        bucket = self._bucket(seller, operation)
        with bucket.lock:
            return self._filled(bucket, seller, operation)

    def left(self, seller: SellerId, operation: Operation) -> float:
        """Returns how many calls could be made at once."""
        bucket = self._bucket(seller, operation)
        with bucket.lock:
            return max(0.0, self._filled(bucket, seller, operation).tokens)

    def _bucket(self, seller: SellerId, operation: Operation) -> _Bucket:
        with self._lock:
            return self._buckets.setdefault((seller, operation.name), _Bucket())

    def _filled(self, bucket: _Bucket, seller: SellerId, operation: Operation) -> BucketState:
        state = bucket.state or self._store.load(seller, operation.name)
        now = self._clock.now()
        if state is None:
            burst = float(operation.burst)
            return BucketState(tokens=burst, rate=operation.rate, burst=burst, at=now)
        # A clock that was set back brings nothing, and must not stop the calls until it has caught up.
        gained = max(0.0, (now - state.at).total_seconds()) * state.rate
        return replace(state, tokens=min(state.burst, state.tokens + gained), at=now)


def _one_again_at(state: BucketState) -> datetime:
    """Returns when the bucket holds one token, a millisecond late rather than early."""
    milliseconds = ceil((1 - state.tokens) / state.rate * 1000) + 1
    return state.at + timedelta(milliseconds=milliseconds)


def _rate(header: str) -> float | None:
    try:
        rate = float(header)
    except ValueError:
        return None
    return rate if isfinite(rate) and rate > 0 else None
