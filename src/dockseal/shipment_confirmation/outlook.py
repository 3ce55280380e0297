"""The outlook: how all orders stand against their ship-by, and what that does to Amazon's rates."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.order import Order
from dockseal.domain.shipping import (
    Awaited,
    Measure,
    Risk,
    RiskCount,
    SellerShare,
    Situation,
    awaited,
)
from dockseal.shipment_confirmation.calendars import Calendars, calendars_at
from dockseal.shipment_confirmation.deadlines import Deadline, at_risk_until, deadline_of
from dockseal.shipment_confirmation.rates import TERMS, Rate, predicted, shares
from dockseal.shipment_confirmation.ship_risk import Verdict, risk_of, verdict
from dockseal.storage.store import Storage

HORIZON = timedelta(days=7)
"""Orders to ship later are looked at only once they are at risk: before their warehouse rests for long."""
RATES_KEPT = timedelta(minutes=10)
"""The rates are counted over weeks of orders: they are counted anew after so long."""
PAGE = 500
"""Orders that are read at once to be listed."""
MANY = 2000
"""With more open orders than this, how many are in which situation is kept for `COUNTS_KEPT`."""
COUNTS_KEPT = timedelta(seconds=15)
HELD = 1000
"""Of so many orders it is known at once why their parcels are held."""
Situations = tuple[tuple[Situation, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How orders stand at one instant. Orders in the same situation are judged once."""

    storage: Storage
    calendars: Calendars
    now: datetime
    until: datetime
    """Whatever is to ship later is on track, and lies beyond `HORIZON`."""
    situations: Callable[[], Situations]
    """Says how many open orders to ship until then are in which situation."""
    held: Mapping[OrderRef, str]
    """Why parcels are held, by their order, of the first `HELD` orders."""
    canaries: Callable[[], frozenset[OrderRef]] = frozenset
    """Gives orders that Amazon waits for nothing of: whoever opens one is locked out."""
    _deadlines: dict[tuple[WarehouseId, str, datetime | None, bool], Deadline | None] = field(
        default_factory=dict
    )

    def verdict(self, order: Order) -> Verdict | None:
        """Returns how one order stands; None: Amazon waits for nothing of it."""
        waiting = awaited(order, parcel_held=self._held([order.ref]).get(order.ref, ""))
        return None if waiting is None else self._verdict(waiting)

    def counts(self) -> tuple[RiskCount, ...]:
        """Returns how many orders stand how, of those that are looked at, by seller and warehouse."""
        return _counted(self._risks())

    def listed(
        self, *, risk: Risk | None = None, seller: SellerId | None = None, limit: int
    ) -> list[tuple[Awaited, Verdict]]:
        """Returns orders that are not on track, the earliest ship-by first.

        Args:
            risk: Only those that stand so.
            seller: Only orders of this seller.
            limit: At most so many.
        """
        short = {Risk.AT_RISK, Risk.OVERDUE}
        until = max(
            (each.ship_by for each, standing, _ in self._risks() if standing in short and each.ship_by),
            default=self.now,
        )
        found: list[tuple[Awaited, Verdict]] = []
        for each in self._awaited(until, seller):
            if not self._looked_at(each.situation):
                continue
            said = self._verdict(each)
            if said.risk is not Risk.ON_TRACK and risk in {None, said.risk}:
                found.append((each, said))
            if len(found) == limit:
                break
        return found

    def _awaited(self, until: datetime, seller: SellerId | None) -> Iterator[Awaited]:
        canaries, offset, full = self.canaries(), 0, True
        while full:
            page = self.storage.shipping_facts.awaited(
                until,
                stopped_until=self.until,
                seller=seller,
                but=canaries,
                offset=offset,
                limit=PAGE,
            )
            held = self._held([each.ref for each in page])
            for each in page:
                yield replace(each, why_stopped=each.why_stopped or held.get(each.ref, ""))
            offset, full = offset + PAGE, len(page) == PAGE

    def _held(self, refs: Sequence[OrderRef]) -> Mapping[OrderRef, str]:
        """Returns why parcels of these orders are held; where too many are to be known at once, of these."""
        if len(self.held) < HELD:
            return self.held
        return self.storage.packages.held_sentences(of=refs)

    def _risks(self) -> list[tuple[Situation, Risk, int]]:
        return [
            (each, risk_of(each, self._deadline(each), self.now), number)
            for each, number in self.situations()
            if self._looked_at(each)
        ]

    def _looked_at(self, situation: Situation) -> bool:
        deadline = self._deadline(situation)
        return deadline is not None and (
            deadline.ship_by <= self.now + HORIZON or deadline.warn_at <= self.now
        )

    def _verdict(self, waiting: Awaited) -> Verdict:
        where = waiting.situation
        calendar = self.calendars.of(where.warehouse, where.marketplace_id)
        return verdict(waiting, self._deadline(where), calendar, self.now)

    def _deadline(self, situation: Situation) -> Deadline | None:
        key = (situation.warehouse, situation.marketplace_id, situation.ship_by, situation.left)
        if key not in self._deadlines:
            calendar = self.calendars.of(situation.warehouse, situation.marketplace_id)
            self._deadlines[key] = deadline_of(situation, calendar)
        return self._deadlines[key]


