"""Why a carrier is not known, with the sentence for people."""

from dataclasses import dataclass
from enum import StrEnum

from dockseal.domain.carrier import Carrier

_LONGEST_SHOWN = 40
_MOST_DIGITS = 6
"""A text with more may be a tracking or a telephone number, which no sentence shows."""


class Why(StrEnum):
    """Why a carrier is not known."""

    NOT_NAMED = "not_named"
    """Nothing, or words such as "other" and "courier"."""
    SERVICE_ALONE = "service_alone"
    """Words such as "Express", which many carriers have."""
    AMBIGUOUS = "ambiguous"
    """Several carriers go by it in this marketplace."""
    SEVERAL = "several"
    """It names more than one carrier."""
    NOT_KNOWN = "not_known"
    """No carrier of the table, nor one that was taught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A text that names no carrier for certain: the parcel is held until somebody says which it is."""

    text: str
    suggestions: tuple[Carrier, ...] = ()
    """At most three, the likeliest first, those at home in the marketplace's country before others."""
    why: Why = Why.NOT_KNOWN


def unknown_sentence(unknown: Unknown) -> str:
    """Says to people which carrier is not known, what it may be, and what to do."""
    shown = f' "{unknown.text}"' if _showable(unknown.text) else ""
    one_of = _list(unknown.suggestions)
    hint = f"; did it mean {one_of}?" if one_of else "."
    said = {
        Why.NOT_NAMED: "The warehouse did not name the carrier"
        + (f"; it sent only{shown}." if shown else "."),
        Why.SERVICE_ALONE: f"The warehouse named the service{shown}, but not the carrier.",
        Why.AMBIGUOUS: f"The carrier's name{shown} is not certain in this marketplace"
        + (f": it may mean {one_of}." if one_of else "."),
        Why.SEVERAL: f"The warehouse named more than one carrier{shown and ':' + shown}" + hint,
        Why.NOT_KNOWN: f"Dockseal knows no carrier{shown or ' of the name the warehouse sent'}" + hint,
    }[unknown.why]
    return f"{said} Name the carrier of the parcel, or teach once what this warehouse means by it."


def _list(suggestions: tuple[Carrier, ...]) -> str:
    labels = [each.label for each in suggestions]
    return " or ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))


def _showable(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return (
        text.isprintable() and 0 < len(text) <= _LONGEST_SHOWN and digits <= _MOST_DIGITS and "@" not in text
    )
