"""A case holds: what was cut off is told, evidence stays whole, and its notice names nobody from here."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from day import SELLER, START, Day, MakeDay
from dockseal.bootstrap.anchoring import signing_keys
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.incident import EntryKind, Incident
from dockseal.errors import BadInput
from dockseal.monitoring_audit.segments import STANDING, archive
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.incidents import evidence
from dockseal.pii_security.incidents.custody import Custody
from harvesting import ME, checks, harvest, orders

INSIDER = Actor(kind=ActorKind.PERSON, name="insider")
LEARNT = {"root_cause": "A leak.", "remediation": "Closed.", "corrective_control": "A lock."}


class Killed(BaseException):
    """Ends a measure as the end of the process would."""


def case(day: Day) -> Incident:
    return day.app.incidents.open("Somebody saw a list of addresses.", ME)


def cut_off(day: Day, about: Incident) -> None:
    """Takes a measure, and is killed between its intent and its act."""
    work = day.app.incidents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(work.cases.storage.sellers), "change", _killed)
        with pytest.raises(Killed):
            work.take(about.id, "rest_seller", SELLER, ME)


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_a_measure_that_was_cut_off_is_told_until_it_was_taken_again(make_day: MakeDay) -> None:
    day = make_day()
    about = case(day)
    cut_off(day, about)
    name = f"incident measure {about.id}/rest_seller"
    assert f"run `dockseal incidents revoke {about.id} rest_seller {SELLER}` again" in checks(day)[name]
    day.app.incidents.take(about.id, "rest_seller", SELLER, ME)
    assert name not in checks(day)
    assert SELLER not in day.app.storage.sellers.awake()


@pytest.mark.parametrize(
    ("measure", "subject"),
    [
        ("lock_actor", "warehouse:reno"),
        ("end_sessions", ""),
        ("drop_api_keys", "reno"),
        ("rest_seller", SELLER),
        ("rotate_signing_key", ""),
        ("rotate_master_key", ""),
        ("stop_opens", ""),
    ],
)
def test_whatever_was_cut_off_before_its_entry_can_be_taken_again(
    make_day: MakeDay, measure: str, subject: str
) -> None:
    day = make_day(adapter="rest")
    about, work = case(day), day.app.incidents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Custody, "add", _killed)
        with pytest.raises(Killed):
            work.take(about.id, measure, subject, ME)
    name = f"incident measure {about.id}/{measure}"
    assert name in checks(day)
    work.take(about.id, measure, subject, ME)
    assert name not in checks(day)
    assert [entry.kind for entry in work.custody.verify(about)].count(EntryKind.MEASURE) == 1


def test_a_measure_that_failed_is_no_measure_that_was_cut_off(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand")
    about, work = case(day), day.app.incidents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(work.cases.storage.sellers), "change", _refused)
        with pytest.raises(BadInput):
            work.take(about.id, "rest_seller", SELLER, ME)
    assert not [name for name in checks(day) if name.startswith("incident measure")]


def _refused(*_: object, **__: object) -> None:
    raise BadInput("not now")


def test_a_closed_case_verifies_after_its_rows_left_the_table(make_day: MakeDay, tmp_path: Path) -> None:
    day = make_day(tick=timedelta(days=1), poll=timedelta(days=30))
    about, work = case(day), day.app.incidents
    work.freeze(about.id, ME)
    work.told(about.id, ME)
    work.close(about.id, ME, **LEARNT)
    day.app.anchoring.run()
    day.clock.advance(timedelta(days=401))
    cut = archive(
        day.app.storage,
        day.app.trail,
        tmp_path / "segment",
        keep=timedelta(days=400),
        clock=day.clock,
        keys=signing_keys(day.app.credentials),
        places={},
        actor=ME,
    )
    assert day.app.storage.cut_trail(cut, [tag.value for tag in STANDING]) > 0
    assert day.app.storage.audit.search(tag=Tag.INCIDENT_CASE_OPENED.value) == []
    assert work.verify(about.id, ME) == 1


def test_evidence_of_a_long_trail_holds_what_was_around_the_alarm_and_says_how_far_it_goes(
    make_day: MakeDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_ROWS", 5)
    day = make_day(adapter="by_hand")
    harvest(day, orders(day, 2), INSIDER)
    about = day.app.incidents.open("It was him.", ME, actor=str(INSIDER), detected_at=START)
    found = day.app.incidents.freeze(about.id, ME)
    rows = [json.loads(line) for line in (found.folder / "trail.jsonl").read_text().splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    told = json.loads((found.folder / "extent.json").read_text())
    assert (told["trail"]["first"], told["trail"]["last"]) == (1, 5)
    assert told["trail"]["newest_of_the_trail"] > 5
    assert told["actor"] == {
        "all": True,
        "first": told["actor"]["first"],
        "last": told["actor"]["last"],
        "rows": 2,
    }


def test_evidence_is_frozen_also_where_somebody_took_a_collection_away(make_day: MakeDay) -> None:
    day = make_day()
    about = case(day)
    first, second = (day.app.incidents.freeze(about.id, ME).folder for _ in range(2))
    first.rename(day.folder / "elsewhere")
    third = day.app.incidents.freeze(about.id, ME).folder
    assert (second.name, third.name) == ("02", "03")


def test_the_notice_tells_of_measures_and_names_nobody_who_works_here(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand")
    harvest(day, orders(day, 1), INSIDER)
    about = case(day)
    day.app.incidents.take(about.id, "lock_actor", str(INSIDER), ME)
    text = day.app.incidents.notice(about).text
    assert "UTC: an account of a person was locked." in text
    assert "insider" not in text


def test_a_clock_that_is_put_back_gives_nobody_more_time(make_day: MakeDay) -> None:
    day = make_day()
    about = case(day)
    day.clock.set(START + timedelta(hours=25))
    day.app.incidents.note(about.id, "Nobody was reached.", ME)
    day.clock.set(START + timedelta(hours=2))
    assert "should have been told" in checks(day)[f"incident {about.id}"]
    day.app.incidents.told(about.id, ME)
    (row,) = day.app.storage.audit.search(tag="incident:notice:sent")
    assert dict(row.fields)["in_time"] == "false"


def test_cases_that_are_open_stand_first(make_day: MakeDay) -> None:
    day = make_day()
    old = case(day)
    day.clock.advance(timedelta(hours=1))
    new = case(day)
    day.app.incidents.told(new.id, ME)
    day.app.incidents.close(new.id, ME, **LEARNT)
    assert [each.id for each in day.app.storage.incidents.all()] == [old.id, new.id]
