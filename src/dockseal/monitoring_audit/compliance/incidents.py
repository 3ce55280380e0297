"""The clauses of risks, incidents and inspections: what software watches of them, and what people see to."""

from datetime import datetime

from dockseal.domain.policy import PLAN_REVIEWED_WITHIN, RISK_ASSESSED_WITHIN
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts

_PLAN = "docs/templates/incident-response-plan.md"


def _reviewed(facts: Facts) -> Evidence:
    last = facts.incidents.plan_reviewed_at
    return _within(
        facts,
        last,
        what="The incident plan",
        done="reviewed",
        to_do="review docs/incidents.md and your own plan, then run `dockseal incidents runbook --reviewed`",
    )


def _told(facts: Facts) -> Evidence:
    told = facts.incidents
    figures = (
        ("cases", told.cases),
        ("open", told.open_cases),
        ("over 24 hours and not told", len(told.untold)),
        ("told late", told.told_late),
    )
    if told.untold:
        sentence = (
            f"Amazon was not told within 24 hours of {', '.join(told.untold)}: mail the notice that "
            f"`dockseal incidents notice {told.untold[0]}` prints at once, say why it is late, and mark "
            "it with --sent"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    late = f"; of {told.told_late} it was told late" if told.told_late else ""
    sentence = f"Of {told.cases} cases none is over 24 hours old without Amazon having been told{late}"
    return Evidence(met=True, sentence=sentence, figures=figures)


def _written_down(facts: Facts) -> Evidence:
    told = facts.incidents
    figures = (("cases", told.cases), ("open", told.open_cases), ("not whole", len(told.faults)))
    if told.faults:
        sentence = (
            f"What is on record of incidents is not whole: {told.faults[0].rstrip('.')}. Keep it as it is, "
            "and look for whoever changed the database"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = (
        f"The chains of custody of {told.cases} cases are whole and as they were signed; none of them is "
        "closed without its cause, remediation and corrective control"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _reachable(facts: Facts) -> Evidence:
    to_do = "look whether it is still right, then run `dockseal incidents contact --confirm`"
    if not facts.incidents.contact_named:
        sentence = (
            "Nobody is named whom Amazon reaches about incidents: set DOCKSEAL_IMPOC_NAME and "
            f"DOCKSEAL_IMPOC_MAIL, {to_do}"
        )
        return Evidence(met=False, sentence=sentence, figures=(("named", "no"),))
    last = facts.incidents.contact_confirmed_at
    return _within(facts, last, what="Whom Amazon reaches about incidents", done="confirmed", to_do=to_do)


def _within(facts: Facts, last: datetime | None, *, what: str, done: str, to_do: str) -> Evidence:
    figures = ((done, "never" if last is None else f"{last:%Y-%m-%d}"),)
    if last is None:
        return Evidence(met=False, sentence=f"{what} was never {done}: {to_do}", figures=figures)
    ends = last + PLAN_REVIEWED_WITHIN
    if facts.now >= ends:
        sentence = (
            f"{what} was last {done} on {last:%Y-%m-%d}, and is to be every {PLAN_REVIEWED_WITHIN.days} "
            f"days: {to_do}"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = f"{what} was {done} on {last:%Y-%m-%d}; that holds until {ends:%Y-%m-%d}"
    return Evidence(met=True, sentence=sentence, figures=figures)


CONTROLS = (
    Control(
        id="1.6.1",
        title="Risks are assessed every year, and management has seen the result",
        certainty=Certainty.READERS,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/risk-assessment.md",
    ),
    Control(
        id="1.6.2",
        title="An incident response plan with roles, rehearsed every six months",
        certainty=Certainty.AMAZON,
        every=PLAN_REVIEWED_WITHIN,
        template=_PLAN,
    ),
    Control(
        id="1.6.2-review",
        title="The plan is reviewed every six months",
        certainty=Certainty.AMAZON,
        enforced_by=("monitoring_audit/looking/incidents.py", "pii_security/incidents/casework.py"),
        proved_by=("tests/stories/test_an_incident.py::test_who_amazon_reaches_is_confirmed_twice_a_year",),
        probe=_reviewed,
        template=_PLAN,
    ),
    Control(
        id="1.6.3",
        title="Amazon hears of an incident within 24 hours of its detection",
        certainty=Certainty.AMAZON,
        enforced_by=("domain/incident.py", "monitoring_audit/looking/incidents.py"),
        proved_by=(
            "tests/stories/test_an_incident.py::test_the_countdown_runs_from_the_first_alarm_and_says_more_the_longer_it_runs",
        ),
        probe=_told,
        template=_PLAN,
    ),
    Control(
        id="1.6.4",
        title="Incidents are investigated and written down, with a chain of custody",
        certainty=Certainty.AMAZON,
        enforced_by=("pii_security/incidents/custody.py", "pii_security/incidents/cases.py"),
        proved_by=(
            "tests/stories/test_an_incident.py::test_evidence_that_was_altered_or_a_chain_that_was_cut_is_found",
            "tests/stories/test_an_incident.py::test_a_case_is_closed_only_once_amazon_was_told_and_with_what_was_learnt",
        ),
        probe=_written_down,
        template=_PLAN,
    ),
    Control(
        id="1.6.5",
        title="A named contact for incidents, reachable and kept current",
        certainty=Certainty.AMAZON,
        enforced_by=("settings_watching.py", "monitoring_audit/looking/incidents.py"),
        proved_by=("tests/stories/test_an_incident.py::test_who_amazon_reaches_is_confirmed_twice_a_year",),
        probe=_reachable,
        template=_PLAN,
    ),
    Control(
        id="3",
        title="Books are kept for the agreement and twelve months, and shown on request",
        certainty=Certainty.READER,
        every=RISK_ASSESSED_WITHIN,
        template="docs/templates/data-handling-policy.md",
    ),
)