@dataclass(slots=True, kw_only=True)
class Outlook:
    """Gives views of how orders stand, and foretells the rates."""

    storage: Storage
    clock: Clock
    canaries: Callable[[], frozenset[OrderRef]] = frozenset
    """Gives orders that Amazon waits for nothing of."""
    _rates: tuple[datetime, tuple[Rate, ...]] | None = None
    _situations: tuple[datetime, Situations] | None = None

    def view(self) -> View:
        """Returns how orders stand now."""
        now = self.clock.now()
        calendars = calendars_at(self.storage, now)
        until = _until(calendars, now)
        return View(
            storage=self.storage,
            calendars=calendars,
            now=now,
            until=until,
            situations=lambda: self._counted_situations(now, until),
            held=self.storage.packages.held_sentences(limit=HELD),
            canaries=self.canaries,
        )

    def counts(self) -> tuple[RiskCount, ...]:
        """Returns how many orders stand how now, by seller and warehouse."""
        return self.view().counts()

    def rates(self) -> tuple[Rate, ...]:
        """Returns the rates that Amazon will measure, at most `RATES_KEPT` old."""
        now, kept = self.clock.now(), self._rates
        if kept is None or not _fresh(kept[0], now, RATES_KEPT):
            kept = (now, self._counted_rates(now))
            self._rates = kept
        return kept[1]

    def foretell(self) -> Outcome:
        """Counts the rates where they are too old; over a million orders that is too long for a scrape."""
        self.rates()
        return NOTHING

    def shares(self) -> tuple[SellerShare, ...]:
        """Returns the rates of sellers as they were counted last, for the metrics; nothing is counted."""
        return () if self._rates is None else tuple(shares(self._rates[1]))

    def _counted_situations(self, now: datetime, until: datetime) -> Situations:
        kept = self._situations
        if kept is not None and _fresh(kept[0], now, COUNTS_KEPT):
            return kept[1]
        found = tuple(self.storage.shipping_facts.situations(until, but=self.canaries()))
        many = sum(number for _, number in found) > MANY
        self._situations = (now, found) if many else None
        return found

    def _counted_rates(self, now: datetime) -> tuple[Rate, ...]:
        facts, days = self.storage.shipping_facts, {measure: terms.days for measure, terms in TERMS.items()}
        tallies = [
            *facts.late(now, days[Measure.LATE]),
            *facts.tracked(now, days[Measure.TRACKING]),
            *facts.cancelled(now, days[Measure.CANCELLED], but=self.canaries()),
            *facts.on_time(now, days[Measure.ON_TIME]),
        ]
        return predicted(tallies, self.counts())


def _until(calendars: Calendars, now: datetime) -> datetime:
    """Returns until when an order may be due that is to be looked at; `HORIZON` but where somebody rests."""
    at_risk = (at_risk_until(calendar, now) for calendar in calendars.told.values())
    return max([now + HORIZON, *(instant for instant in at_risk if instant is not None)])


def _fresh(at: datetime, now: datetime, kept: timedelta) -> bool:
    """Tells whether what was counted at an instant still counts; never after the clock was set back."""
    return timedelta() <= now - at < kept


def _counted(risks: list[tuple[Situation, Risk, int]]) -> tuple[RiskCount, ...]:
    numbers: Counter[tuple[SellerId, WarehouseId, Risk]] = Counter()
    for situation, risk, number in risks:
        numbers[situation.seller, situation.warehouse, risk] += number
    return tuple(
        RiskCount(seller=seller, warehouse=warehouse, risk=risk, number=number)
        for (seller, warehouse, risk), number in sorted(numbers.items())
    )
