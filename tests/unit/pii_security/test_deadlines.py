"""The deadline against a slow model: a person with a calendar, who believes the least that was ever told."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.ending import Ending, Event
from dockseal.pii_security.deadlines import deadline
from dockseal.pii_security.epochs import Retention

START = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.builds(
    lambda passed, zone: (START + passed).astimezone(zone),
    st.timedeltas(timedelta(days=-400), timedelta(days=60)),
    zones,
)
events = st.builds(lambda what, at: Event(what=what, at=at), st.sampled_from(Ending), instants)
told = st.lists(events, max_size=6)
retentions = st.builds(
    lambda keep, backups, hours: Retention(
        keep=timedelta(days=keep), key_backups=timedelta(days=backups), epoch_length=timedelta(hours=hours)
    ),
    st.integers(10, 30),
    st.integers(0, 5),
    st.sampled_from([1, 5, 24, 36]),
)


def by_calendar(retention: Retention, sealed_at: datetime, news: list[Event]) -> datetime:
    """Walks over the ends of all epochs, and takes the last at which everybody is still content."""
    hours = int(retention.epoch_length / timedelta(hours=1))
    limits = [sealed_at.timestamp() / 3600 + (retention.keep - retention.key_backups).days * 24]
    for event in news:
        days = {Ending.CANCELLED: 0}.get(event.what, (retention.keep - retention.key_backups).days)
        limits.append(event.at.timestamp() / 3600 + days * 24)
    number = 0
    first = int((START - timedelta(days=800)).timestamp()) // 3600 // hours * hours
    while all(first + (number + 1) * hours <= limit for limit in limits):
        number += 1
    return datetime.fromtimestamp((first + number * hours) * 3600, UTC)


@given(retention=retentions, sealed_at=instants, news=told, data=st.data())
def test_in_any_order_and_zone_and_told_twice_it_is_what_a_person_with_a_calendar_finds(
    retention: Retention, sealed_at: datetime, news: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(news + news[:2]))
    found = deadline(retention, sealed_at=sealed_at, events=again)
    assert found == by_calendar(retention, sealed_at, news)
    elsewhere = [Event(what=each.what, at=each.at.astimezone(data.draw(zones))) for each in again]
    assert deadline(retention, sealed_at=sealed_at.astimezone(UTC), events=elsewhere) == found


@given(retention=retentions, sealed_at=instants, pieces=st.lists(told, max_size=5))
def test_news_by_news_it_only_moves_earlier_and_ends_where_all_at_once_ends(
    retention: Retention, sealed_at: datetime, pieces: list[list[Event]]
) -> None:
    standing = deadline(retention, sealed_at=sealed_at)
    for piece in pieces:
        moved = deadline(retention, sealed_at=sealed_at, events=piece, standing=standing)
        assert moved <= standing
        standing = moved
    everything = [event for piece in pieces for event in piece]
    assert standing == deadline(retention, sealed_at=sealed_at, events=everything)


@given(retention=retentions, sealed_at=instants, news=told)
def test_with_the_last_key_backup_nothing_outlives_thirty_days_after_anything_that_was_told(
    retention: Retention, sealed_at: datetime, news: list[Event]
) -> None:
    gone = deadline(retention, sealed_at=sealed_at, events=news) + retention.key_backups
    assert gone <= sealed_at + timedelta(days=30)
    for event in news:
        if event.what is not Ending.CANCELLED:
            assert gone <= event.at + timedelta(days=30)
