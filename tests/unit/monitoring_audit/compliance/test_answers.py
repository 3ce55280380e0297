"""Amazon's questions are answered out of the running system, and only where everything in an answer is so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of
from dockseal.monitoring_audit.compliance.controls import Control, Verdict
from dockseal.monitoring_audit.compliance.facts import Facts
from dockseal.monitoring_audit.compliance.questionnaire import QUESTIONS
from dockseal.monitoring_audit.compliance.questions import MOST_LETTERS, Answer, Standing, answers
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import Report, report
from spapi_simulator import Line
from unit.monitoring_audit.compliance.flips import FLIPS
from unit.monitoring_audit.compliance.put_on_record import CONTACT, put_all_on_record

LACKING = {control.id for control in CONTROLS if control.lacks}


def answered(day: Day) -> dict[str, Answer]:
    """The answers of now, by the question's number."""
    facts = facts_of(day.app)
    return {each.question.id: each for each in answers(facts, report(facts), QUESTIONS)}


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A Dockseal that released an order, with people who did all they are to do."""
    day = Day(folder=tmp_path, choices=CONTACT)
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=10)
    put_all_on_record(day)
    yield day
    day.close()


def test_all_nineteen_questions_and_those_of_yes_or_no_have_an_answer(day: Day) -> None:
    told = answered(day)
    assert [each for each in told if each.isdigit()] == [str(number) for number in range(1, 20)]
    assert sum(each.startswith("y") for each in told) == 14


def test_each_fits_amazons_form_and_is_in_plain_letters(day: Day) -> None:
    for each in answered(day).values():
        assert 0 < len(each.text) <= MOST_LETTERS, each.question.id
        assert each.text.isascii()


def test_what_is_shown_and_on_record_is_answered_and_what_the_product_lacks_is_not(day: Day) -> None:
    for each in answered(day).values():
        lacking = LACKING & set(each.question.rests_on)
        wanted = Standing.NOT_MET if lacking else Standing.READY if each.question.rests_on else Standing.YOURS
        assert each.standing is wanted, each.question.id
        assert all(control in each.text for control in lacking)


def test_the_sentences_without_which_applications_are_refused_are_there(day: Day) -> None:
    told = {name: each.question.answer(facts_of(day.app)) for name, each in answered(day).items()}
    assert "revoked within 24 hours" in told["4"]
    assert "Personal data is never in logs" in told["9"]
    assert "security@amazon.com within 24 hours" in told["10"]
    assert "the rule reaches every backup" in told["8"]
    assert "no part of the user's name" in told["11"]
    assert "critical (CVSS 9 and more) within 7 days" in told["14"]
    assert told["18"].startswith("Less than 31 days after order shipments")


def without(facts: Facts, control: Control) -> Report:
    """The report in which one control is not proven."""
    found = report(facts)
    return replace(
        found,
        findings=tuple(
            replace(each, verdict=Verdict.NOT_MET, attestation=None)
            if each.control.id == control.id
            else each
            for each in found.findings
        ),
    )


def test_an_answer_falls_with_each_control_it_rests_on_and_with_no_other(day: Day) -> None:
    facts = facts_of(day.app)
    before = {each.question.id: each.standing for each in answers(facts, report(facts), QUESTIONS)}
    for control in CONTROLS:
        after = {each.question.id: each for each in answers(facts, without(facts, control), QUESTIONS)}
        fallen = {name for name, each in after.items() if each.standing is not before[name]}
        rest = {each.id for each in QUESTIONS if control.id in each.rests_on}
        assert fallen == {name for name in rest if before[name] is Standing.READY}
        assert all(control.id in after[name].text for name in rest)


def test_switching_a_control_off_for_real_takes_its_answer_back(day: Day) -> None:
    before = answered(day)
    assert before["9"].standing is Standing.READY
    next(each for each in FLIPS if each.control == "2.6.1").switch(day)
    after = answered(day)
    assert after["9"].standing is Standing.NOT_MET
    assert after["9"].text.startswith("NOT MET: 2.6.1: The audit trail does not add up")
    assert after["y10"].standing is Standing.NOT_MET
    assert after["7"] == before["7"]


def test_without_a_record_nothing_is_claimed_for_people(tmp_path: Path) -> None:
    day = Day(folder=tmp_path)
    told = answered(day)["10"]
    day.close()
    assert told.standing is Standing.NOT_MET
    assert "1.6.2: nothing is on record" in told.text
