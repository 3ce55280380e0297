"""By call or with a feed: how a backlog of packages gets to Amazon, as a pure function.

**What it costs.** A call tells of one package, at once, when its bucket has a token: the n-th call is made
when the bucket has regained what is missing. A feed tells of thousands for about four calls, all of them when
Amazon has worked through it.

**What is best.** That as many packages as can be are confirmed before their ship-by; with that, that the last
one is confirmed as soon as possible; with that, the fewest calls. So a quiet hour never uses a feed. Where
one is used, those packages whose ship-by falls before the feed would be done go by call, as far as the calls
are in time, and the rest with the feed. Calls go on meanwhile for what comes.

**Where it is exact.** Every package takes either a call, at the instants the bucket gives, or a place in the
feed, at the instant that is done. Those are slots in time for jobs of one length each, of which the most are
on time if the earliest ship-by that a slot can still meet goes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dockseal.domain.quota import BucketState

MOST_IN_A_FEED = 10_000
"""A message of one line takes some 400 bytes: so many of them are 4 MB of the 10 MiB that Amazon wants a feed
to stay below. The bytes are counted when it is written, and what has no room there goes with the next one."""
FEED_TAKES = timedelta(minutes=5)
"""From createFeed to the report. Amazon publishes no figure; ours is what a feed must beat calls by: within
it calls alone tell of some 600 packages."""
FEEDS_APART = timedelta(minutes=20)
"""Amazon's guidance: one feed of a type in so long, and larger ones instead of more (feeds guide)."""
FEED_CALLS = 4
"""createFeedDocument, createFeed, getFeed, getFeedDocument."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A package that could go either way."""

    number: int
    ship_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What there is to tell Amazon with."""

    calls: BucketState
    """Of confirmShipment."""
    feed_at: datetime | None
    """When a feed can be sent; None: none can be."""
    called: int = 0
    """How many packages go by call whatever is chosen, before the others."""
    takes: timedelta = FEED_TAKES
    most: int = MOST_IN_A_FEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What goes how."""

    by_feed: tuple[int, ...] = ()
    """The numbers of the packages that go with the feed."""
    by_call: tuple[int, ...] = ()
    """Those that go by call, in this order."""
    late: int = 0
    """How many are confirmed after their ship-by."""
    finish: datetime
    """When the last one is confirmed."""
    calls: int = 0

    def rank(self) -> tuple[int, datetime, int]:
        """Returns what is compared; less is better."""
        return self.late, self.finish, self.calls


def feed_at(
    documents: BucketState, feeds: BucketState, not_before: datetime | None, now: datetime
) -> datetime:
    """Returns when a feed can be sent.

    Args:
        documents: Of createFeedDocument.
        feeds: Of createFeed.
        not_before: What guidance, or the last feed's end, demands.
        now: The present instant.
    """
    return max(now, documents.ready(1, now), feeds.ready(1, now), not_before or now)


def choose(waiting: Sequence[Waiting], supply: Supply, now: datetime) -> Choice:
    """Chooses for each package whether it goes by call or with a feed.

    Args:
        waiting: The packages that could go either way.
        supply: What there is to tell Amazon with.
        now: The present instant.
    """
    ordered = sorted(waiting, key=_ship_by)
    alone = _arranged(ordered, calls=len(ordered), feed=None, supply=supply, now=now)
    if supply.feed_at is None or not ordered or supply.most < 1:
        return alone
    done = supply.feed_at + supply.takes
    in_time = _in_time((each for each in ordered if _ship_by(each) < done), supply, now)
    calls = max(in_time, len(ordered) - supply.most)
    if calls == len(ordered):
        return alone
    fed = _arranged(ordered, calls=calls, feed=done, supply=supply, now=now)
    return min(alone, fed, key=Choice.rank)


def _in_time(hurried: Iterable[Waiting], supply: Supply, now: datetime) -> int:
    """Returns how many of these calls can tell of in time."""
    count = 0
    for each in hurried:
        count += _ship_by(each) >= _called(count, supply, now)
    return count


def _arranged(
    ordered: Sequence[Waiting], *, calls: int, feed: datetime | None, supply: Supply, now: datetime
) -> Choice:
    """Gives each package a slot: the earliest ship-by that a slot can meet first, late ones last."""
    fed = 0 if feed is None else len(ordered) - calls
    slots = [(_called(number, supply, now), True) for number in range(calls)]
    slots = sorted([*slots, *((feed, False) for _ in range(fed) if feed is not None)])
    on_time: list[Waiting] = []
    late: list[Waiting] = []
    for each in ordered:
        (on_time if _ship_by(each) >= slots[len(on_time)][0] else late).append(each)
    placed = list(zip([*on_time, *late], slots, strict=True))
    return Choice(
        by_feed=tuple(each.number for each, (_, by_call) in placed if not by_call),
        by_call=tuple(each.number for each, (_, by_call) in placed if by_call),
        late=len(late),
        finish=max((at for _, (at, _) in placed), default=now),
        calls=calls + (FEED_CALLS if fed else 0),
    )


def _called(before: int, supply: Supply, now: datetime) -> datetime:
    return supply.calls.ready(supply.called + before + 1, now)


def _ship_by(waiting: Waiting) -> datetime:
    return waiting.ship_by or _NEVER
