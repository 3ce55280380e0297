"""What one look found, as alerts may carry it: texts without secrets, buyers' data or Amazon's order ids."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dockseal.domain.identifiers import AMAZON_ORDER_ID
from dockseal.monitoring_audit.checks import Check

LONGEST_WHAT = 200
LONGEST_SENTENCE = 1000
_ORDER_ID = re.compile(rf"(?<![0-9]){AMAZON_ORDER_ID.pattern}(?![0-9])")
_BLINDING = frozenset({"database", "vault", "keys", "openings"})
"""Checks that take others along when they fail: what is then not looked at is not well."""
_BLIND = "blind "
"""So begins the check of each look of health's that could not go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one look found."""

    bad: Mapping[str, str]
    """The sentence of each check that is not well, by its name."""
    well: frozenset[str]
    """The names of those that are."""
    blind: bool
    """Some checks could not be made: one that is missing says nothing."""

    def over(self, what: str) -> bool:
        """Tells whether a check that was not well is."""
        return what in self.well or not (self.blind or what in self.bad)


def found(checks: Iterable[Check], clean: Callable[[str], str]) -> Findings:
    """Returns what a look found.

    Args:
        checks: What was looked at; of several that share a name each sentence counts.
        clean: Takes out of a text what no log may show either.
    """
    bad: dict[str, list[str]] = {}
    well = set()
    for check in checks:
        what = _without_orders(clean(check.name))[:LONGEST_WHAT]
        if check.ok:
            well.add(what)
        else:
            bad.setdefault(what, []).append(_without_orders(clean(check.sentence)))
    return Findings(
        bad={what: " ".join(dict.fromkeys(texts))[:LONGEST_SENTENCE] for what, texts in bad.items()},
        well=frozenset(well - bad.keys()),
        blind=any(what in _BLINDING or what.startswith(_BLIND) for what in bad),
    )


def _without_orders(text: str) -> str:
    """Amazon's order ids lead to the buyer for whoever may read the seller's account."""
    return _ORDER_ID.sub("(see the console)", text)
