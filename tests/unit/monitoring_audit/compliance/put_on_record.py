"""Puts everything on record that people see to, so that every answer could be given."""

from day import Day
from dockseal.cli.opened import person
from dockseal.monitoring_audit.compliance.attestations import attest
from dockseal.monitoring_audit.compliance.registry import CONTROLS

DOCUMENT = "cd" * 32
CONTACT = {"impoc_name": "Ines Invented", "impoc_mail": "ines@invented.example"}
"""What a day chooses, so that somebody is named whom Amazon reaches."""


def see_to_incidents(day: Day) -> None:
    """Somebody reviewed the incident plan, and confirmed whom Amazon reaches, today."""
    day.app.incidents.reviewed_runbook(person())
    day.app.incidents.confirm_contact(person())


def put_all_on_record(day: Day) -> None:
    """People did all they are to do, today."""
    see_to_incidents(day)
    now = day.clock.now()
    for control in CONTROLS:
        if control.by_people:
            attest(
                day.app.storage,
                day.app.trail,
                control,
                on=now,
                until=None,
                by="security-officer",
                document=DOCUMENT,
                actor=person(),
                now=now,
            )
