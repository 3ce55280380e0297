"""What the commands share that need two officers: files of asks, files of keys, and passphrases."""

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.pii_security.asks import SignedAsk
from dockseal.pii_security.files import FILE_MODE, write_new
from dockseal.pii_security.guards import passphrase_in
from dockseal.pii_security.officer_keys import OfficerKey

AskFile = Annotated[
    Path | None, typer.Option("--ask", metavar="FILE", help="The ask that two officers signed.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="FILE", help="Read the passphrase there, mode 0400 or 0600; else asked."
    ),
]


def given(place: Path | None) -> SignedAsk | None:
    """Returns the ask in a file; None where none was named.

    Raises:
        BadInput: it cannot be read, or is none.
    """
    return None if place is None else SignedAsk.read(text_of(place))


def text_of(place: Path) -> str:
    """Returns what a file holds.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "it is no text"
        raise BadInput(f"{place} cannot be read: {reason}") from None


def write(place: Path, contents: str) -> None:
    """Writes a new file that only its owner may read.

    Raises:
        BadInput: there is one, or it cannot be written.
    """
    try:
        write_new(place.absolute(), contents.encode())
    except FileExistsError:
        raise BadInput(f"{place} is there already: name a new file") from None
    except OSError as fault:
        raise BadInput(f"{place} cannot be written: {fault.strerror}") from None


def write_over(place: Path, contents: str) -> None:
    """Puts other contents into a file at once.

    Raises:
        BadInput: it cannot be written.
    """
    draft = place.with_name(f".{place.name}.draft")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(contents)
        draft.replace(place)
    except OSError as fault:
        raise BadInput(f"{place} cannot be written: {fault.strerror}") from None


def officer_key(place: Path, passphrase_file: Path | None) -> OfficerKey:
    """Opens the key of an officer, asking for its passphrase where no file is named.

    Raises:
        BadInput: it is no such key, the passphrase is another one, or nobody can be asked.
        SettingsFault: the file of the passphrase cannot be read, or others may read it.
    """
    contents = text_of(place)
    return OfficerKey.open(contents, passphrase(f"Passphrase of {place}: ", passphrase_file))


def passphrase(words: str, place: Path | None) -> Secret:
    """Asks for a passphrase at the terminal, or reads it from a file.

    Raises:
        BadInput: nobody sits at a terminal, and no file is named.
        SettingsFault: the file cannot be read, or others may read it.
    """
    if place is not None:
        return passphrase_in(place)()
    if not sys.stdin.isatty():
        raise BadInput("the passphrase is asked for at a terminal: sit at one, or name --passphrase-file")
    return Secret(getpass.getpass(words))
