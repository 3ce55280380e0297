"""The verdict on every control, over the facts of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dockseal.monitoring_audit.compliance.controls import Control, Verdict
from dockseal.monitoring_audit.compliance.facts import Attestation, Facts
from dockseal.monitoring_audit.compliance.registry import CONTROLS

BAD = frozenset({Verdict.NOT_MET, Verdict.OVERDUE})
"""Verdicts that somebody has to see to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one clause stands, and what shows it."""

    control: Control
    verdict: Verdict
    sentence: str
    figures: tuple[tuple[str, str | int], ...] = ()
    attestation: Attestation | None = None

    @property
    def proven(self) -> bool:
        """Whether it may be claimed: software shows it, or people put it on record and it still holds."""
        return self.verdict is Verdict.MET or (
            self.verdict is Verdict.ORGANISATIONAL and self.attestation is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How all of them stand."""

    at: datetime
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """Returns how many clauses have a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def bad(self) -> tuple[Finding, ...]:
        """What somebody has to see to."""
        return tuple(finding for finding in self.findings if finding.verdict in BAD)

    def of(self, control: str) -> Finding:
        """Returns the finding on one control."""
        return next(finding for finding in self.findings if finding.control.id == control)


def report(facts: Facts, controls: Sequence[Control] = CONTROLS) -> Report:
    """Judges every control."""
    return Report(at=facts.now, findings=tuple(_judged(control, facts) for control in controls))


def _judged(control: Control, facts: Facts) -> Finding:
    if control.lacks:
        return Finding(control=control, verdict=Verdict.NOT_MET, sentence=f"{control.lacks}.")
    if control.probe is None:
        return _by_people(control, facts)
    found = control.probe(facts)
    return Finding(
        control=control,
        verdict=Verdict.MET if found.met else Verdict.NOT_MET,
        sentence=found.sentence if found.sentence.endswith(".") else f"{found.sentence}.",
        figures=found.figures,
    )


def _by_people(control: Control, facts: Facts) -> Finding:
    told = facts.attestations.get(control.id)
    begin = (
        f"begin with {control.template}, and put it on record with `dockseal compliance attest {control.id}`"
    )
    if told is None:
        return Finding(
            control=control, verdict=Verdict.ORGANISATIONAL, sentence=f"Nothing is on record yet: {begin}."
        )
    done = f"Done on {told.on:%Y-%m-%d}, says {told.by}"
    if facts.now >= told.until:
        late = (facts.now - told.until).days
        return Finding(
            control=control,
            verdict=Verdict.OVERDUE,
            sentence=f"{done}, and to be done again {late} days ago: {begin}.",
            figures=(("days overdue", late),),
            attestation=told,
        )
    return Finding(
        control=control,
        verdict=Verdict.ORGANISATIONAL,
        sentence=f"{done}; it holds until {told.until:%Y-%m-%d}.",
        figures=(("holds for days", (told.until - facts.now).days),),
        attestation=told,
    )
