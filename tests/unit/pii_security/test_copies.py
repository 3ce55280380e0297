from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.clock import ManualClock
from dockseal.domain.policy import LONGEST_KEEP
from dockseal.pii_security.copies import copies_outlive
from dockseal.pii_security.epochs import Retention, end_of
from unit.pii_security.safe import NOW, RETENTION, Safe

days = st.integers(min_value=0, max_value=26).map(lambda number: timedelta(days=number))


def faults(safe: Safe, key_backups: timedelta) -> tuple[str, ...]:
    return copies_outlive(safe.storage.sealed.first_sealed(), key_backups=key_backups, now=safe.clock.now())


def test_the_first_record_of_each_epoch_counts(safe: Safe) -> None:
    assert safe.storage.sealed.first_sealed() == {}
    safe.sealed()
    safe.clock.advance(timedelta(hours=1))
    safe.sealed()
    safe.clock.advance(timedelta(days=1))
    later = safe.clock.now()
    safe.sealed()
    first, second = safe.keys.epochs()
    assert safe.storage.sealed.first_sealed() == {first: NOW, second: later}


def test_backups_that_live_longer_than_what_was_taken_off_are_refused_until_those_keys_are_over(
    safe: Safe,
) -> None:
    safe.sealed()
    raised = RETENTION.key_backups + timedelta(days=3)
    assert faults(safe, RETENTION.key_backups) == ()
    (sentence,) = faults(safe, raised)
    assert "DOCKSEAL_KEY_BACKUPS is 5 days" in sentence
    assert "Destroy backups of the keys after 2.3 days" in sentence
    assert "until 2026-11-30" in sentence
    safe.clock.advance(timedelta(days=28))
    assert faults(safe, raised) == (), "shredding must run"


@given(taken_off=days, raised=days, age=st.integers(min_value=0, max_value=40 * 24))
def test_it_is_refused_exactly_where_a_live_key_and_its_backups_are_over_30_days(
    taken_off: timedelta, raised: timedelta, age: int
) -> None:
    retention = Retention(keep=LONGEST_KEEP, key_backups=taken_off, epoch_length=timedelta(days=1))
    clock = ManualClock(start=NOW)
    epoch = retention.epoch_of(retention.deadline(NOW))
    clock.advance(timedelta(hours=age))
    over = end_of(epoch) + raised > NOW + LONGEST_KEEP and clock.now() < end_of(epoch)
    assert bool(copies_outlive({epoch: NOW}, key_backups=raised, now=clock.now())) == over


@pytest.mark.parametrize("name", ["", "altered"])
def test_a_row_that_names_no_epoch_stops_nothing(name: str) -> None:
    assert copies_outlive({name: NOW}, key_backups=timedelta(days=9), now=NOW) == ()
