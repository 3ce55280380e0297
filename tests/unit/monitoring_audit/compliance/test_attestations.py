"""What people do is put on record, holds for its term, and is overdue afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of
from dockseal.cli.opened import person
from dockseal.errors import BadInput
from dockseal.monitoring_audit.compliance.attestations import attest, attestations
from dockseal.monitoring_audit.compliance.controls import Control, Verdict
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import report
from dockseal.monitoring_audit.verifying import verify

PEOPLES = [control for control in CONTROLS if control.by_people]
PLAN = next(control for control in CONTROLS if control.id == "1.6.2")
DOCUMENT = "ab" * 32


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A Dockseal of which nobody has put anything on record."""
    day = Day(folder=tmp_path)
    yield day
    day.close()


def put(
    day: Day, control: Control, *, days_ago: int = 0, until_days: int | None = None, by: str = "officer"
) -> None:
    """Attests a control."""
    now = day.clock.now()
    on = now - timedelta(days=days_ago)
    attest(
        day.app.storage,
        day.app.trail,
        control,
        on=on,
        until=None if until_days is None else on + timedelta(days=until_days),
        by=by,
        document=DOCUMENT,
        actor=person(),
        now=now,
    )


def test_each_holds_for_its_term_to_the_day_and_no_other_changes_with_it(day: Day) -> None:
    for control in PEOPLES:
        put(day, control)
    facts = facts_of(day.app)
    assert {report(facts).of(control.id).verdict for control in PEOPLES} == {Verdict.ORGANISATIONAL}
    for control in PEOPLES:
        assert control.every is not None
        end = facts.now + control.every
        before = report(replace(facts, now=end - timedelta(seconds=1)))
        after = report(replace(facts, now=end))
        assert before.of(control.id).verdict is Verdict.ORGANISATIONAL
        assert before.of(control.id).proven
        assert after.of(control.id).verdict is Verdict.OVERDUE
        assert control in {finding.control for finding in after.bad}
        assert not after.of(control.id).proven


def test_nothing_on_record_is_no_fault_and_no_proof(day: Day) -> None:
    finding = report(facts_of(day.app)).of("1.6.2")
    assert finding.verdict is Verdict.ORGANISATIONAL
    assert not finding.proven
    assert "docs/templates/incident-response-plan.md" in finding.sentence


def test_a_newer_word_takes_the_place_of_the_one_before(day: Day) -> None:
    put(day, PLAN, days_ago=100, until_days=50, by="officer")
    assert report(facts_of(day.app)).of("1.6.2").verdict is Verdict.OVERDUE
    put(day, PLAN, by="deputy")
    assert attestations(day.app.storage)["1.6.2"].by == "deputy"
    assert report(facts_of(day.app)).of("1.6.2").verdict is Verdict.ORGANISATIONAL


def test_it_is_on_record_with_who_answers_for_it_and_the_document(day: Day) -> None:
    put(day, PLAN)
    told = attestations(day.app.storage)["1.6.2"]
    (row,) = day.app.storage.audit.rows(told.row - 1, 1)
    assert dict(row.fields)["document"] == DOCUMENT
    assert (row.tag, row.actor) == ("compliance:control:attested", str(person()))
    assert verify(day.app.storage).rows == told.row


@pytest.mark.parametrize(
    ("days_ago", "until_days", "by", "word"),
    [
        (-1, None, "officer", "a day that is past"),
        (0, 181, "officer", "every 180 days"),
        (0, 0, "officer", "every 180 days"),
        (0, None, "Jo Invented, of 5 Some Street", "--by takes a word"),
    ],
)
def test_what_cannot_be_is_refused_and_not_kept(
    day: Day, days_ago: int, until_days: int | None, by: str, word: str
) -> None:
    with pytest.raises(BadInput, match=word):
        put(day, PLAN, days_ago=days_ago, until_days=until_days, by=by)
    assert attestations(day.app.storage) == {}


@pytest.mark.parametrize(
    "control", [each for each in CONTROLS if not each.by_people], ids=lambda each: each.id
)
def test_nobody_attests_what_software_shows_or_lacks(day: Day, control: Control) -> None:
    with pytest.raises(BadInput, match="nobody attests"):
        put(day, control)
