"""The one way the command line prints: words come out as they are.

Sentences quote Amazon, warehouses and SKUs. Read as markup, `[shippingAddress]` would vanish, `:package:`
would become a picture, and `[/x]` would end the command.
"""

from typing import TextIO

from rich.console import Console


def printer(*, stderr: bool = False) -> Console:
    """Returns a console for the terminal."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)


def recorder(file: TextIO, *, width: int) -> Console:
    """Returns a console that keeps what it prints, to make a picture of it."""
    return Console(record=True, width=width, file=file, force_terminal=True, markup=False, emoji=False)
