"""The clauses are judged on PostgreSQL as on SQLite, and fall there as well."""

from pathlib import Path

import pytest

from day import MakeDay
from dockseal.bootstrap import facts_of
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import report
from dockseal.storage.places import DatabasePlaces
from postgresql import Cluster
from spapi_simulator import Line
from unit.monitoring_audit.compliance.put_on_record import CONTACT, see_to_incidents


def test_what_software_enforces_is_met_and_falls_with_what_the_superuser_changes(
    make_day: MakeDay, postgresql: Cluster, fresh: DatabasePlaces, tmp_path: Path
) -> None:
    day = make_day(choices=postgresql.settings(fresh, tmp_path) | CONTACT)
    see_to_incidents(day)
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=10)

    def not_met() -> set[str]:
        findings = report(facts_of(day.app)).findings
        return {each.control.id for each in findings if each.verdict is Verdict.NOT_MET}

    lacking = {control.id for control in CONTROLS if control.lacks}
    assert not_met() == lacking
    operations, vault = fresh.operations.url.name, fresh.vault.url.name
    trigger = "TRIGGER operations_audit_no_change"
    for name, fault, clause, undo in (
        (
            vault,
            "UPDATE vault_sealed SET deadline = deadline - interval '90 days'",
            "2.1",
            "UPDATE vault_sealed SET deadline = deadline + interval '90 days'",
        ),
        (
            vault,
            "UPDATE vault_sealed SET deadline = deadline + interval '90 days'",
            "2.1-form",
            "UPDATE vault_sealed SET deadline = deadline - interval '90 days'",
        ),
        (
            operations,
            f"ALTER TABLE operations_audit DISABLE {trigger}",
            "2.6.1",
            f"ALTER TABLE operations_audit ENABLE ALWAYS {trigger}",
        ),
        (
            operations,
            f"ALTER TABLE operations_audit ENABLE REPLICA {trigger}",
            "2.6.1",
            f"ALTER TABLE operations_audit ENABLE ALWAYS {trigger}",
        ),
    ):
        postgresql.administrate(fault, name)
        assert not_met() == lacking | {clause}, fault
        postgresql.administrate(undo, name)
    assert not_met() == lacking


@pytest.mark.parametrize("column", ["actor", "tag"])
def test_a_row_that_the_superuser_edited_is_named(
    make_day: MakeDay, postgresql: Cluster, fresh: DatabasePlaces, tmp_path: Path, column: str
) -> None:
    day = make_day(choices=postgresql.settings(fresh, tmp_path))
    day.run(minutes=1)
    name = fresh.operations.url.name
    for statement in (
        "ALTER TABLE operations_audit DISABLE TRIGGER ALL",
        f"UPDATE operations_audit SET {column} = 'person:nobody' WHERE seq = 2",
        "ALTER TABLE operations_audit ENABLE TRIGGER ALL",
        "ALTER TABLE operations_audit ENABLE ALWAYS TRIGGER operations_audit_no_change",
    ):
        postgresql.administrate(statement, name)
    finding = report(facts_of(day.app)).of("2.6.1")
    assert finding.verdict is Verdict.NOT_MET
    assert "audit row 2" in finding.sentence
