"""Whether a number can be one of the carrier that is named with it: pure.

It only stops a parcel for what cannot be right: a check digit that is wrong, or the number of another carrier
beyond doubt. What is merely unknown goes on, with a warning where all shapes of the carrier are known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dockseal.shipment_confirmation.tracking_numbers.candidates import Candidate, candidates
from dockseal.shipment_confirmation.tracking_numbers.rule import Confidence, Reading, Rule
from dockseal.shipment_confirmation.tracking_numbers.rulebook import (
    COMPLETE,
    RULES,
    carrier_named,
    has_rules,
    relatives,
)


class Verdict(StrEnum):
    """What is to be thought of a number and its carrier; `MEANINGS` says what each means."""

    FITS = "fits"
    UNJUDGED = "unjudged"
    SUSPICIOUS = "suspicious"
    MISTYPED = "mistyped"
    CONTRADICTED = "contradicted"
    DETECTED = "detected"
    AMBIGUOUS = "ambiguous"


MEANINGS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FITS: "It is of a shape of the carrier's, and its check digit is right if it has one.",
        Verdict.UNJUDGED: "No rule says anything about it.",
        Verdict.SUSPICIOUS: "All shapes of the carrier are known, and it has none of them.",
        Verdict.MISTYPED: "It has a shape of the carrier's, but its check digit is wrong; or it has letters "
        "for digits, and would be right with these.",
        Verdict.CONTRADICTED: "Its shape is only another carrier's, and its check digit is right.",
        Verdict.DETECTED: "No carrier was named, and it can only be one carrier's.",
        Verdict.AMBIGUOUS: "No carrier was named, and it can be that of several, or of nobody known.",
    }
)
_ALIKE = str.maketrans("OI", "01")
"""Letters that people type for digits."""
STOPS = frozenset({Verdict.MISTYPED, Verdict.CONTRADICTED, Verdict.AMBIGUOUS})
"""With these a person must look before Amazon is told."""
WARNS = frozenset({Verdict.SUSPICIOUS})
"""With these the parcel goes on, and a person is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is thought of one number."""

    verdict: Verdict
    carrier: str = ""
    """The carrier it is, by Amazon's code or by name; of CONTRADICTED the likely one; else empty."""
    candidates: tuple[Candidate, ...] = ()
    """Who else could have issued it, the likeliest first."""
    sentence: str = ""
    """What is wrong and what to do; empty where nothing is to be done."""

    @property
    def stops(self) -> bool:
        """Tells whether a person must look before Amazon is told."""
        return self.verdict in STOPS


def judge(number: str, carrier_code: str | None, carrier_name: str = "") -> Judgement:
    """Judges a normalised number beside the carrier that a warehouse named.

    Args:
        number: As `normalising` leaves it.
        carrier_code: Amazon's code, `Other` for a carrier that only has a name; None: none was named.
        carrier_name: Its name, where the code is `Other`.
    """
    carrier = carrier_named(carrier_code, carrier_name)
    if carrier is None:
        return _without_carrier(number)
    family = relatives(carrier)
    rules = [rule for rule in RULES if rule.used_by(carrier)]
    own = _readings(number, rules)
    kin = [rule for rule in RULES if not family.isdisjoint(rule.carriers)]
    if own & {Reading.RIGHT, Reading.NONE} or any(_surely(number, rule) for rule in kin):
        return Judgement(verdict=Verdict.FITS, carrier=carrier)
    found = candidates(number)
    other = next((each for each in found if each.confidence is Confidence.EXCLUSIVE_CHECK), None)
    if own:
        return _contradicted(number, carrier, other) if other else _mistyped(number, carrier, found)
    if other and has_rules(carrier):
        return _contradicted(number, carrier, other)
    unknown = carrier in COMPLETE and not _readings(number, kin)
    return _of_no_shape(number, carrier, rules, found=found, surely=unknown)


