"""`dockseal alerts channels`: where alerts are told."""

import base64
import secrets
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.cli.reading import read_secret
from dockseal.domain.alert import Channel, ChannelKind, Message, Severity
from dockseal.domain.identifiers import slug
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.monitoring_audit.alerts.channels.options import Encryption, goes_to, mail_options, web_options

app = typer.Typer(help="Where alerts are told.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Your name for it, such as pager.")],
    *,
    kind: Annotated[ChannelKind, typer.Option(help="How it is spoken to.")],
    least: Annotated[
        Severity, typer.Option("--from", help="It is told of alerts from this severity on.")
    ] = Severity.WARNING,
    file: Annotated[
        str,
        typer.Option(
            help="Where its secret is read from: the address of a webhook or of Slack, the password of mail; "
            "- is standard input. Else you are asked for it."
        ),
    ] = "",
    host: Annotated[str, typer.Option(help="Mail server (mail).")] = "",
    port: Annotated[int, typer.Option(help="Its port; 0: the usual one of its encryption (mail).")] = 0,
    encryption: Annotated[
        Encryption, typer.Option(help="none: to this machine only (mail).")
    ] = Encryption.STARTTLS,
    user: Annotated[str, typer.Option(help="Whom to log in as; empty: nobody, and no password (mail).")] = "",
    sender: Annotated[str, typer.Option(help="Address that it comes from (mail).")] = "",
    to: Annotated[
        list[str] | None, typer.Option(help="Address that it goes to; more than once (mail).")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Replaces the channel of this name.")] = False,
) -> None:
    """Adds a channel. What is secret of it is sealed in the credential vault, and never shown again."""
    try:
        channel_id = slug(name)
    except ValueError as fault:
        raise BadInput(f"{name[:40]} cannot name a channel: {fault}") from None
    secret: dict[str, Secret] = {}
    if kind is ChannelKind.MAIL:
        options = mail_options(
            name, host=host, port=port, encryption=encryption, sender=sender, to=tuple(to or ()), user=user
        )
        if user:
            secret["password"] = read_secret(file, "password")
    else:
        secret["url"] = read_secret(file, "address")
        options = web_options(name, secret["url"])
    if kind is ChannelKind.WEBHOOK:
        secret["key"] = Secret("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    channel = Channel(id=channel_id, kind=kind, least=least, options=options)
    with opened() as dockseal:
        dockseal.alert_channels.add(channel, secret, person(), again=again)
    typer.echo(f"{name} is told of alerts from {least} on: {goes_to(kind, options)}.")
    if kind is ChannelKind.WEBHOOK:
        typer.echo("Give this key to whoever receives them; it is not shown again:")
        typer.echo(f"  {secret['key'].reveal()}")


@app.command("list")
def show() -> None:
    """Lists the channels, where each goes, and how its last message fared."""
    with opened() as dockseal:
        table = Table("channel", "kind", "from", "goes to", "last message (UTC)", "", box=None)
        for each in dockseal.storage.alert_channels.all():
            last = dockseal.storage.alert_messages.last(each.id)
            table.add_row(each.id, each.kind, each.least, goes_to(each.kind, each.options), *_fared(last))
        printer().print(table)


@app.command("test")
def test(name: Annotated[str, typer.Argument(help="As `dockseal alerts channels list` names it.")]) -> None:
    """Sends a test message, now, and tells whether it was taken."""
    with opened() as dockseal:
        dockseal.alert_channels.try_out(name, person())
    typer.echo(f"{name} took the test message: see that it arrived.")


@app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="As `dockseal alerts channels list` names it.")]) -> None:
    """Tells a channel nothing any more, and deletes what is secret of it."""
    with opened() as dockseal:
        dockseal.alert_channels.remove(name, person())
    typer.echo(f"{name} is told nothing any more.")


def _fared(message: Message | None) -> tuple[str, str]:
    if message is None:
        return "none", ""
    return f"{message.made_at:%Y-%m-%d %H:%M}", f"{message.state} {message.fault}".strip()
