"""`dockseal shipping`: which orders may miss their ship-by, and what Amazon will measure."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import SellerId
from dockseal.domain.marketplaces import local_text
from dockseal.domain.shipping import Awaited, Risk
from dockseal.errors import BadInput
from dockseal.shipment_confirmation.deadlines import act_by_text
from dockseal.shipment_confirmation.outlook import HORIZON
from dockseal.shipment_confirmation.rates import Rate, Scope, percent
from dockseal.shipment_confirmation.ship_risk import Verdict

app = typer.Typer(help="Whether orders make their ship-by.", no_args_is_help=True)


@app.command("risk")
def risk(
    *,
    only: Annotated[Risk | None, typer.Option("--risk", help="Only orders that stand so.")] = None,
    seller: Annotated[str, typer.Option(help="Only orders of this seller.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """Lists orders that are overdue, blocked or at risk, the earliest ship-by first."""
    if only is Risk.ON_TRACK:
        raise BadInput("orders that are on track are in `dockseal orders list`")
    with opened() as dockseal:
        view, console = dockseal.outlook.view(), printer()
        counts = dict.fromkeys(Risk, 0)
        for count in view.counts():
            counts[count.risk] += count.number if seller in {"", count.seller} else 0
        found = view.listed(risk=only, seller=SellerId(seller) if seller else None, limit=limit)
        console.print(", ".join(f"{number} {each}" for each, number in counts.items()), end="")
        console.print(f"; of orders to ship within {HORIZON.days} days, or at risk already")
        table = Table("risk", "order", "seller", "warehouse", "ship by", "what is left", "why", box=None)
        for order, said in found:
            table.add_row(*_cells(order, said, now=view.now))
        if found:
            console.print(table)
        if len(found) == limit:
            console.print(f"the first {limit}; raise --limit to see more")


@app.command("rates")
def rates(*, seller: Annotated[str, typer.Option(help="Only this seller; no warehouses.")] = "") -> None:
    """Foretells what Amazon will measure of each seller; each warehouse stands beside the same thresholds."""
    with opened() as dockseal:
        found = dockseal.outlook.rates()
    console = printer()
    table = Table("of", "name", "measure", "days", "rate", "Amazon wants", "standing", "made of", box=None)
    for each in found:
        if not seller or (each.scope is Scope.SELLER and each.name == seller):
            table.add_row(*_rate_cells(each))
    console.print(table if table.row_count else "No orders to measure yet.")


def _cells(order: Awaited, said: Verdict, *, now: datetime) -> tuple[str, ...]:
    where = order.situation
    if said.deadline is None:
        ship_by, act_by = "", ""
    else:
        ship_by = local_text(said.deadline.ship_by, where.marketplace_id)
        overdue = said.risk is Risk.OVERDUE
        act_by = "" if overdue else act_by_text(said.deadline, where.marketplace_id, now)
    return said.risk, order.id, where.seller, where.warehouse, ship_by, act_by, said.because


def _rate_cells(rate: Rate) -> tuple[str, ...]:
    share = "" if rate.share is None else percent(rate.share)
    told = (rate.measure, f"{rate.days}", share, rate.terms.wanted, rate.standing, rate.words)
    return rate.scope, rate.name, *told
