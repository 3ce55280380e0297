"""What the first page shows, gathered from the tables."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from dockseal.console.desk import Desk
from dockseal.console.needs import SOON, Need, all_needs, foremost, headline, runs_out
from dockseal.console.words import (
    FLOW,
    MEANINGS,
    OPEN,
    RISKS,
    TO_SHIP,
    left_text,
    risk_id,
    stage_id,
)
from dockseal.domain.identifiers import SellerId
from dockseal.domain.marketplaces import local_text
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipping import Risk
from dockseal.shipment_confirmation.deadlines import act_by_text
from dockseal.shipment_confirmation.outlook import View
from dockseal.shipment_confirmation.ship_risk import Verdict

PAGE = 50
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person chose to see."""

    state: OrderState | None = None
    seller: str = ""
    text: str = ""
    page: int = 1

    def query(self, **changes: object) -> str:
        """Returns it as a query string, with some of it changed."""
        new = replace(self, **changes)  # type: ignore[arg-type]  # changes by name, of the types of the fields
        values = {
            "state": stage_id(new.state) if new.state else "",
            "seller": new.seller,
            "text": new.text,
            "page": str(new.page) if new.page > 1 else "",
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def own(self) -> str:
        """Returns it as a query string."""
        return self.query()

    @property
    def stage(self) -> str:
        """Returns the chosen state as in URLs; empty for all open ones."""
        return stage_id(self.state) if self.state else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One state of the flow, with how many orders stand in it."""

    state: OrderState
    id: str
    count: int
    meaning: str
    link: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """How an order stands against its ship-by, in a word or two."""

    stage: str
    """The class that colours it."""
    words: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One order of the table."""

    order: Order
    ship_by: str
    """Until when it is to be shipped, in the time of its marketplace; empty when that is unknown."""
    left: str
    urgency: str
    """`late`, `soon`, or empty."""
    stage: str
    items: str
    note: str
    chip: Chip | None = None
    """None: it is on track, or Amazon waits for nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTile:
    """How many orders stand so."""

    risk: Risk
    id: str
    number: int
    meaning: str
    link: str
    """Empty where there is nothing to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the first page shows."""

    headline: str
    needs: tuple[Need, ...]
    more_needs: int
    flow: tuple[Stage, ...]
    detours: tuple[Stage, ...]
    risks: tuple[RiskTile, ...]
    rows: tuple[Row, ...]
    total: int
    first: int
    earlier: str | None
    later: str | None
    sellers: tuple[tuple[str, str, bool], ...]
    """(name, link, chosen)."""
    no_seller: bool
    """Nobody is connected: there is nothing to come."""
    choice: Choice
    all_link: str


def board(desk: Desk, choice: Choice) -> Board:
    """Gathers the first page."""
    storage, view = desk.app.storage, desk.app.outlook.view()
    needs = all_needs(desk, view)
    shown = foremost(needs)
    states = OPEN if choice.state is None and not choice.text else choice.state
    seller = SellerId(choice.seller) if choice.seller else None
    text, offset = choice.text or None, (choice.page - 1) * PAGE
    orders = storage.orders.list(state=states, seller=seller, text=text, limit=PAGE, offset=offset)
    total = storage.orders.count(state=states, seller=seller, text=text)
    flow, detours = _stages(desk, choice)
    return Board(
        headline=headline(needs),
        needs=shown,
        more_needs=len(needs) - len(shown),
        flow=flow,
        detours=detours,
        risks=risk_tiles(view, choice.seller),
        rows=tuple(row_of(order, view.now, view.verdict(order)) for order in orders),
        total=total,
        first=offset + 1,
        earlier=f"?{choice.query(page=choice.page - 1)}" if choice.page > 1 else None,
        later=f"?{choice.query(page=choice.page + 1)}" if offset + PAGE < total else None,
        sellers=_sellers(desk, choice),
        no_seller=not storage.sellers.all(),
        choice=choice,
        all_link=f"/?{choice.query(state=None, page=1)}",
    )


def _stages(desk: Desk, choice: Choice) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    counts = dict.fromkeys(OrderState, 0)
    for name, state, count in desk.app.storage.orders.counts():
        if choice.seller in {"", name}:
            counts[state] += count
    seller = SellerId(choice.seller) if choice.seller else None
    counts[OrderState.NOTICED] = desk.app.storage.notices.open_count(seller)

    def stage(state: OrderState) -> Stage:
        link = "" if state is OrderState.NOTICED else f"/?{choice.query(state=state, page=1, text='')}"
        return Stage(
            state=state,
            id=stage_id(state),
            count=counts[state],
            meaning=MEANINGS[state],
            link=link,
            chosen=choice.state is state,
        )

    detours = (stage(OrderState.HELD), stage(OrderState.CANCELLED))
    return tuple(stage(state) for state in FLOW), detours


def _sellers(desk: Desk, choice: Choice) -> tuple[tuple[str, str, bool], ...]:
    names = [seller.id for seller in desk.app.storage.sellers.all()]
    if len(names) < 2:
        return ()
    every = ("All sellers", f"/?{choice.query(seller='', page=1)}", not choice.seller)
    return (
        every,
        *((name, f"/?{choice.query(seller=name, page=1)}", choice.seller == name) for name in names),
    )


def risk_tiles(view: View, seller: str) -> tuple[RiskTile, ...]:
    """Returns how many orders stand how; of one seller, or of all for an empty name."""
    numbers = dict.fromkeys(Risk, 0)
    for count in view.counts():
        numbers[count.risk] += count.number if seller in {"", count.seller} else 0
    return tuple(
        RiskTile(
            risk=risk,
            id=risk_id(risk),
            number=number,
            meaning=RISKS[risk],
            link="" if risk is Risk.ON_TRACK else f"/shipping?{risk_query(risk, seller)}",
        )
        for risk, number in numbers.items()
    )


def risk_query(risk: Risk | None, seller: str) -> str:
    """Returns the query string of the page of shipping."""
    values = {"risk": risk_id(risk) if risk else "", "seller": seller}
    return urlencode({name: value for name, value in values.items() if value})


def chip_of(order: Order, verdict: Verdict | None, now: datetime) -> Chip | None:
    """Returns how an order stands, for its line."""
    if verdict is None or verdict.risk is Risk.ON_TRACK:
        return None
    words = verdict.risk.value
    if verdict.deadline is not None and verdict.risk is not Risk.OVERDUE:
        words += f", {act_by_text(verdict.deadline, order.amazon.marketplace_id, now)}"
    return Chip(stage=risk_id(verdict.risk), words=words, because=verdict.because)


def row_of(order: Order, now: datetime, verdict: Verdict | None = None) -> Row:
    """Returns one line of the table."""
    ship_by = order.amazon.ship_by
    counts = order.state in TO_SHIP
    urgency = ""
    if counts and ship_by is not None and ship_by < now:
        urgency = "late"
    elif counts and ship_by is not None and (ship_by < now + SOON or runs_out(verdict, now)):
        urgency = "soon"
    return Row(
        order=order,
        ship_by=local_text(ship_by, order.amazon.marketplace_id) if ship_by else "",
        left=left_text(ship_by, now) if counts else "",
        urgency=urgency,
        stage=stage_id(order.state),
        items=_items(order),
        note=order.hold.sentence if order.hold else order.attention,
        chip=chip_of(order, verdict, now),
    )


def _items(order: Order) -> str:
    lines = [
        f"{line.ordered} × {line.sku or line.order_item_id}" for line in order.amazon.lines if line.ordered
    ]
    more = len(lines) - _LINES
    return ", ".join(lines[:_LINES]) + (f" and {more} more" if more > 0 else "")
