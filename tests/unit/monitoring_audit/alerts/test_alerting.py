"""The lane that looks: alerts, their audit rows, and the messages that it writes down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.alert import AlertState, Channel, Message, MessageState, News
from dockseal.domain.clock import ManualClock
from dockseal.errors import BadInput, ChannelFailed, StorageUnavailable, TrailBroken
from dockseal.monitoring_audit.alerts.alerting import REMEMBERED, Alerting
from dockseal.monitoring_audit.alerts.attending import Attending
from dockseal.monitoring_audit.alerts.last_word import LastWord
from dockseal.monitoring_audit.alerts.telling import GIVEN_UP, Telling
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import verify
from dockseal.storage.store import Storage
from unit.monitoring_audit.alerts.made import DESK, MINUTE, PHONE, bad, names, well

ME = Actor(kind=ActorKind.PERSON, name="console")
LATE, CANARY = "sweep acme-us", "canary 7f3k"


@dataclass(kw_only=True)
class Ears:
    """What channels heard, and whether they listen."""

    deaf: set[str] = field(default_factory=set)
    heard: list[Message] = field(default_factory=list)

    def open(self, channel: Channel) -> "Ears":
        return self

    def send(self, message: Message) -> None:
        if message.channel in self.deaf:
            raise ChannelFailed("it answered 503")
        self.heard.append(message)

    def close(self) -> None:
        """Holds nothing open."""

    def by(self, channel: str) -> list[list[tuple[str, News]]]:
        return [[(line.what, line.news) for line in m.lines] for m in self.heard if m.channel == channel]


@dataclass(kw_only=True)
class Scene:
    """The lanes `alert` and `tell`, over what a test says is found."""

    storage: Storage
    trail: Trail
    clock: ManualClock
    found: list[Check] = field(default_factory=list)
    ears: Ears = field(default_factory=Ears)

    def __post_init__(self) -> None:
        last_word = LastWord(open=self.ears.open, clock=self.clock)
        self.alerting = Alerting(
            storage=self.storage, trail=self.trail, clock=self.clock, clean=str, last_word=last_word
        )
        self.alerting.watch(self.look)
        self.telling = Telling(storage=self.storage, trail=self.trail, clock=self.clock, open=self.ears.open)
        self.attending = Attending(storage=self.storage, trail=self.trail, clock=self.clock)
        for channel in (DESK, PHONE):
            self.storage.alert_channels.put(channel)

    def look(self) -> Sequence[Check]:
        return self.found

    def turn(self, times: int = 1, *, each: timedelta = timedelta(seconds=15)) -> None:
        for _ in range(times):
            self.clock.advance(each)
            self.alerting.run()
            for channel in self.telling.channels():
                self.telling.run(channel)

    def tags(self) -> list[str]:
        return [row.tag for row in self.storage.audit.rows() if row.tag.startswith("alert:")]


@pytest.fixture
def scene(storage: Storage, trail: Trail, clock: ManualClock) -> Scene:
    return Scene(storage=storage, trail=trail, clock=clock)


def test_an_alert_lives_and_each_step_of_it_is_told_and_recorded(scene: Scene) -> None:
    scene.found = [bad(CANARY)]
    scene.turn()
    assert scene.ears.by("phone") == scene.ears.by("desk") == [[(CANARY, News.NEW)]]
    scene.found = [well(CANARY)]
    scene.turn(40)
    assert scene.ears.by("phone") == [[(CANARY, News.NEW)], [(CANARY, News.OVER)]]
    assert scene.tags() == [
        "alert:life:raised",
        "alert:message:sent",
        "alert:message:sent",
        "alert:life:resolved",
        "alert:message:sent",
        "alert:message:sent",
    ]
    verify(scene.storage)


def test_a_canary_is_told_of_within_the_minute(scene: Scene) -> None:
    started = scene.clock.now()
    scene.turn(3)
    scene.found = [bad(CANARY)]
    scene.turn()
    assert scene.ears.heard
    assert scene.clock.now() - started <= MINUTE


def test_a_day_of_one_alert_is_a_handful_of_messages(scene: Scene) -> None:
    scene.found = [bad(LATE)]
    scene.turn(24 * 12, each=timedelta(minutes=5))
    assert len(scene.ears.by("desk")) == 6
    assert scene.ears.by("desk")[1:] == [[(LATE, News.STILL)]] * 5


def test_who_sees_to_it_is_not_reminded_and_is_kept_through_the_looks(scene: Scene) -> None:
    scene.found = [bad(LATE)]
    scene.turn(30)
    (alert,) = scene.attending.board().firing
    scene.attending.acknowledge(alert.ref, ME, timedelta(hours=20))
    scene.turn(19, each=timedelta(hours=1))
    assert len(scene.ears.by("desk")) == 1
    assert names(scene.attending.board().acknowledged) == [LATE]
    scene.turn(2, each=timedelta(hours=1))
    assert len(scene.ears.by("desk")) == 2
    assert names(scene.attending.board().firing) == [LATE]


def test_what_is_muted_is_raised_and_told_to_nobody_until_the_mute_ends(scene: Scene) -> None:
    mute = scene.attending.mute("sweep", "", ME, timedelta(hours=24))
    scene.found = [bad(LATE)]
    scene.turn(30)
    assert names(scene.attending.board().muted) == [LATE]
    assert scene.ears.heard == []
    scene.attending.unmute(mute.ref, ME)
    scene.turn()
    assert scene.ears.by("desk") == [[(LATE, News.NEW)]]


@pytest.mark.parametrize(("rule", "hours"), [("canary", 24), ("sweep", 24), ("unmatched", 720)])
def test_no_mute_is_endless(scene: Scene, rule: str, hours: int) -> None:
    scene.attending.mute(rule, "", ME, timedelta(hours=hours))
    for longer in (timedelta(hours=hours, seconds=1), timedelta.max, timedelta(0), timedelta(hours=-1)):
        with pytest.raises(BadInput, match=f"at most {hours} hours"):
            scene.attending.mute(rule, "", ME, longer)


def test_a_look_that_is_cut_off_is_as_if_it_never_began(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.found = [bad(CANARY)]
    with monkeypatch.context() as patch:
        patch.setattr(type(scene.storage.alert_messages), "put", _killed)
        with pytest.raises(RuntimeError):
            scene.alerting.run()
    assert scene.storage.alerts.live() == []
    assert scene.tags() == []
    scene.turn()
    assert scene.ears.by("desk") == [[(CANARY, News.NEW)]]


def _killed(*_: object) -> None:
    raise RuntimeError("killed")


def test_a_message_that_was_sent_and_not_noted_is_sent_again_under_the_same_reference(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.found = [bad(CANARY)]
    scene.alerting.run()
    with monkeypatch.context() as patch:
        patch.setattr(type(scene.storage.alert_messages), "put", _killed)
        with pytest.raises(RuntimeError):
            scene.telling.run("desk")
    scene.telling.run("desk")
    first, second = scene.ears.heard
    assert first == second
    scene.telling.run("desk")
    assert len(scene.ears.heard) == 2


def test_a_channel_that_fails_is_told_of_by_the_other_and_does_not_ring_in_circles(scene: Scene) -> None:
    scene.ears.deaf = {"phone"}
    scene.found = [bad(CANARY)]
    scene.turn(4 * 20)
    scene.found = [bad(CANARY), *_of_channels(scene)]
    assert [check.name for check in _of_channels(scene)] == ["alert channel phone"]
    assert "it answered 503" in _of_channels(scene)[0].sentence
    scene.turn(4 * 20)
    assert [("alert channel phone", News.NEW)] in scene.ears.by("desk")
    waiting = scene.storage.alert_messages.waiting()
    assert {line.what for message in waiting for line in message.lines} == {CANARY}
    assert scene.tags().count("alert:message:failed") == 1
    scene.ears.deaf = set()
    scene.turn(4 * 20)
    assert scene.ears.by("phone") == [[(CANARY, News.NEW)]]
    assert _of_channels(scene) == []


def test_channels_that_all_fail_are_no_loop(scene: Scene) -> None:
    scene.ears.deaf = {"phone", "desk"}
    scene.found = [bad(CANARY)]
    for _ in range(60):
        scene.turn(each=MINUTE)
        scene.found = [bad(CANARY), *_of_channels(scene)]
    waiting = scene.storage.alert_messages.waiting()
    assert len(waiting) <= 2 * 3, (
        "each channel waits to hear of the canary, of the other, and of the canary again"
    )


def test_a_message_of_yesterday_is_given_up_and_its_channel_stays_told_of(scene: Scene) -> None:
    scene.ears.deaf = {"phone"}
    scene.found = [bad("keys")]
    scene.turn(10)
    message = scene.storage.alert_messages.waiting()[0]
    scene.found = []
    scene.clock.advance(GIVEN_UP)
    scene.telling.run("phone")
    kept = scene.storage.alert_messages.last("phone")
    assert kept is not None
    assert (kept.ref, kept.state) == (message.ref, MessageState.GIVEN_UP)
    assert [check.name for check in _of_channels(scene)] == ["alert channel phone"]


def _of_channels(scene: Scene) -> list[Check]:
    checks = health(scene.storage, [], scene.clock).checks
    return [check for check in checks if check.name.startswith("alert channel")]


def test_a_channel_that_is_removed_is_told_nothing_more(scene: Scene) -> None:
    scene.found = [bad(CANARY)]
    scene.turn()
    scene.storage.alert_channels.remove("phone")
    scene.found = []
    scene.turn(40)
    assert len(scene.ears.by("phone")) == 1
    assert scene.ears.by("desk")[-1] == [(CANARY, News.OVER)]


def test_what_is_long_over_is_forgotten(scene: Scene) -> None:
    scene.attending.mute("sweep", "", ME, timedelta(hours=1))
    scene.found = [bad(CANARY)]
    scene.turn()
    scene.found = []
    scene.turn(40)
    scene.turn(each=REMEMBERED + timedelta(days=1))
    assert scene.storage.alerts.resolved(scene.clock.now() - timedelta(days=100)) == []
    assert scene.storage.alert_messages.last("desk") is None


def test_before_anything_is_looked_at_nothing_is_resolved(scene: Scene) -> None:
    scene.found = [bad(CANARY)]
    scene.turn()
    new = Alerting(
        storage=scene.storage,
        trail=scene.trail,
        clock=scene.clock,
        clean=str,
        last_word=scene.alerting.last_word,
    )
    assert new.run().done == 0
    assert [alert.state for alert in scene.storage.alerts.live()] == [AlertState.FIRING]


def test_a_database_that_cannot_be_used_is_told_of_from_memory_once_an_hour(scene: Scene) -> None:
    scene.turn()

    def broken() -> Sequence[Check]:
        raise StorageUnavailable("the database cannot be used now (SQLITE_FULL)")

    scene.alerting.watch(broken)
    for _ in range(4 * 119):
        scene.clock.advance(timedelta(seconds=15))
        with pytest.raises(StorageUnavailable):
            scene.alerting.run()
    told = [message for message in scene.ears.heard if message.channel == "phone"]
    assert [message.ref for message in told] == ["last-word-phone-2026110208", "last-word-phone-2026110209"]
    assert "SQLITE_FULL" in told[0].lines[0].sentence
    scene.alerting.watch(scene.look)
    scene.turn()
    assert scene.storage.alerts.live() == []


def test_a_database_that_is_locked_for_a_moment_is_not_told_of(scene: Scene) -> None:
    scene.turn()
    for _ in range(10):
        scene.alerting.last_word.failed("it is locked")
        scene.clock.advance(timedelta(seconds=30))
        scene.turn()
    assert scene.ears.heard == []


def test_a_trail_that_takes_no_row_is_told_of_from_memory_too(scene: Scene) -> None:
    scene.turn()
    scene.found = [bad(CANARY)]
    with patch.object(
        type(scene.storage.audit), "noted_head", side_effect=TrailBroken(0, "its head is gone")
    ):
        for _ in range(10):
            scene.clock.advance(timedelta(seconds=30))
            with pytest.raises(TrailBroken):
                scene.alerting.run()
    (told,) = [message for message in scene.ears.heard if message.channel == "phone"]
    assert "its head is gone" in told.lines[0].sentence
