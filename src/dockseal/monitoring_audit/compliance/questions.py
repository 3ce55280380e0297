"""Amazon's questionnaire: what it asks, which controls an answer rests on, and whether it may be given."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dockseal.monitoring_audit.compliance.facts import Facts
from dockseal.monitoring_audit.compliance.report import Finding, Report

MOST_LETTERS = 500
"""An answer has no more in Amazon's form."""


class Standing(StrEnum):
    """Whether an answer may be given."""

    READY = "READY"
    """Everything it rests on is shown by the running system, or on record."""
    NOT_MET = "NOT MET"
    """Something is not."""
    YOURS = "YOURS"
    """Software cannot answer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        id: Its number; `y` before it for those that are answered by yes or no.
        asks: What it asks, in our words.
        rests_on: The controls that have to be proven before it is answered so.
        answer: Writes the answer.
    """

    id: str
    asks: str
    rests_on: tuple[str, ...] = ()
    answer: Callable[[Facts], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or why there is none."""

    question: Question
    standing: Standing
    text: str


def answers(facts: Facts, report: Report, questions: tuple[Question, ...]) -> tuple[Answer, ...]:
    """Answers every question out of the facts; what is not proven is not claimed."""
    return tuple(_answered(question, facts, report) for question in questions)


def _answered(question: Question, facts: Facts, report: Report) -> Answer:
    if not question.rests_on:
        return Answer(question=question, standing=Standing.YOURS, text=question.answer(facts))
    open_ = [finding for finding in map(report.of, question.rests_on) if not finding.proven]
    if open_:
        return Answer(question=question, standing=Standing.NOT_MET, text=_not_met(open_))
    return Answer(question=question, standing=Standing.READY, text=question.answer(facts))


def _not_met(findings: list[Finding]) -> str:
    """Says what is missing, in as many letters as an answer has."""
    text = "NOT MET: " + "; ".join(f"{each.control.id}: {_why(each)}" for each in findings)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _why(finding: Finding) -> str:
    if finding.control.by_people and finding.attestation is None:
        return "nothing is on record"
    return finding.sentence.partition(": ")[0].rstrip(".")
