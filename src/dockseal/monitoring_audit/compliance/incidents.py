"""The clauses of risks, incidents and inspections: people see to them, with a template each."""

from dockseal.domain.policy import PLAN_REVIEWED_WITHIN, RISK_ASSESSED_WITHIN
from dockseal.monitoring_audit.compliance.controls import Certainty, Control

_PLAN = "docs/templates/incident-response-plan.md"

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
        title="An incident response plan with roles, reviewed every six months",
        certainty=Certainty.AMAZON,
        every=PLAN_REVIEWED_WITHIN,
        template=_PLAN,
    ),
    Control(
        id="1.6.3",
        title="Amazon hears of an incident within 24 hours of its detection",
        certainty=Certainty.AMAZON,
        every=PLAN_REVIEWED_WITHIN,
        template=_PLAN,
    ),
    Control(
        id="1.6.4",
        title="Incidents are investigated and written down, with a chain of custody",
        certainty=Certainty.AMAZON,
        every=PLAN_REVIEWED_WITHIN,
        template=_PLAN,
    ),
    Control(
        id="1.6.5",
        title="A named contact for incidents, reachable and kept current",
        certainty=Certainty.AMAZON,
        every=PLAN_REVIEWED_WITHIN,
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
