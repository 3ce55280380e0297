"""The console's port, the way to Amazon, and how this machine's clock differs from Amazon's."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from dockseal.amazon.endpoints import AMAZON, at
from dockseal.domain.clock import Clock
from dockseal.monitoring_audit.checks import Check
from dockseal.settings import Settings

SKEW = timedelta(seconds=60)
"""Tokens and signatures are good for minutes; a clock that is further off than this needs setting."""
_TIMEOUT = 5.0


def look_at_port(settings: Settings, *, served: bool) -> Iterator[Check]:
    """Tells whether the console's port is free, or ours.

    Args:
        settings: Name the port.
        served: Whether a running Dockseal answered there.
    """
    host, port = settings.console_host, settings.console_port
    if served:
        yield Check(name="port", ok=True, sentence=f"`dockseal serve` answers on port {port}.")
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except OSError as fault:
            sentence = (
                f"The console cannot listen on {host} port {port}: {fault.strerror or 'refused'}. End what "
                "does, or set DOCKSEAL_CONSOLE_PORT to a free one."
            )
            yield Check(name="port", ok=False, sentence=sentence, vital=True)
            return
    yield Check(name="port", ok=True, sentence=f"Port {port} is free; `dockseal serve` does not run.")


def look_at_amazon(
    settings: Settings, clock: Clock, transport: httpx.BaseTransport | None
) -> Iterator[Check]:
    """Tells whether Amazon answers, and how far this machine's clock is from the one in its answer.

    Args:
        settings: Name a simulator, where one stands in Amazon's place.
        clock: This machine's.
        transport: Carries the call; None: the network.
    """
    url = (at(settings.amazon_url) if settings.amazon_url else AMAZON).lwa
    host = urlsplit(url).netloc
    try:
        with httpx.Client(transport=transport, timeout=_TIMEOUT) as client:
            # What answers, and how, is no matter: each of its answers has a date.
            answer = client.head(url)
    except httpx.HTTPError as fault:
        sentence = f"{host} does not answer ({type(fault).__name__}): let this machine out to port 443."
        yield Check(name="amazon", ok=False, sentence=sentence)
        return
    now = clock.now()
    told = _date(answer)
    if told is None:
        yield Check(name="amazon", ok=False, sentence=f"{host} answers without a date: is that Amazon?")
        return
    skew = abs(now - told)
    if skew > SKEW:
        sentence = (
            f"This machine's clock is {int(skew.total_seconds())} seconds from that of {host}: have it set "
            "by NTP; deadlines and signatures are counted by it."
        )
        yield Check(name="clock", ok=False, sentence=sentence, vital=True)
    else:
        yield Check(name="clock", ok=True, sentence=f"{host} answers, and the clocks agree.")


def _date(answer: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
