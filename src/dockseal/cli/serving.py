"""Asks the running `dockseal serve` what it alone knows: which lanes fail, and what of Amazon's is down."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from dockseal.bootstrap import App
from dockseal.console.parts import names
from dockseal.console.sign_in import metrics_key
from dockseal.errors import SettingsFault
from dockseal.monitoring_audit.checks import Check, Condition
from dockseal.settings import Settings

_TIMEOUT = 5.0
_EVERYWHERE: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a server that listens on every address is reached from its own machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the running process says of itself."""

    verdict: Condition
    checks: tuple[Check, ...]

    def about(self, name: str) -> tuple[Check, ...]:
        """Returns what is not well of one seller, queue or application."""
        return tuple(check for check in self.checks if check.about == name and not check.ok)


def served(app: App) -> Served | None:
    """Returns what the running process says; None when none answers, such as when none runs.

    It is asked at its own address: without TLS over loopback; with TLS it must have the certificate in our
    settings, and then gets the metrics key.
    """
    try:
        with httpx.Client(verify=_tls(app.settings), timeout=_TIMEOUT, trust_env=False) as client:
            answer = client.get(f"{address(app.settings)}/health", headers=_headers(app))
        told = answer.json()
        checks = tuple(
            Check(name=each["name"], ok=each["ok"], sentence=each["sentence"], about=each["about"])
            for each in told["checks"]
        )
        return Served(verdict=Condition(told["verdict"]), checks=checks)
    except (httpx.HTTPError, OSError, ValueError, KeyError, TypeError):
        # Nobody answers, or somebody else does.
        return None


def answered(settings: Settings) -> bool:
    """Tells whether a running `dockseal serve` answers, without opening anything of ours."""
    try:
        with httpx.Client(verify=_tls(settings), timeout=_TIMEOUT, trust_env=False) as client:
            return "live" in client.get(f"{address(settings)}/health/live", headers=_host(settings)).json()
    except (httpx.HTTPError, OSError, ValueError, TypeError, SettingsFault):
        return False


def address(settings: Settings) -> str:
    """Returns where the running process answers on this machine."""
    scheme = "https" if settings.tls_certificate else "http"
    host = _EVERYWHERE.get(settings.console_host, settings.console_host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.console_port}"


def silent(settings: Settings) -> str:
    """Returns what is said when nobody answers."""
    return (
        f"`dockseal serve` does not answer at {address(settings)}: start it, or ask on the machine it runs "
        "on. What is said here is what the tables alone tell."
    )


def _headers(app: App) -> dict[str, str]:
    """Returns what opens health in full: over loopback nothing is needed, and anybody could listen there."""
    if app.settings.tls_certificate is None:
        return {}
    return {"Authorization": f"Bearer {metrics_key(app.keys).reveal()}", **_host(app.settings)}


def _host(settings: Settings) -> dict[str, str]:
    """Returns the name that the console answers to, whatever it is reached by."""
    if settings.tls_certificate is None:
        return {}
    known = [name for name in names(settings) if not name.startswith(".")]
    return {"Host": known[0]} if known else {}


def _tls(settings: Settings) -> ssl.SSLContext | bool:
    if settings.tls_certificate is None:
        return True
    context = ssl.create_default_context(cafile=str(settings.tls_certificate))
    # The certificate itself is trusted, whatever name this machine is reached by.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
