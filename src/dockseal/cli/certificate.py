"""`dockseal certificate`: whether a certificate of an erasure is ours, and as it was."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dockseal.cli.opened import opened
from dockseal.domain.erased import KIND
from dockseal.errors import BadInput, SignatureRefused
from dockseal.pii_security.notes import VerifierKey, verified, verifier_keys

app = typer.Typer(help="Certificates of erasures, signed by this installation.", no_args_is_help=True)


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `dockseal erase` wrote it.")],
    *,
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Public keys, as `dockseal credentials public-keys` prints them, or PEM; nothing else is "
            "needed then. None: the keys of this installation.",
        ),
    ] = None,
) -> None:
    """Tells whether a certificate was signed by one of the keys and is as it was; ends with 1 if not."""
    note = _text(file)
    text, by = verified(note, _own_keys() if key is None else verifier_keys(_text(key)))
    told = _certificate(text, file)
    typer.echo(f"{file} is as it was signed, by {by.name or 'the key that was given'}.")
    typer.echo(f"{told['what']} {told['subject']}: erased on {told['done_at']}, {told['records']} records.")


def _certificate(text: str, file: Path) -> dict[str, object]:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("certificate") != KIND:
        raise SignatureRefused(f"{file} is signed, but no certificate of an erasure")
    return told


def _own_keys() -> list[VerifierKey]:
    with opened() as dockseal:
        return dockseal.signing.public_keys()


def _text(place: Path) -> str:
    try:
        return place.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{place} cannot be read as text") from None
