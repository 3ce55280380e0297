"""What left the trail's table for segments is no longer claimed to be in it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of
from dockseal.bootstrap.anchoring import signing_keys
from dockseal.cli.opened import person
from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.monitoring_audit.compliance import inventories
from dockseal.monitoring_audit.compliance.attestations import attest
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import Finding, report
from dockseal.monitoring_audit.segments import STANDING, archive
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifying import kept_by
from unit.monitoring_audit.compliance.put_on_record import CONTACT, DOCUMENT, see_to_incidents

PLAN = next(each for each in CONTROLS if each.id == "1.6.2")


def cut_off(day: Day) -> int:
    """Takes the rows that are old enough out of the table; returns the last of them."""
    app = day.app
    cut = archive(
        app.storage,
        app.trail,
        day.folder / "segment",
        keep=app.settings.audit_keep,
        clock=day.clock,
        keys=signing_keys(app.credentials),
        places=kept_by(app.anchoring.anchors),
        actor=person(),
    )
    app.storage.cut_trail(cut, [tag.value for tag in STANDING])
    return cut.tree.size


def finding(day: Day, control: str) -> Finding:
    return report(facts_of(day.app)).of(control)


def kept(day: Day) -> dict[str, str | int]:
    (register,) = inventories.retention(facts_of(day.app))
    return {str(what): number for what, number in register.rows}


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A day with an incident that was closed, 401 days ago."""
    with contextlib.closing(Day(folder=tmp_path, choices=CONTACT)) as day:
        see_to_incidents(day)
        now, app = day.clock.now(), day.app
        attest(
            app.storage,
            app.trail,
            PLAN,
            on=now,
            until=None,
            by="officer",
            document=DOCUMENT,
            actor=person(),
            now=now,
        )
        case = app.incidents.open("A suspicion, plainly invented.", person())
        app.incidents.told(case.id, person())
        app.incidents.close(
            case.id, person(), root_cause="none", remediation="none", corrective_control="none"
        )
        day.run(minutes=2)
        day.clock.advance(timedelta(days=401))
        day.run(minutes=2)
        yield day


def test_before_a_cut_all_rows_are_in_their_table(day: Day) -> None:
    assert "all of them in their table" in finding(day, "2.6.1").sentence
    assert kept(day)["segments kept"] == 0


def test_after_a_cut_it_is_said_what_is_in_segments_and_until_when(day: Day) -> None:
    opened = inventories.access(facts_of(day.app))[-1].title
    last, until = cut_off(day), day.clock.now() - timedelta(days=401) + LONGEST_IMPERSONAL
    day.run(minutes=1)
    found = finding(day, "2.6.1")
    assert found.verdict is Verdict.MET
    assert f"those up to {last} taken out of their table (one segment on record as kept" in found.sentence
    assert f"the next to be deleted on {until:%Y-%m-%d}" in found.sentence
    assert "none of them deleted" not in found.sentence
    assert kept(day)["segments kept"] == 1
    assert kept(day)["rows that left the table for segments, up to number"] == last
    assert opened == "Openings of personal data on record"
    after = inventories.access(facts_of(day.app))[-1].title
    assert after.endswith("on record since 2027-12-08; what was before is in segments")


def test_a_segment_past_its_end_is_not_met_until_its_deletion_is_on_record(day: Day) -> None:
    last = cut_off(day)
    assert finding(day, "1.7-age").verdict is Verdict.MET
    day.clock.advance(timedelta(days=148))
    assert finding(day, "1.7-age").verdict is Verdict.NOT_MET
    assert f"run `dockseal audit deleted {last}`" in finding(day, "1.7-age").sentence
    with day.app.storage.transaction():
        day.app.trail.record(Tag.AUDIT_SEGMENT_DELETED, actor=person(), row=last)
    assert finding(day, "1.7-age").verdict is Verdict.MET
    assert "deleted with their segments once they were 18 months old" in finding(day, "2.6.1").sentence


def test_what_people_put_on_record_and_the_chains_of_cases_outlive_a_cut(day: Day) -> None:
    before = {each: finding(day, each) for each in ("1.6.2", "1.6.2-review", "1.6.4", "1.6.5")}
    assert before["1.6.2"].verdict is Verdict.OVERDUE
    assert before["1.6.4"].verdict is Verdict.MET
    cut_off(day)
    assert {each: finding(day, each) for each in before} == before
