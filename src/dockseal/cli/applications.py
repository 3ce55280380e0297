"""`dockseal applications`: what Dockseal is registered as at Amazon."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.application import Application
from dockseal.domain.identifiers import slug
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.domain.web_url import protected
from dockseal.errors import BadInput
from dockseal.monitoring_audit.looking.applications import secret_reminder

app = typer.Typer(help="Applications registered with Amazon, which sellers consent to.", no_args_is_help=True)
_LONGEST_NAME = 36
"""What an application's calls are counted under has four characters more, and room for forty."""
_SECRETS = ("client_id", "client_secret")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Your name for it, such as dockseal.")],
    *,
    application_id: Annotated[str, typer.Option(help="Amazon's id of it, such as amzn1.sp.solution.…")],
    redirect_uri: Annotated[
        str, typer.Option(help="Where Amazon sends sellers back to; registered with Amazon.")
    ],
    draft: Annotated[bool, typer.Option("--draft", help="It is not published with Amazon yet.")] = False,
    rotation_queue_url: Annotated[
        str, typer.Option(help="SQS queue that its new client secrets arrive in.")
    ] = "",
    secrets_file: Annotated[
        str, typer.Option(help="JSON with client_id, client_secret; - reads it from standard input.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Replace what is kept of this application, secrets too.")
    ] = False,
) -> None:
    """Adds an application. Its secrets are asked for, or read from a file, and sealed."""
    application = Application(
        id=_name(name),
        application_id=application_id,
        redirect_uri=redirect_uri,
        rotation_queue_url=rotation_queue_url,
        draft=draft,
    )
    with opened() as dockseal:
        add_application(dockseal, application, _credentials(secrets_file), again=again)
    word = "changed" if again else "added"
    typer.echo(f"{name} is {word}; connect sellers with `dockseal sellers connect`.")


def add_application(
    dockseal: App, application: Application, client: ClientCredentials, *, again: bool = False
) -> None:
    """Keeps an application and seals its credentials.

    Raises:
        BadInput: it is known and `again` was not said, or the other way round; or an address cannot be used.
    """
    known = application.id in {each.id for each in dockseal.storage.applications.all()}
    if known != again:
        hint = "say --again to replace it" if known else "leave out --again to add it"
        raise BadInput(f"application {application.id} is {'known already' if known else 'not known'}: {hint}")
    _check_redirect(application.redirect_uri)
    dockseal.rotating.add(application, client, person())


@app.command("rotate")
def rotate(
    name: Annotated[str, typer.Argument(help="As `dockseal applications list` names it.")],
    *,
    secrets_file: Annotated[
        str, typer.Option(help="JSON with client_secret; - reads it from standard input.")
    ] = "",
) -> None:
    """Puts a new client secret in the place of the one before, which lives on for some days.

    With a rotation queue Amazon is asked for it. Else it is one that you made in Solution Provider Portal: it
    is asked for, or read from a file, and sealed.
    """
    with opened() as dockseal:
        if dockseal.storage.applications.get(name).rotation_queue_url and not secrets_file:
            dockseal.rotating.ask(name, person())
            typer.echo(
                "Amazon was asked for a new client secret; `dockseal serve` takes it in from the queue."
            )
            return
        if secrets_file:
            text = read_texts(secrets_file, ["client_secret"])["client_secret"]
        else:
            text = typer.prompt("New client secret", hide_input=True)
        dockseal.rotating.replace(name, Secret(text), person())
    typer.echo(f"The new client secret of {name} is in use; the one before is tried for seven days more.")


@app.command("list")
def show() -> None:
    """Lists the applications, and what to do about their client secrets."""
    with opened() as dockseal:
        table = Table("application", "Amazon's id", "draft", "sellers", "client secret", box=None)
        for each in dockseal.storage.applications.all():
            sellers = [one for one in dockseal.storage.sellers.all() if one.application == each.id]
            draft, secret = "yes" if each.draft else "no", _secret(dockseal, each)
            table.add_row(each.id, each.application_id, draft, str(len(sellers)), secret)
        printer().print(table)


def _secret(dockseal: App, application: Application) -> str:
    if reminder := secret_reminder(dockseal.storage, application, dockseal.clock.now()):
        return reminder
    rotated = "rotated by Dockseal" if application.rotation_queue_url else "rotated by hand"
    if application.secret_expires_at is None:
        return f"ends on a day nobody told; {rotated}"
    return f"ends on {application.secret_expires_at:%Y-%m-%d}; {rotated}"


def read_texts(place: str, names: Sequence[str]) -> dict[str, str]:
    """Reads texts by name from a JSON file, or from standard input.

    Raises:
        BadInput: it cannot be read, or lacks one.
    """
    try:
        texts = json.loads(sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"{place} cannot be read as JSON: it needs {', '.join(names)}") from None
    lacking = [name for name in names if not isinstance(texts, dict) or not isinstance(texts.get(name), str)]
    if lacking:
        raise BadInput(f"{place} lacks {', '.join(lacking)}: give each as a text")
    return {name: texts[name] for name in names}


def _credentials(secrets_file: str) -> ClientCredentials:
    if secrets_file:
        texts = read_texts(secrets_file, _SECRETS)
    else:
        typer.echo("Login with Amazon (Solution Provider Portal). What you type is sealed, and never shown.")
        texts = {
            "client_id": typer.prompt("Client id"),
            "client_secret": typer.prompt("Client secret", hide_input=True),
        }
    return ClientCredentials(client_id=texts["client_id"], client_secret=Secret(texts["client_secret"]))


def _check_redirect(uri: str) -> None:
    if not protected(uri) or "#" in uri:
        raise BadInput("--redirect-uri must begin with https:// and have no fragment; Amazon takes no other")


def _name(text: str) -> str:
    try:
        name = slug(text)
    except ValueError as error:
        raise BadInput(str(error)) from None
    if len(name) > _LONGEST_NAME:
        raise BadInput(f"the name of an application has at most {_LONGEST_NAME} characters")
    return name
