"""`dockseal compliance pack` and `verify`: evidence in a folder, signed, and whether it is as it was."""

from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap import make_pack
from dockseal.cli.opened import opened, person
from dockseal.errors import BadInput, SignatureRefused
from dockseal.monitoring_audit.compliance.controls import COMPARE_FIRST, Verdict
from dockseal.monitoring_audit.compliance.pack import MANIFEST, check, read_manifest
from dockseal.pii_security.notes import VerifierKey, verified, verifier_keys


def pack(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")]) -> None:
    """Writes an evidence pack: a page for people, JSON for programs, and a signed manifest.

    It holds no personal data and no secret. Hand the public key over by another way than the pack:
    `dockseal credentials public-keys`.
    """
    with opened() as dockseal:
        found = make_pack(dockseal, folder, person())
    counts = ", ".join(f"{found.count(verdict)} {verdict.value}" for verdict in Verdict)
    typer.echo(f"{folder / 'index.html'}: {counts}.")
    typer.echo(f"Whoever gets it verifies it with: dockseal compliance verify {folder} --key FILE")
    typer.echo(COMPARE_FIRST)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="As `dockseal compliance pack` wrote it.")],
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
    """Tells whether every file of a pack is as it was signed; ends with 1 and names the one that is not."""
    note = _text(folder / MANIFEST)
    keys = _own_keys() if key is None else verifier_keys(_text(key))
    try:
        text, by = verified(note, keys)
    except SignatureRefused as fault:
        raise SignatureRefused(f"{MANIFEST}: {fault}") from None
    manifest = read_manifest(text)
    check(folder, manifest)
    typer.echo(f"{len(manifest.files)} files are as {by.name or 'the key that was given'} signed them.")
    typer.echo(f"Made at {manifest.made_at}.")
    typer.echo(COMPARE_FIRST)


def _own_keys() -> list[VerifierKey]:
    with opened() as dockseal:
        return dockseal.signing.public_keys()


def _text(place: Path) -> str:
    try:
        return place.read_bytes().decode()
    except OSError:
        raise BadInput(f"{place} cannot be read") from None
    except UnicodeDecodeError:
        raise SignatureRefused(f"{place.name} is no text: it was altered") from None
