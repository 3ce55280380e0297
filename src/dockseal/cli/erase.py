"""`dockseal erase`: personal data of an order, a buyer or a seller, on request."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import OrderRef, SellerId, amazon_order_id
from dockseal.errors import BadInput
from dockseal.pii_security.blind_index import Found
from dockseal.pii_security.blind_words import asked_for

app = typer.Typer(help="Erases personal data on request, with a signed certificate.", no_args_is_help=True)
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
    """Erases what is kept of one order, and prints a signed certificate. Safe to run again."""
    _refuse_known(certificate)
    with opened() as dockseal:
        ref = one_order(dockseal, which, sealed_too=True)
        done = dockseal.erasure.order(ref, actor=person(), reason=reason, stop=stop)
        note = _signed(dockseal, done)
    _hand_out(note, certificate)


@app.command("buyer")
def buyer(
    *,
    seller: Annotated[str, typer.Option(help="Whose buyer it is, as `dockseal sellers list` names it.")],
    place: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A file with the e-mail address or phone number."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which orders were found; erase nothing.")
    ] = False,
    reason: Annotated[Reason, typer.Option(help="Who asked for it.")] = Reason.BUYER,
    stop: Annotated[
        bool,
        typer.Option("--stop", help="Even orders that no warehouse has yet: they are shipped by nobody."),
    ] = False,
    certificate: _To = None,
) -> None:
    """Erases what is kept of all orders of one buyer, and prints a certificate. Safe to run again.

    The buyer's e-mail address at Amazon, or phone number with country code, is asked for without being
    shown, or read from a file or standard input: an argument would stay in the shell's history.
    """
    _refuse_known(certificate)
    asked = asked_for(_given(place))
    whose, names = SellerId(seller), ", ".join(sorted(asked.fields()))
    with opened() as dockseal:
        if dry_run:
            found = dockseal.erasure.find_buyer(whose, asked, actor=person())
            _say_found(found)
        else:
            done, found = dockseal.erasure.buyer(whose, asked, actor=person(), reason=reason, stop=stop)
            _hand_out(_signed(dockseal, done), certificate)
    if found.without:
        typer.echo(
            f"{found.without} sealed orders of seller {whose} came without {names}, and are not found by it: "
            "look for the buyer by the other of e-mail address and phone number too, or erase by order id",
            err=True,
        )


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
        note = _signed(dockseal, done)
    _hand_out(note, certificate)


def _given(place: Path | None) -> str:
    """Returns what the buyer goes by: never from the command line, which others can read."""
    if place is not None:
        try:
            return place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise BadInput(f"{place} cannot be read as text: name a file with one line") from None
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    text: str = typer.prompt("E-mail address, or phone number with + and country code", hide_input=True)
    return text


def _say_found(found: Found) -> None:
    typer.echo(f"{len(found.orders)} sealed orders are this buyer's; nothing was erased")
    for ref in found.orders:
        typer.echo(f"  {ref}")


def one_order(dockseal: App, which: str, *, sealed_too: bool = False) -> OrderRef:
    """Returns the one order that goes by exactly this name, in full.

    Args:
        dockseal: Where it is looked for.
        which: Amazon's order id, or our reference.
        sealed_too: Look in the vault too, for one that the operations database does not know any more.

    Raises:
        BadInput: none does, or several do.
    """
    found = [each.ref for each in dockseal.storage.orders.list(text=which) if which in {each.id, each.ref}]
    if sealed_too and not found:
        found = _in_the_vault(dockseal, which)
    if len(found) != 1:
        how_many = "more than one order is" if found else "no order is"
        raise BadInput(f"{how_many} named {which!r} in full: give its reference from `dockseal orders list`")
    return found[0]


def _in_the_vault(dockseal: App, which: str) -> list[OrderRef]:
    """Returns what the vault alone knows by this name."""
    try:
        return list(dockseal.erasure.sealed_as(amazon_order_id(which)))
    except ValueError:
        return []


def _refuse_known(place: Path | None) -> None:
    if place is not None and place.exists():
        raise BadInput(f"{place} is there already: name a new file for the certificate")


def _signed(dockseal: App, done: Certificate) -> str:
    return dockseal.signing.sign(f"{done.as_json()}\n", person())


def _hand_out(note: str, place: Path | None) -> None:
    typer.echo(note, nl=False)
    if place is not None:
        # Written as bytes: a line ending that the system changed would no longer be what was signed.
        place.write_bytes(note.encode())
