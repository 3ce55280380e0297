"""Alerts, mutes, channels, messages and hours of opens, on every database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.alert import (
    AlertState,
    Channel,
    ChannelKind,
    Line,
    Message,
    MessageState,
    Mute,
    News,
    Severity,
)
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import StorageError
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from unit.monitoring_audit.alerts.made import firing

HOUR = timedelta(hours=1)


def message(ref: str, made_at: datetime, **changes: Any) -> Message:
    line = Line(
        alert="a",
        news=News.NEW,
        rule="sweep",
        what="sweep acme-us",
        severity=Severity.CRITICAL,
        sentence="Ünder \N{PACKAGE} it is late.",
        since=made_at,
    )
    values = {"ref": ref, "channel": "desk", "group": "access", "made_at": made_at, "lines": (line,)}
    return Message(**values | changes)  # type: ignore[arg-type]  # fields by name


def test_an_alert_is_kept_as_it_is_and_changed(storage: Storage, now: datetime) -> None:
    alert = firing("sweep acme-us", now, told={"desk": now}, returns=2)
    storage.alerts.add(alert)
    assert storage.alerts.live() == [alert] == [storage.alerts.find(alert.ref)]
    later = replace(alert, state=AlertState.RESOLVED, resolved_at=now + HOUR, told={})
    storage.alerts.change(later)
    assert storage.alerts.live() == []
    assert storage.alerts.resolved(now) == [later]
    assert storage.alerts.resolved(now + 2 * HOUR) == []
    assert storage.alerts.purge(now + 2 * HOUR) == 1


def test_two_live_alerts_of_one_check_are_refused(storage: Storage, now: datetime) -> None:
    first = firing("sweep acme-us", now)
    storage.alerts.add(first)
    with pytest.raises(StorageError):
        storage.alerts.add(replace(first, ref="another"))
    storage.alerts.change(replace(first, state=AlertState.RESOLVED, resolved_at=now))
    storage.alerts.add(replace(first, ref="another"))


def test_who_sees_to_an_alert_and_the_lane_do_not_undo_each_other(storage: Storage, now: datetime) -> None:
    read = firing("sweep acme-us", now)
    storage.alerts.add(read)
    storage.alerts.acknowledge(read.ref, "person:console", now + HOUR)
    storage.alerts.change(replace(read, sentence="It is later still."))
    kept = storage.alerts.find(read.ref)
    assert kept is not None
    assert (kept.acknowledged_by, kept.acknowledged_until) == ("person:console", now + HOUR)
    assert kept.sentence == "It is later still."


def test_a_mute_ends_by_itself_or_by_a_person_once(storage: Storage, now: datetime) -> None:
    mute = Mute(ref="m", rule="sweep", about="", until=now + HOUR, by="person:console", made_at=now)
    storage.alert_mutes.put(mute)
    assert storage.alert_mutes.all(now) == [mute]
    assert storage.alert_mutes.all(now + HOUR) == []
    assert storage.alert_mutes.end("m", now)
    assert not storage.alert_mutes.end("m", now)
    assert storage.alert_mutes.all(now) == []


def test_channels_are_kept_by_name(storage: Storage) -> None:
    desk = Channel(id="desk", kind=ChannelKind.MAIL, least=Severity.WARNING, options={"host": "mail.example"})
    storage.alert_channels.put(desk)
    storage.alert_channels.put(replace(desk, least=Severity.PAGE))
    assert storage.alert_channels.all() == [replace(desk, least=Severity.PAGE)]
    assert storage.alert_channels.remove("desk")
    assert storage.alert_channels.find("desk") is None


def test_messages_are_due_in_order_until_they_are_settled(storage: Storage, now: datetime) -> None:
    first, second = message("b", now), message("a", now + HOUR)
    late = message("c", now, tries=1, next_try=now + 2 * HOUR, fault="it answered 503")
    for each in (second, first, late):
        storage.alert_messages.put(each)
    assert storage.alert_messages.due("desk", now + HOUR, 10) == [first, second]
    assert storage.alert_messages.due("desk", now + 2 * HOUR, 10) == [first, late, second]
    assert storage.alert_messages.waiting() == [late]
    assert storage.alert_messages.newest() == {("desk", "access"): now + HOUR}
    storage.alert_messages.put(replace(second, state=MessageState.SENT, settled_at=now))
    assert storage.alert_messages.due("desk", now + HOUR, 10) == [first]
    assert storage.alert_messages.drop("desk") == 2


def test_rows_of_the_trail_are_counted_by_actor_and_hour(storage: Storage) -> None:
    clock = ManualClock(start=datetime.fromisoformat("2026-11-02T08:10:00+00:00"))
    trail = Trail(storage, clock)
    for name, minutes in (("a", 0), ("a", 30), ("b", 30), ("a", 15), ("a", 40)):
        clock.advance(timedelta(minutes=minutes))
        with storage.transaction():
            actor = Actor(kind=ActorKind.PERSON, name=name)
            trail.record(
                Tag.ORDER_DATA_OPENED, actor=actor, order=OrderRef("o"), purpose=Purpose.PACKING_SLIP
            )
    eight = datetime.fromisoformat("2026-11-02T08:00:00+00:00")
    counted = storage.audit.by_hour(Tag.ORDER_DATA_OPENED, 0, 4)
    assert counted == {("person:a", eight): 2, ("person:b", eight + HOUR): 1, ("person:a", eight + HOUR): 1}
    assert storage.audit.by_actor(Tag.ORDER_DATA_OPENED, clock.now() - HOUR) == {"person:a": 2, "person:b": 1}
    assert storage.audit.first_after(eight + HOUR) == 3
    assert storage.open_hours.counted_to() is None
    for to in (4, 4):
        with storage.transaction():
            storage.open_hours.add(counted, counted_to=to)
    assert storage.open_hours.counted_to() == 4
    assert storage.open_hours.of(["person:a"], before=eight + HOUR) == {"person:a": [4]}
    assert storage.open_hours.of(["person:a", "person:c"], before=eight + 2 * HOUR) == {
        "person:a": [4, 2],
        "person:c": [],
    }
    assert storage.open_hours.purge(eight + HOUR) == 1
