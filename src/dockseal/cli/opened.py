"""Opens the App for one command."""

import contextlib
import functools
import getpass
import re
import sys
from collections.abc import Callable, Iterator

from dockseal.bootstrap import App, build, tracer_of
from dockseal.console.parts import parts
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.secret import Secret
from dockseal.logs import configure_logging
from dockseal.pii_security.guards import Guards
from dockseal.settings import load


@contextlib.contextmanager
def opened(guards: Guards | None = None, *, traced: bool = False) -> Iterator[App]:
    """Opens the App that the environment's settings describe, and closes it.

    Args:
        guards: What the master key lies under; None: what the settings say.
        traced: Whether traces are sent, where the settings say where to.
    """
    settings = load()
    configure_logging(settings, quiet=True)
    app = build(
        settings,
        console=parts(settings),
        ask_passphrase=asked_passphrase(),
        guards=guards,
        tracer=tracer_of(settings) if traced else None,
    )
    configure_logging(settings, quiet=True, in_use=app.vault.in_use)
    try:
        yield app
    finally:
        app.close()


def asked_passphrase() -> Callable[[], Secret] | None:
    """Returns what asks for the master key's passphrase, once; None where nobody sits at a terminal."""
    if not sys.stdin.isatty():
        return None
    return functools.cache(lambda: Secret(getpass.getpass("Passphrase of the master key: ")))


def person() -> Actor:
    """Returns who sits at the terminal, as the audit trail names them."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", getpass.getuser())[:40]
    return Actor(kind=ActorKind.PERSON, name=f"terminal-{name}")
