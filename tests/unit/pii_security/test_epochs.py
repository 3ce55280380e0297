from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dockseal.domain.policy import LONGEST_KEEP
from dockseal.errors import SettingsFault
from dockseal.pii_security.epochs import Retention, end_of, ended, is_epoch

instants = st.timedeltas(timedelta(0), timedelta(days=25_000)).map(
    lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + passed
)
spans = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=40))


@given(
    retrieved_at=instants, keep=spans, backups=st.timedeltas(timedelta(0), timedelta(days=40)), epoch=spans
)
def test_data_never_opens_nor_has_a_key_past_what_is_allowed(
    retrieved_at: datetime, keep: timedelta, backups: timedelta, epoch: timedelta
) -> None:
    try:
        retention = Retention(keep=keep, key_backups=backups, epoch_length=epoch)
    except SettingsFault:
        assert keep > LONGEST_KEEP or keep - backups < 2 * epoch
        return
    deadline = retention.deadline(retrieved_at)
    name = retention.epoch_of(deadline)
    allowed = retrieved_at + keep - backups
    assert allowed - epoch < deadline <= allowed
    assert deadline > retrieved_at
    assert retention.end_of(name) == deadline, "the key is destroyed at the deadline"
    assert allowed + backups <= retrieved_at + LONGEST_KEEP, "and its last backup is gone in time"
    assert ended(name, deadline)
    assert not ended(name, deadline - timedelta(microseconds=1))


@given(deadline=instants, first=spans, second=spans)
def test_another_epoch_length_later_never_makes_a_key_live_longer(
    deadline: datetime, first: timedelta, second: timedelta
) -> None:
    assume(first < timedelta(days=10) and second < timedelta(days=10))
    before = Retention(keep=LONGEST_KEEP, key_backups=timedelta(0), epoch_length=first)
    after = Retention(keep=LONGEST_KEEP, key_backups=timedelta(0), epoch_length=second)
    assert after.end_of(before.epoch_of(deadline)) == deadline


@given(earlier=instants, later=instants)
def test_what_is_retrieved_later_is_never_kept_shorter(earlier: datetime, later: datetime) -> None:
    assume(earlier <= later)
    retention = Retention(keep=LONGEST_KEEP, key_backups=timedelta(0), epoch_length=timedelta(days=1))
    assert retention.deadline(earlier) <= retention.deadline(later)


@pytest.mark.parametrize(
    ("keep", "backups", "epoch", "word"),
    [
        (timedelta(days=30, seconds=1), timedelta(0), timedelta(days=1), "30 days"),
        (timedelta(days=30), timedelta(days=-1), timedelta(days=1), "negative"),
        (timedelta(days=30), timedelta(days=29), timedelta(days=1), "two epochs"),
        (timedelta(days=30), timedelta(0), timedelta(0), "epoch_length"),
    ],
)
def test_a_retention_that_cannot_work_is_refused(
    keep: timedelta, backups: timedelta, epoch: timedelta, word: str
) -> None:
    with pytest.raises(SettingsFault, match=word):
        Retention(keep=keep, key_backups=backups, epoch_length=epoch)


@pytest.mark.parametrize(
    "text", ["", "2026", "../master", "20261103T000000Z/..", "20261303T000000Z", "x.key"]
)
def test_only_names_of_epochs_name_epochs(text: str) -> None:
    assert not is_epoch(text)
    with pytest.raises(ValueError, match=r"epoch|format"):
        end_of(text)
