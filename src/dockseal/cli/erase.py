"""`dockseal erase`: personal data of an order or a seller, on request."""

from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.errors import BadInput

app = typer.Typer(help="Erases personal data on request, with a certificate.", no_args_is_help=True)
_To = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the certificate there too; a new file.")
]


@app.command("order")
def order(
    which: Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")],
    *,
    reason: Annotated[Reason, typer.Option(help="Who asked for it.")] = Reason.BUYER,
    stop: Annotated[
        bool, typer.Option("--stop", help="Even if no warehouse has it yet: it is shipped by nobody.")
    ] = False,
    certificate: _To = None,
) -> None:
    """Erases what is kept of one order, and prints a certificate. Safe to run again."""
    _refuse_known(certificate)
    with opened() as dockseal:
        done = dockseal.erasure.order(one_order(dockseal, which), actor=person(), reason=reason, stop=stop)
    _hand_out(done, certificate)


@app.command("seller")
def seller(
    name: Annotated[str, typer.Argument(metavar="SELLER", help="As `dockseal sellers list` names it.")],
    *,
    reason: Annotated[Reason, typer.Option(help="Who asked for it.")] = Reason.SELLER,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: nothing of it can be undone.")] = False,
    certificate: _To = None,
) -> None:
    """Erases what is kept of all orders of a seller who leaves, and its credentials. Safe to run again.

    What no warehouse has yet is shipped by nobody. Its lanes rest until it gives its consent anew.
    """
    _refuse_known(certificate)
    with opened() as dockseal:
        kept = dockseal.storage.sellers.get(SellerId(name))
        if not yes:
            typer.confirm(f"Erase everything of seller {kept.id}? Nothing of it can be undone", abort=True)
        done = dockseal.erasure.seller(kept.id, actor=person(), reason=reason)
    _hand_out(done, certificate)


def one_order(dockseal: App, which: str) -> OrderRef:
    """Returns the one order that goes by exactly this name, in full.

    Raises:
        BadInput: none does, or several do.
    """
    found = [each for each in dockseal.storage.orders.list(text=which) if which in {each.id, each.ref}]
    if len(found) != 1:
        how_many = "more than one order is" if found else "no order is"
        raise BadInput(f"{how_many} named {which!r} in full: give its reference from `dockseal orders list`")
    return found[0].ref


def _refuse_known(place: Path | None) -> None:
    if place is not None and place.exists():
        raise BadInput(f"{place} is there already: name a new file for the certificate")


def _hand_out(done: Certificate, place: Path | None) -> None:
    text = done.as_json()
    typer.echo(text)
    if place is not None:
        place.write_text(f"{text}\n", encoding="utf-8")
