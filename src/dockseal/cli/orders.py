"""`dockseal orders`: where orders stand."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.marketplaces import local_text
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Package
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.parts import in_words
from dockseal.monitoring_audit.forgetting import forget
from dockseal.shipment_confirmation.at_amazon import seen_at_amazon

app = typer.Typer(help="Where orders stand.", no_args_is_help=True)


@app.command("list")
def show_all(
    *,
    state: Annotated[
        list[OrderState] | None, typer.Option(help="Only these states; give it once for each.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """Lists orders, those to ship first before the others."""
    with opened() as dockseal:
        console = printer()
        total = dockseal.storage.orders.count(state=state or None)
        orders = dockseal.storage.orders.list(state=state or None, limit=limit)
        table = Table("order", "reference", "seller", "state", "ship by", "needs", box=None)
        for order in orders:
            table.add_row(order.id, order.ref, order.seller, order.state, _ship_by(order), _needs(order))
        console.print(table)
        if total > len(orders):
            console.print(f"{len(orders)} of {total}; raise --limit to see more")


@app.command("show")
def show(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
) -> None:
    """Shows one order: what Amazon says, its packages, and its whole life from the audit trail."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        console = printer()
        told = f"  {order.state}  reference {order.ref}  seller {order.seller}"
        console.print(Text(order.id, style="bold"), told, sep="")
        console.print(f"ship by {_ship_by(order)}  warehouse {order.warehouse or 'not routed'}")
        if _needs(order):
            console.print(_needs(order), style="yellow")
        for line in order.amazon.lines:
            shipped = f"Amazon counts {line.shipped} shipped"
            console.print(f"  {line.ordered} × {line.sku}  (item {line.order_item_id}, {shipped})")
        for release in dockseal.storage.releases.of_order(order.ref):
            told = f"{in_words(order, release)}, {release.state} at warehouse {release.warehouse}"
            console.print(f"  release {release.ref}: {told}")
        _print_parcels(console, order, dockseal.storage.packages.of_order(order.ref))
        sealed = _instant(order.sealed_until) if order.sealed_until else "none kept"
        console.print(f"personal data: {sealed}" + (" at the latest" if order.sealed_until else ""))
        for row in reversed(dockseal.storage.audit.search(order=order.ref, limit=500)):
            fields = "  ".join(f"{name}={text}" for name, text in row.fields)
            console.print(f"  {_instant(row.at)}  {row.tag:<28}  {row.actor}  {fields}")


@app.command("why")
def why(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
    *,
    ask_amazon: Annotated[
        bool, typer.Option("--ask-amazon", help="If it is in no table, ask Amazon once, and take it in.")
    ] = False,
) -> None:
    """Says in one sentence why an order is not further yet, and what would change it."""
    with opened() as dockseal:
        known = any(which in {order.id, order.ref} for order in dockseal.storage.orders.list(text=which))
        asked = dockseal.asking.ask(which) if ask_amazon and not known else None
        printer().print(dockseal.why(which, asked))


@app.command("examine")
def examine(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
) -> None:
    """Examines a held order again, after its cause was seen to."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        dockseal.holds.lift(order.ref, person())
    typer.echo(f"{order.id} is examined again by the running `dockseal serve`.")


@app.command("seen")
def seen(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
) -> None:
    """Takes note that a person saw to what an order asked for."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        dockseal.holds.seen(order.ref, person())
    typer.echo(f"{order.id} no longer asks for a look.")


@app.command("stop")
def stop(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
) -> None:
    """Has the warehouse asked not to ship an order that it has."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        dockseal.stops.want(order.ref, person())
    typer.echo(f"The running `dockseal serve` asks the warehouse to stop {order.id}.")


@app.command("stopped")
def stopped(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
    *,
    too_late: Annotated[
        bool, typer.Option("--too-late", help="The warehouse could not stop it: it ships or has shipped.")
    ] = False,
    release: Annotated[
        str, typer.Option(metavar="REFERENCE", help="Which hand-over, where several warehouses have a part.")
    ] = "",
) -> None:
    """Records that a warehouse told you it stopped an order, or that it was too late."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        named = ReleaseRef(release) if release else None
        dockseal.stops.record(order.ref, person(), stopped=not too_late, release=named)
    answer = "was too late to be stopped" if too_late else "was stopped"
    typer.echo(f"{order.id} {answer}; the running `dockseal serve` goes on from that.")


@app.command("cancel")
def cancel(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
    *,
    reason: Annotated[CancelReason, typer.Option(help="Amazon's word for why it is cancelled.")],
) -> None:
    """Has an order cancelled at Amazon that no warehouse has."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        dockseal.stops.cancel(order.ref, reason, person())
    typer.echo(f"The running `dockseal serve` has Amazon cancel {order.id}.")


@app.command("forget")
def forget_old() -> None:
    """Forgets the orders that were taken in over 16 months ago: Amazon's data may be kept for 18."""
    with opened() as dockseal:
        by_owner = bool(dockseal.settings.operations_database)
        number = forget(dockseal.storage, dockseal.trail, dockseal.clock, person(), by_owner=by_owner)
    if number and by_owner:
        typer.echo(
            f"{number} orders are to be forgotten: have the owner of the tables run `dockseal database "
            "forget`."
        )
    else:
        typer.echo(f"{number} orders were forgotten, with all that was kept for them.")


def _print_parcels(console: Console, order: Order, packages: list[Package]) -> None:
    """Prints each parcel, how far Amazon shows it, and what Amazon shows otherwise than it was sent."""
    at_amazon = seen_at_amazon(order, packages)
    for package in packages:
        seen = at_amazon.of(package)
        carried = f"{package.carrier} {package.tracking_number}"
        status = f"; at Amazon: {seen.status}" if seen.status else ""
        console.print(f"  parcel {package.reference_id}: {carried}, {package.state}{status}")
        held = (package.hold.sentence,) if package.hold is not None else ()
        for sentence in (*held, *seen.differs):
            console.print(f"    {sentence}", style="yellow")
    for other in at_amazon.others:
        console.print(f"  Amazon shows a parcel that nobody reported: {other}", style="yellow")


def find_order(dockseal: App, which: str) -> Order:
    """Returns the order that goes by an id of Amazon's, or by our reference.

    Raises:
        BadInput: none does, or several do.
    """
    found = dockseal.storage.orders.list(text=which, limit=2)
    if len(found) != 1:
        how_many = "more than one order goes" if found else "no order goes"
        raise BadInput(f"{how_many} by {which!r}: see `dockseal orders list`")
    return found[0]


def _needs(order: Order) -> str:
    return order.hold.sentence if order.hold else order.attention


def _ship_by(order: Order) -> str:
    """Says until when it is to be shipped, in the time of its marketplace."""
    ship_by = order.amazon.ship_by
    return local_text(ship_by, order.amazon.marketplace_id) if ship_by else ""


def _instant(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M}" if instant else ""