def _of_no_shape(
    number: str, carrier: str, rules: list[Rule], *, found: tuple[Candidate, ...], surely: bool
) -> Judgement:
    """Judges a number that has no shape of its carrier's; `surely`: all of these are known."""
    if Reading.RIGHT in _readings(number.translate(_ALIKE), rules):
        return _letters(number, carrier, found)
    if surely:
        return _suspicious(number, carrier, found)
    return Judgement(verdict=Verdict.UNJUDGED, carrier=carrier, candidates=found)


def _readings(number: str, rules: Iterable[Rule]) -> set[Reading]:
    return {reading for rule in rules if (reading := rule.read(number)) is not None}


def _surely(number: str, rule: Rule) -> bool:
    """Tells whether a number of a carrier that counts as the named one is surely meant.

    The mere shape of a relative's numbers is not enough: it would excuse a wrong digit in the own ones.
    """
    reading = rule.read(number)
    return reading is Reading.RIGHT or (rule.exclusive and reading is Reading.NONE)


def _without_carrier(number: str) -> Judgement:
    found = candidates(number)
    if not found:
        return _unknown(number)
    best = [each for each in found if each.confidence is found[0].confidence]
    whose = best[0].carriers[0]
    rivals = found if best[0].confidence is Confidence.CHECK else best
    alone = all(_same(whose, each) for each in rivals)
    if alone and best[0].confidence is not Confidence.FORMAT:
        return Judgement(verdict=Verdict.DETECTED, carrier=whose, candidates=found)
    names = _names(found)
    return Judgement(
        verdict=Verdict.AMBIGUOUS,
        candidates=found,
        sentence=f"The parcel with number {number} came without a carrier, and it could be one of {names}: "
        "report it again with its carrier.",
    )


def _unknown(number: str) -> Judgement:
    broken = next((rule for rule in RULES if rule.exclusive and rule.read(number) is Reading.WRONG), None)
    if broken is None:
        return Judgement(
            verdict=Verdict.AMBIGUOUS,
            sentence=f"The parcel with number {number} came without a carrier, and no carrier is known by "
            "it: report it again with its carrier.",
        )
    return Judgement(
        verdict=Verdict.MISTYPED,
        carrier=broken.carriers[0],
        sentence=f"Number {number} looks like one of {broken.carriers[0]} ({broken.shape}), but its check "
        "digit does not fit, so at least one character is wrong: compare it with the label, and "
        "report it again.",
    )


def _mistyped(number: str, carrier: str, found: tuple[Candidate, ...]) -> Judgement:
    return Judgement(
        verdict=Verdict.MISTYPED,
        candidates=found,
        sentence=f"Number {number} has the shape of a number of {carrier}, but its check digit does not fit, "
        "so at least one character is wrong or the carrier is another: compare both with the label, and "
        "report the parcel again.",
    )


def _letters(number: str, carrier: str, found: tuple[Candidate, ...]) -> Judgement:
    return Judgement(
        verdict=Verdict.MISTYPED,
        candidates=found,
        sentence=f"Number {number} has the letter O or I where numbers of {carrier} have the digit 0 or 1: "
        "compare it with the label, and report the parcel again.",
    )


def _contradicted(number: str, carrier: str, other: Candidate) -> Judgement:
    return Judgement(
        verdict=Verdict.CONTRADICTED,
        carrier=other.carriers[0],
        candidates=(other,),
        sentence=f"Number {number} is one of {other.carriers[0]}, not of {carrier}: report the parcel again "
        f"with the carrier {other.carriers[0]}, or with the number on its label of {carrier}.",
    )


def _suspicious(number: str, carrier: str, found: tuple[Candidate, ...]) -> Judgement:
    hint = f" It could be one of {_names(found)}." if found else ""
    return Judgement(
        verdict=Verdict.SUSPICIOUS,
        candidates=found,
        sentence=f"Number {number} has none of the shapes of numbers of {carrier}.{hint} Amazon will hardly "
        "find it: compare number and carrier with the label, and report the parcel again if one is wrong.",
    )


def _same(carrier: str, candidate: Candidate) -> bool:
    return not relatives(carrier).isdisjoint(candidate.carriers)


def _names(found: tuple[Candidate, ...]) -> str:
    names = list(dict.fromkeys(each.carriers[0] for each in found))
    return ", ".join(names[:5])
