"""What the page of shipping shows: orders that may miss their ship-by, and what Amazon will measure."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dockseal.console.board import RiskTile, risk_query, risk_tiles
from dockseal.console.desk import Desk
from dockseal.console.words import left_text, risk_id
from dockseal.domain.identifiers import SellerId
from dockseal.domain.marketplaces import local_text
from dockseal.domain.shipping import Awaited, Risk
from dockseal.shipment_confirmation.deadlines import act_by_text
from dockseal.shipment_confirmation.rates import Rate, Scope, Standing, percent
from dockseal.shipment_confirmation.ship_risk import Verdict

LONGEST = 200
"""So many orders are listed at most."""
_TONES = {
    Standing.EMPTY: "",
    Standing.MET: "verified",
    Standing.THREATENED: "held",
    Standing.MISSED: "refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order that is not on track."""

    order: Awaited
    risk: Risk
    tone: str
    left: str
    ship_by: datetime | None
    ship_by_text: str
    act_by: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """One rate, and the words for it."""

    rate: Rate
    share: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """The rates of one seller or warehouse."""

    title: str
    id: str
    about: str
    lines: tuple[RateLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """Everything the page shows."""

    tiles: tuple[RiskTile, ...]
    lines: tuple[Line, ...]
    more: int
    chosen: Risk | None
    seller: str
    all_link: str
    rates: tuple[RateTable, ...]


def shipping(desk: Desk, *, risk: Risk | None, seller: str) -> Shipping:
    """Gathers the page."""
    view = desk.app.outlook.view()
    tiles = risk_tiles(view, seller)
    found = view.listed(risk=risk, seller=SellerId(seller) if seller else None, limit=LONGEST)
    total = sum(tile.number for tile in tiles if tile.link and risk in {None, tile.risk})
    return Shipping(
        tiles=tiles,
        lines=tuple(_line(order, said, view.now) for order, said in found),
        more=max(0, total - len(found)),
        chosen=risk,
        seller=seller,
        all_link=f"/shipping?{risk_query(None, seller)}",
        rates=_tables(desk.app.outlook.rates(), seller),
    )


def _line(order: Awaited, said: Verdict, now: datetime) -> Line:
    marketplace, ship_by = order.situation.marketplace_id, order.situation.ship_by
    act_by = ""
    if said.deadline is not None and said.risk is not Risk.OVERDUE:
        act_by = act_by_text(said.deadline, marketplace, now)
    return Line(
        order=order,
        risk=said.risk,
        tone=risk_id(said.risk),
        left=left_text(ship_by, now),
        ship_by=ship_by,
        ship_by_text=local_text(ship_by, marketplace) if ship_by else "",
        act_by=act_by,
        because=said.because,
    )


def _tables(rates: tuple[Rate, ...], seller: str) -> tuple[RateTable, ...]:
    shown = [rate for rate in rates if not seller or (rate.scope is Scope.SELLER and rate.name == seller)]
    return tuple(
        RateTable(
            title=name,
            id=f"{scope.value}-{name}",
            about=scope.value,
            lines=tuple(
                RateLine(
                    rate=rate,
                    share="–" if rate.share is None else percent(rate.share),
                    tone=_TONES[rate.standing],
                )
                for rate in group
            ),
        )
        for (scope, name), group in groupby(shown, key=lambda rate: (rate.scope, rate.name))
    )
