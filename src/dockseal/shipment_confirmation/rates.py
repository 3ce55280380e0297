"""What Amazon will measure of a seller, foretold from what is known here. Pure.

Amazon measures afterwards, sometimes weeks later; this is computed from the tables while something can still
be done. What is sure counts at once: an order that is overdue is late, whenever it leaves. What could still
turn bad is told beside it. Amazon judges sellers; a warehouse is shown against the same thresholds, to find
whose orders they are.

Sources: Seller Central help 201817070 and 202068180, the OTDR FAQ of the Seller Forums. UNVERIFIED: by which
date Amazon puts an order into the window of late shipments and of cancellations (here: ship-by, and when it
was taken in), the seven days of the cancellations, and that those the buyer asks for are not counted. Amazon
looks at valid tracking with a lag of two weeks and at deliveries with one of seven days; here they count as
soon as the promised date has passed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.identifiers import SellerId
from dockseal.domain.shipping import Measure, Risk, RiskCount, SellerShare, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What Amazon wants of one measure.

    Attributes:
        days: The lengths of the windows that end now.
        bound: A share, between 0 and 1.
        at_least: The share of what is well must reach `bound`; else that of what is bad must stay under it.
        things: What is counted, one and several.
        told: What is said of the bad ones.
    """

    days: tuple[int, ...]
    bound: float
    at_least: bool
    things: tuple[str, str]
    told: str

    @property
    def wanted(self) -> str:
        """The threshold in words, such as `under 4 %`."""
        return f"{'at least' if self.at_least else 'under'} {percent(self.bound)}"


TERMS: Mapping[Measure, Terms] = MappingProxyType(
    {
        Measure.LATE: Terms(
            days=(10, 30), bound=0.04, at_least=False, things=("order", "orders"), told="late"
        ),
        Measure.TRACKING: Terms(
            days=(7, 30),
            bound=0.95,
            at_least=True,
            things=("package", "packages"),
            told="without valid tracking",
        ),
        Measure.CANCELLED: Terms(
            days=(7,), bound=0.025, at_least=False, things=("order", "orders"), told="cancelled by the seller"
        ),
        Measure.ON_TIME: Terms(
            days=(14,), bound=0.90, at_least=True, things=("order", "orders"), told="not on time"
        ),
    }
)
"""Amazon's thresholds: under 4 % late, at least 95 % tracked, under 2.5 % cancelled, at least 90 % on time.

On-time delivery: 90 % without extensions of the promise (United States, since 2024-09-25), 95 % advised.
"""


class Scope(StrEnum):
    """Whose rate it is."""

    SELLER = "seller"
    WAREHOUSE = "warehouse"


class Standing(StrEnum):
    """How a rate stands to Amazon's threshold, the worst last."""

    EMPTY = "nothing to measure"
    MET = "met"
    THREATENED = "could be missed"
    """Met now, and missed if all that could turn bad did."""
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One measure of one seller or warehouse over one window.

    Attributes:
        total: Everything that is measured.
        bad: What of it is against the seller.
        could: What of it is not, and could become so.
        coming: What is not measured yet, and could be bad once it is: orders at risk before their ship-by.
    """

    scope: Scope
    name: str
    measure: Measure
    days: int
    total: int = 0
    bad: int = 0
    could: int = 0
    coming: int = 0

    @property
    def terms(self) -> Terms:
        """What Amazon wants of it."""
        return TERMS[self.measure]

    @property
    def share(self) -> float | None:
        """The rate as Amazon writes it, between 0 and 1; None where nothing is measured."""
        return self._share(self.bad, self.total)

    @property
    def worst(self) -> float | None:
        """The rate if all that could turn bad did."""
        return self._share(self.bad + self.could + self.coming, self.total + self.coming)

    @property
    def standing(self) -> Standing:
        """How it stands to the threshold."""
        if self.worst is None:
            return Standing.EMPTY
        if self.share is not None and not self._meets(self.share):
            return Standing.MISSED
        return Standing.MET if self._meets(self.worst) else Standing.THREATENED

    @property
    def words(self) -> str:
        """Says in plain words what it is made of."""
        one, several = self.terms.things
        if self.worst is None:
            return f"No {several} to measure."
        if not self.total:
            return f"No {several} measured yet; {self.coming} could become {self.terms.told}."
        said = f"{self.bad} of {self.total} {one if self.total == 1 else several} {self.terms.told}"
        more = self.could + self.coming
        if not more:
            return f"{said}."
        return f"{said}; {more} more could become so, which makes {percent(self.worst)}."

    def _share(self, bad: int, total: int) -> float | None:
        if not total:
            return None
        return (total - bad) / total if self.terms.at_least else bad / total

    def _meets(self, share: float) -> bool:
        return share >= self.terms.bound if self.terms.at_least else share < self.terms.bound


def predicted(tallies: Iterable[Tally], risks: Iterable[RiskCount]) -> tuple[Rate, ...]:
    """Returns every rate of every seller and warehouse that has one, by name, sellers first.

    Args:
        tallies: What is measured, each once.
        risks: How open orders stand: those at risk and those that are blocked could be late.
    """
    found: dict[tuple[Scope, str, Measure, int], Rate] = {}
    coming = {Risk.AT_RISK, Risk.BLOCKED}
    for tally in tallies:
        for scope, name in _scopes(tally):
            rate = _at(found, scope, name, measure=tally.measure, days=tally.days)
            _put(found, rate, total=tally.total, bad=tally.bad, could=tally.could)
    for count in risks:
        for scope, name in _scopes(count):
            for days in TERMS[Measure.LATE].days if count.risk in coming else ():
                rate = _at(found, scope, name, measure=Measure.LATE, days=days)
                _put(found, rate, coming=count.number)
    names = sorted({(scope is Scope.WAREHOUSE, name) for scope, name, _, _ in found})
    return tuple(
        _at(found, Scope.WAREHOUSE if is_warehouse else Scope.SELLER, name, measure=measure, days=days)
        for is_warehouse, name in names
        for measure, terms in TERMS.items()
        for days in terms.days
    )


def shares(rates: Iterable[Rate]) -> Iterator[SellerShare]:
    """Yields the rates of sellers as the metrics name them."""
    for rate in rates:
        if rate.scope is Scope.SELLER and rate.share is not None:
            name = rate.measure.value.replace(" ", "_").replace("-", "_")
            yield SellerShare(seller=SellerId(rate.name), rate=f"{name}_{rate.days}d", share=rate.share)


def percent(share: float) -> str:
    """Writes a share so that it never seems to meet a threshold that it misses, such as `3.9 %` or `4 %`."""
    text = f"{int(share * 10_000 + 1e-6) / 100:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def _scopes(of: Tally | RiskCount) -> Iterator[tuple[Scope, str]]:
    yield Scope.SELLER, of.seller
    if of.warehouse:
        yield Scope.WAREHOUSE, of.warehouse


def _at(
    found: Mapping[tuple[Scope, str, Measure, int], Rate],
    scope: Scope,
    name: str,
    *,
    measure: Measure,
    days: int,
) -> Rate:
    known = found.get((scope, name, measure, days))
    return known or Rate(scope=scope, name=name, measure=measure, days=days)


def _put(found: dict[tuple[Scope, str, Measure, int], Rate], rate: Rate, **more: int) -> None:
    new = {name: getattr(rate, name) + number for name, number in more.items()}
    found[rate.scope, rate.name, rate.measure, rate.days] = replace(rate, **new)
