"""`dockseal alerts`: what is not well, who sees to it, and what is kept quiet."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli import alert_channels
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.alert import Alert
from dockseal.monitoring_audit.alerts.attending import every_rule, longest_mute
from dockseal.monitoring_audit.alerts.rules import rule_named

app = typer.Typer(help="What is not well, who sees to it, and where it is told.", no_args_is_help=True)
app.add_typer(alert_channels.app, name="channels")
_LONGEST_HOURS = 24 * 365
Hours = Annotated[float, typer.Option(min=0, max=_LONGEST_HOURS, help="For so many hours; never endless.")]


@app.command("list")
def show(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those of the last week.")] = False,
) -> None:
    """Lists the alerts that fire and what is kept quiet. Ends with 1 if one does."""
    console = printer()
    with opened() as dockseal:
        board = dockseal.attending.board()
        _print("firing", board.firing)
        _print("acknowledged", board.acknowledged)
        _print("muted", board.muted)
        if everything:
            _print("resolved", board.resolved)
        for mute in board.mutes:
            what = f"{mute.rule} {mute.about}".strip()
            console.print(f"mute {mute.ref}  {what}, until {mute.until:%Y-%m-%d %H:%M} UTC, by {mute.by}")
    if not (board.firing or board.acknowledged or board.muted):
        console.print("No alert fires.")
    if board.firing:
        raise typer.Exit(1)


@app.command("ack")
def acknowledge(
    alert: Annotated[str, typer.Argument(help="As `dockseal alerts list` names it.")],
    *,
    hours: Hours = 4,
) -> None:
    """Says that you see to an alert: nobody is reminded of it for a while."""
    with opened() as dockseal:
        dockseal.attending.acknowledge(alert, person(), timedelta(hours=hours))
    typer.echo(f"You see to {alert}; nobody is reminded of it for {hours:g} hours.")


@app.command("mute")
def mute(
    rule: Annotated[str, typer.Argument(help="As `dockseal alerts rules` names it.")],
    *,
    about: Annotated[
        str,
        typer.Option(help="Only what it finds about this, such as a seller; else all of the rule."),
    ] = "",
    hours: Hours = 2,
) -> None:
    """Keeps a rule quiet for a while: of a warning for 30 days at most, of more than that for 24 hours."""
    with opened() as dockseal:
        made = dockseal.attending.mute(rule, about, person(), timedelta(hours=hours))
    typer.echo(f"Mute {made.ref} is in force until {made.until:%Y-%m-%d %H:%M} UTC.")


@app.command("unmute")
def unmute(
    mute_: Annotated[str, typer.Argument(metavar="MUTE", help="As `dockseal alerts list` names it.")],
) -> None:
    """Ends a mute before its time."""
    with opened() as dockseal:
        dockseal.attending.unmute(mute_, person())
    typer.echo(f"Mute {mute_} is over.")


@app.command("rules")
def rules() -> None:
    """Lists what becomes an alert, how pressing it is, and how long it must last; see docs/alerts.md."""
    table = Table("rule", "severity", "lasts", "group", "muted at most", box=None)
    for rule in every_rule():
        hours = int(longest_mute(rule).total_seconds() // 3600)
        lasts = f"{int(rule.lasts.total_seconds() // 60)} min" if rule.lasts else "at once"
        table.add_row(rule.id, rule.severity, lasts, rule.group, f"{hours} h")
    printer().print(table)


def _print(title: str, alerts: Iterable[Alert]) -> None:
    console = printer()
    for alert in alerts:
        severity = rule_named(alert.rule).severity
        console.print(
            f"{title}  {severity}  {alert.ref}  {alert.what}, "
            f"since {alert.since:%Y-%m-%d %H:%M} UTC{_by(alert)}"
        )
        console.print(f"  {alert.sentence}")


def _by(alert: Alert) -> str:
    if alert.acknowledged_until is None:
        return ""
    return f", seen to by {alert.acknowledged_by} until {alert.acknowledged_until:%Y-%m-%d %H:%M} UTC"
