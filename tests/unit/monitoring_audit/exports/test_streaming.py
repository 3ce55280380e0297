"""The lane that tells a SIEM: every row, in order, at least once, whatever happens in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.bootstrap.siem import siem_name, siem_of
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.siem_url import SiemUrl
from dockseal.domain.told import Told
from dockseal.errors import SiemUnavailable
from dockseal.lanes import Lanes, Step
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.exports.streaming import BATCH, Streaming
from dockseal.monitoring_audit.looking.siem import LATE, look_at_siem
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.settings import settings_from
from dockseal.storage.store import DatabasePlaces, Storage
from siem_receivers import Authority, https_receiver, syslog_receiver

SERVICE = Actor(kind=ActorKind.SERVICE, name="release")
Write = Callable[[int], None]


@pytest.fixture
def write(storage: Storage, trail: Trail) -> Write:
    def some(number: int) -> None:
        with storage.transaction():
            for _ in range(number):
                trail.record(Tag.KEY_MASTER_ROTATION_INTENDED, actor=SERVICE)

    return some


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.made(tmp_path / "authority")


@dataclass
class Kept:
    """A SIEM in memory, which counts what it is told and can die in mid."""

    url: SiemUrl = field(default_factory=lambda: SiemUrl.parsed("https://siem.example/in"))
    rows: list[AuditRow] = field(default_factory=list)
    dies: bool = False

    def tell(self, rows: Sequence[AuditRow]) -> None:
        self.rows += rows
        if self.dies:
            raise KeyboardInterrupt


def telling(storage: Storage, clock: ManualClock, url: str, authority: Authority) -> Streaming:
    settings = settings_from({"siem_url": url, "siem_ca": authority.file})
    return Streaming(storage=storage, clock=clock, siem=siem_of(settings))


def until_nothing_is_left(lane: Streaming) -> None:
    while lane.run().more:
        pass


def test_each_row_is_told_once_and_new_ones_follow(
    storage: Storage, clock: ManualClock, write: Write
) -> None:
    siem = Kept()
    lane = Streaming(storage=storage, clock=clock, siem=siem)
    assert lane.run() == NOTHING
    write(BATCH + 3)
    assert lane.run() == Outcome(done=BATCH, more=True)
    assert lane.run() == Outcome(done=3)
    write(1)
    assert lane.run() == Outcome(done=1)
    assert lane.run() == NOTHING
    assert siem.rows == storage.audit.rows()


def test_an_outage_loses_nothing_and_the_order_stays(
    storage: Storage, clock: ManualClock, write: Write, authority: Authority
) -> None:
    with syslog_receiver(authority) as receiver:
        lane = telling(storage, clock, f"syslog+tls://127.0.0.1:{receiver.port}", authority)
        write(10)
        lane.run()
    write(BATCH)
    for _ in range(3):
        with pytest.raises(SiemUnavailable, match="Connection refused"):
            lane.run()
    write(5)
    with syslog_receiver(authority, port=receiver.port) as again:
        until_nothing_is_left(lane)
    assert receiver.sequence() == list(range(1, 11))
    assert again.sequence() == list(range(11, BATCH + 16))


def test_a_line_that_breaks_in_mid_has_all_of_its_rows_told_again(
    storage: Storage, clock: ManualClock, write: Write, authority: Authority
) -> None:
    write(20)
    with syslog_receiver(authority) as receiver:
        lane = telling(storage, clock, f"syslog+tls://127.0.0.1:{receiver.port}", authority)
        receiver.breaks_after = 7
        with pytest.raises(SiemUnavailable):
            lane.run()
        lane.run()
    assert receiver.sequence() == [*range(1, 8), *range(1, 21)]


def test_a_process_that_dies_before_its_note_tells_the_same_rows_again_and_goes_on(
    storage: Storage, clock: ManualClock, write: Write, places: DatabasePlaces
) -> None:
    write(5)
    siem = Kept()
    lane = Streaming(storage=storage, clock=clock, siem=siem)
    lane.run()
    write(2)
    siem.dies = True
    with pytest.raises(KeyboardInterrupt):
        lane.run()
    storage.close()
    again = Storage.open(places, secret_key="only for tests")
    siem.dies = False
    Streaming(storage=again, clock=clock, siem=siem).run()
    assert [row.seq for row in siem.rows] == [1, 2, 3, 4, 5, 6, 7, 6, 7]
    assert siem.rows[5:7] == siem.rows[7:]


def test_another_siem_is_told_from_the_first_row(storage: Storage, clock: ManualClock, write: Write) -> None:
    write(3)
    first, second = Kept(), Kept(url=SiemUrl.parsed("https://other.example/in"))
    for siem in (first, second):
        Streaming(storage=storage, clock=clock, siem=siem).run()
    moved = Kept(url=SiemUrl.parsed("https://siem.example/another/path"))
    assert Streaming(storage=storage, clock=clock, siem=moved).run() == NOTHING
    assert len(first.rows) == len(second.rows) == 3


def test_a_trail_that_was_put_back_is_told_anew_for_its_numbers_mean_other_rows(
    storage: Storage, clock: ManualClock, write: Write
) -> None:
    write(4)
    siem = Kept()
    ahead = Told(target=str(siem.url), seq=9, hash="f" * 64, at=clock.now())
    other = Told(target=str(siem.url), seq=4, hash="f" * 64, at=clock.now())
    for told in (ahead, other):
        storage.told.put(told)
        siem.rows.clear()
        Streaming(storage=storage, clock=clock, siem=siem).run()
        assert [row.seq for row in siem.rows] == [1, 2, 3, 4]


def test_where_there_is_no_siem_there_is_no_lane(storage: Storage, clock: ManualClock) -> None:
    lane = Streaming(storage=storage, clock=clock, siem=None)
    assert lane.keys() == ()
    assert lane.run() == NOTHING


def test_the_lane_waits_longer_after_each_failure_and_is_well_once_the_siem_is(
    storage: Storage, clock: ManualClock, write: Write, authority: Authority
) -> None:
    write(3)
    with https_receiver(authority) as receiver:
        receiver.status = 503
        lane = telling(storage, clock, f"https://127.0.0.1:{receiver.port}/in", authority)
        step = Step(name="stream", run=lambda _: lane.run(), keys=lane.keys, every=timedelta(seconds=2))
        lanes = Lanes(steps=[step], clock=clock, rest=lambda *_: None, observe=lambda *_, **__: None)
        for _ in range(600):
            lanes.run_due()
            clock.advance(timedelta(seconds=1))
        (only,) = lanes.all()
        assert 5 <= receiver.posts <= 10
        assert "answers 503" in only.failing
        receiver.status = 200
        for _ in range(301):
            lanes.run_due()
            clock.advance(timedelta(seconds=1))
        assert only.failing == ""
        assert receiver.sequence() == [1, 2, 3]


def test_health_tells_of_a_siem_that_is_behind_and_of_none_where_there_is_none(
    storage: Storage, clock: ManualClock, write: Write
) -> None:
    siem = Kept()
    name, lane = str(siem.url), Streaming(storage=storage, clock=clock, siem=siem)

    def check() -> Check:
        (found,) = look_at_siem(storage, name, clock.now())
        return found

    assert list(look_at_siem(storage, "", clock.now())) == []
    assert check().ok
    write(2)
    clock.advance(LATE - timedelta(seconds=1))
    assert check().ok
    clock.advance(timedelta(seconds=1))
    assert check().name == "siem"
    assert not check().ok
    assert "audit row 1 of 2026-11-02 08:00 UTC" in check().sentence
    lane.run()
    assert check().sentence == "https://siem.example:443 was told up to audit row 2."
    assert siem_name(settings_from({"siem_url": "https://siem.example/in"})) == name
