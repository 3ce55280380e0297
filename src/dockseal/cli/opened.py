"""Opens the App for one command."""

import contextlib
import getpass
import re
from collections.abc import Iterator

from dockseal.bootstrap import App, build
from dockseal.console.parts import parts
from dockseal.domain.access import Actor, ActorKind
from dockseal.logs import configure_logging
from dockseal.settings import load


@contextlib.contextmanager
def opened() -> Iterator[App]:
    """Opens the App that the environment's settings describe, and closes it."""
    settings = load()
    configure_logging(settings, quiet=True)
    app = build(settings, console=parts(settings))
    try:
        yield app
    finally:
        app.close()


def person() -> Actor:
    """Returns who sits at the terminal, as the audit trail names them."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", getpass.getuser())[:40]
    return Actor(kind=ActorKind.PERSON, name=f"terminal-{name}")
