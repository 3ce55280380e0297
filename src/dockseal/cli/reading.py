"""Reads a secret that somebody gives: from a file, standard input, or by asking; never from an argument."""

import sys
from pathlib import Path

import typer

from dockseal.domain.secret import Secret
from dockseal.errors import BadInput

LONGEST = 65_536


def read_secret(file: str, what: str) -> Secret:
    """Returns a secret without its line end.

    Args:
        file: Where it is; - is standard input; empty: whoever sits at the terminal is asked.
        what: What it is, to people.

    Raises:
        BadInput: it cannot be read, is empty or too long, or nobody can be asked.
    """
    if not file:
        text = str(typer.prompt(what, hide_input=True)) if sys.stdin.isatty() else ""
        if not text:
            raise BadInput(f"{what} is missing: give --file, where - is standard input")
    else:
        try:
            text = sys.stdin.read(LONGEST) if file == "-" else Path(file).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise BadInput(f"{file} cannot be read as text; see that it is there and yours to read") from None
    text = text.rstrip("\r\n")
    if not text or len(text) >= LONGEST:
        raise BadInput(f"{what} is empty or longer than {LONGEST} characters; give the secret alone")
    return Secret(text)
