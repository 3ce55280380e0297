"""Each control is switched off in turn: exactly its clauses turn NOT MET, all others stay as they were."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of
from dockseal.cli.opened import person
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import report
from spapi_simulator import Line
from unit.monitoring_audit.compliance.flips import FLIPS, Flip, sql
from unit.monitoring_audit.compliance.put_on_record import CONTACT, put_all_on_record, see_to_incidents


def verdicts(day: Day) -> dict[str, Verdict]:
    """The verdict on each control, by its id."""
    return {each.control.id: each.verdict for each in report(facts_of(day.app)).findings}


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A Dockseal that released an order, and holds its data."""
    day = Day(folder=tmp_path, choices=CONTACT)
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=10)
    see_to_incidents(day)
    yield day
    day.close()
    sys.modules.pop("mistralai", None)


@pytest.mark.parametrize("flip", FLIPS, ids=[f"{flip.control}: {flip.how}" for flip in FLIPS])
def test_exactly_its_clauses_turn_not_met(day: Day, flip: Flip) -> None:
    before = verdicts(day)
    assert before[flip.control] is Verdict.MET, "it was off already: this test proves nothing"
    flip.switch(day)
    after = verdicts(day)
    changed = {control for control, verdict in after.items() if verdict is not before[control]}
    assert changed == flip.clauses
    assert {after[control] for control in changed} == {Verdict.NOT_MET}


def test_every_control_that_software_enforces_is_switched_off_somehow() -> None:
    enforced = {control.id for control in CONTROLS if control.probe is not None}
    assert {flip.control for flip in FLIPS} == enforced


def test_what_is_not_met_says_what_to_do(day: Day) -> None:
    told = {}
    for flip in FLIPS:
        if flip.control in {"1.3", "2.4", "AUP-4.1"}:
            flip.switch(day)
    for finding in report(facts_of(day.app)).findings:
        told[finding.control.id] = finding.sentence
    assert "chmod" in told["1.3"]
    assert "vault.sqlite3" in told["1.3"]
    assert "analytics" in told["AUP-4.1"]
    assert "chmod 600" in told["2.4"]


def test_a_trail_whose_rows_say_nothing_any_more_is_not_met_and_the_report_is_made_all_the_same(
    day: Day,
) -> None:
    put_all_on_record(day)
    for name in ("an entry was taken out", "a segment of the trail", "an archive was kept"):
        next(flip for flip in FLIPS if flip.how.startswith(name)).switch(day)
    sql(
        "operations",
        "DROP TRIGGER operations_audit_no_update",
        "UPDATE operations_audit SET fields = '{}'",
    )(day)
    found = report(facts_of(day.app))
    assert found.of("2.6.1").verdict is Verdict.NOT_MET
    assert found.of("1.6.4").verdict is Verdict.NOT_MET
    assert found.of("1.6.2").attestation is None


def test_a_signing_key_that_was_altered_breaks_no_report(day: Day) -> None:
    day.app.incidents.open("A suspicion, plainly invented.", person())
    sql("vault", "UPDATE vault_credential SET ciphertext = zeroblob(64) WHERE name = 'installation/signing'")(
        day
    )
    found = report(facts_of(day.app))
    assert found.of("2.6.1").verdict is Verdict.NOT_MET
    assert found.of("1.6.4").verdict is Verdict.NOT_MET
