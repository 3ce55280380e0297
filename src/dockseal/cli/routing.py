"""`dockseal routing`: which warehouse orders go to."""

from typing import Annotated

import typer

from dockseal.cli.opened import opened
from dockseal.cli.orders import find_order
from dockseal.cli.printing import printer
from dockseal.errors import SettingsFault
from dockseal.fulfillment_processing.explaining import explained

app = typer.Typer(help="Which warehouse orders go to.", no_args_is_help=True)


@app.command("check")
def check() -> None:
    """Checks the routing rules and the stock hints, and says every fault at once."""
    with opened() as dockseal:
        if faults := dockseal.routing_file.faults():
            raise SettingsFault(faults)
        table = dockseal.routing_file()
        console = printer()
        if not dockseal.settings.routing_file:
            console.print("There are no routing rules: orders go to their sellers' own warehouses.")
            console.print("To have some, name their file in DOCKSEAL_ROUTING_FILE.")
            return
        console.print(f"{len(table.rules)} rules, {len(table.stock)} stock hints. No fault found.")


@app.command("explain")
def explain(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
) -> None:
    """Says which rule decides over each line of an order, and why those before it do not take it.

    No personal data is opened for it: where the destination decides, it says so.
    """
    with opened() as dockseal:
        order = find_order(dockseal, which)
        rows = dockseal.storage.audit.search(order=order.ref, limit=500)
        lines = explained(
            order,
            table=dockseal.routing_file(),
            home=dockseal.storage.sellers.get(order.seller).warehouse,
            releases=dockseal.storage.releases.of_order(order.ref),
            rows=reversed(rows),
        )
        for line in lines:
            printer().print(line)
