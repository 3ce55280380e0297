"""`dockseal sellers status` and `dockseal sellers runs`: how complete each seller is, and its ledger."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dockseal.bootstrap import App
from dockseal.cli.opened import opened
from dockseal.cli.printing import printer
from dockseal.cli.serving import served, silent
from dockseal.domain.identifiers import SellerId
from dockseal.domain.seller import Seller
from dockseal.domain.sync_run import SyncRun
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.completeness import Completeness, completeness, moment
from dockseal.monitoring_audit.looking.sellers import LATE_SWEEPS

_SAID = frozenset({"sweep", "seller", "addresses"})
"""Checks that say what the page says anyway."""


def status(
    name: Annotated[str, typer.Argument(help="Your name of one seller; all if left out.")] = "",
) -> None:
    """Shows how complete each seller is: the sweep, the last count against Amazon, notices, quotas, failures.

    Which lanes fail and what of Amazon's is down, the running `dockseal serve` is asked.
    """
    with opened() as dockseal:
        console, running = printer(), served(dockseal)
        for seller in _chosen(dockseal, name):
            late_after = LATE_SWEEPS * dockseal.settings.sweep_every
            found = completeness(dockseal.storage, seller, dockseal.clock, late_after=late_after)
            _print(console, found, running.about(seller.id) if running else ())
        if running is None:
            console.print(silent(dockseal.settings))


def runs(
    name: Annotated[str, typer.Argument(help="Your name of the seller.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
) -> None:
    """Lists the last times that Amazon was asked what is new, failures and spent quotas too."""
    with opened() as dockseal:
        (seller,) = _chosen(dockseal, name)
        table = Table(
            "began (UTC)", "source", "window", "pages", "orders", "news", "calls", "outcome", box=None
        )
        table.add_column("")
        for run in dockseal.storage.sync_runs.latest(seller.id, limit):
            table.add_row(
                f"{run.started_at:%Y-%m-%d %H:%M:%S}",
                run.source.value.replace("_", " "),
                _window(run),
                *(str(number) for number in (run.pages, run.orders, run.news, run.calls)),
                run.outcome.value,
                run.sentence,
            )
        printer().print(table)


def _chosen(dockseal: App, name: str) -> list[Seller]:
    if name:
        return [dockseal.storage.sellers.get(SellerId(name))]
    return dockseal.storage.sellers.all()


def _print(console: Console, found: Completeness, bad: tuple[Check, ...]) -> None:
    console.print(Text(found.seller, style="bold"), "  ", found.sentence, sep="")
    if found.under_way_to is not None:
        console.print(f"  a window up to {moment(found.under_way_to, found.now)} is being read")
    console.print(f"  {found.proof}")
    console.print(f"  {found.waiting}")
    console.print(f"  addresses {found.addresses.reading}: {found.addresses.sentence}")
    for check in bad:
        if check.name.split()[0] not in _SAID:
            console.print(f"  {check.name}: {check.sentence}")
    for quota in found.quotas:
        more = f", next at {moment(quota.next_at, found.now)}" if quota.next_at else ""
        console.print(f"  {quota.operation}: {quota.left} of {quota.burst} calls left{more}")


def _window(run: SyncRun) -> str:
    if run.window_since is None or run.window_until is None:
        return ""
    return f"{run.window_since:%m-%d %H:%M} to {run.window_until:%m-%d %H:%M:%S}"
