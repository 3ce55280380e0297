"""Which carriers could have issued a number: pure."""

from dataclasses import dataclass

from dockseal.shipment_confirmation.tracking_numbers.rule import Confidence, Reading
from dockseal.shipment_confirmation.tracking_numbers.rulebook import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A rule that a number fits, and whose it is."""

    carriers: tuple[str, ...]
    """Who issues such numbers, by Amazon's code, or by name where Amazon has none."""
    rule: str
    confidence: Confidence


def candidates(number: str) -> tuple[Candidate, ...]:
    """Returns who could have issued a normalised number, the likeliest first.

    A rule whose check digit is wrong for the number is none. Equals stand in the order of the rules, so the
    answer is the same each time.
    """
    fitting = [rule for rule in RULES if rule.read(number) in {Reading.RIGHT, Reading.NONE}]
    found = [
        Candidate(carriers=rule.carriers, rule=rule.name, confidence=rule.confidence) for rule in fitting
    ]
    return tuple(sorted(found, key=lambda each: -each.confidence))
