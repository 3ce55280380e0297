"""Tells a SIEM of audit rows: by syslog over TLS, or as JSON lines over HTTPS.

Neither returns before the other side has what was sent. Syslog knows no receipt, so each batch has a
connection of its own: TLS keeps the order, and a receiver that answers our end of the connection with its own
(RFC 5425, 4.4) has read all that came before it.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from dockseal.domain.audit import AuditRow
from dockseal.domain.siem_url import SiemUrl
from dockseal.errors import SiemUnavailable
from dockseal.monitoring_audit.exports.formats import Format, lines
from dockseal.monitoring_audit.exports.syslog import framed, message
from dockseal.monitoring_audit.exports.tls_line import send_whole

_SECONDS = 10.0
Context = Callable[[], ssl.SSLContext]
"""Gives what certificates are checked with, read anew: files of certificates are renewed in their place."""


class Siem(Protocol):
    """What is told of audit rows."""

    @property
    def url(self) -> SiemUrl:
        """Where it is."""

    def tell(self, rows: Sequence[AuditRow]) -> None:
        """Tells it of rows, in their order; returns once it has them all.

        Raises:
            SiemUnavailable: it does not have all of them; all are to be told again.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SyslogSiem:
    """A SIEM, or a collector before it, that takes syslog."""

    url: SiemUrl
    form: Format
    hostname: str
    context: Context
    seconds: float = _SECONDS

    def tell(self, rows: Sequence[AuditRow]) -> None:
        """Tells it of rows over one connection, and waits until it has ended that."""
        sent = b"".join(framed(message(row, self.form, hostname=self.hostname)) for row in rows)
        address = (self.url.host, self.url.port)
        try:
            with socket.create_connection(address, timeout=self.seconds) as line:
                if self.url.plain:
                    _told_plainly(line, sent)
                else:
                    send_whole(line, self.context(), self.url.host, sent)
        except OSError as fault:
            raise _unreached(self.url, fault) from None


def _told_plainly(line: socket.socket, sent: bytes) -> None:
    line.sendall(sent)
    line.shutdown(socket.SHUT_WR)
    while line.recv(4096):
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSiem:
    """A SIEM that takes JSON lines by POST."""

    url: SiemUrl
    form: Format
    context: Context
    token: Callable[[], str] | None = None
    """Gives the bearer token, read anew for each call; None: it needs none."""
    seconds: float = _SECONDS

    def tell(self, rows: Sequence[AuditRow]) -> None:
        """Tells it of rows with one call; any answer but 2xx says that it has none of them."""
        headers = {"Content-Type": "application/x-ndjson"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token()}"
        verify = False if self.url.plain else self.context()
        body = "".join(lines(self.form, rows)).encode()
        try:
            # No proxy is asked: it would be told of everything too.
            with httpx.Client(verify=verify, timeout=self.seconds, trust_env=False) as client:
                status = client.post(self.url.url, content=body, headers=headers).status_code
        except (httpx.HTTPError, UnicodeError) as fault:
            raise _unreached(self.url, fault) from None
        if status // 100 != 2:
            raise SiemUnavailable(f"the SIEM at {self.url} answers {status}: {_next_step(status)}")


def _next_step(status: int) -> str:
    if status in {401, 403}:
        return "put a token that it takes into the file of DOCKSEAL_SIEM_TOKEN_FILE"
    if status // 100 == 3 or status in {404, 405}:
        return "correct the path in DOCKSEAL_SIEM_URL"
    if status // 100 == 4 and status not in {408, 429}:
        return "see what it wants of JSON lines, and whether DOCKSEAL_SIEM_FORMAT is what it expects"
    return "it is told again by itself; if it lasts, look at the SIEM"


def _unreached(url: SiemUrl, fault: Exception) -> SiemUnavailable:
    first = _first_cause(fault) if isinstance(fault, httpx.HTTPError) else fault
    if isinstance(first, ssl.SSLCertVerificationError):
        return SiemUnavailable(
            f"the certificate of the SIEM at {url} is not taken ({first.verify_message}): name its authority "
            "in DOCKSEAL_SIEM_CA, and the host in DOCKSEAL_SIEM_URL as the certificate has it"
        )
    reason = getattr(first, "reason", "") or getattr(first, "strerror", "") or type(first).__name__
    return SiemUnavailable(
        f"the SIEM at {url} does not take audit rows ({reason}): see that it listens there, that the network "
        "leads there, and that it takes our client certificate if it asks for one; it is told again by itself"
    )


def _first_cause(fault: BaseException) -> BaseException:
    """Returns what a fault came from: the HTTP library wraps what went wrong below it."""
    while under := fault.__cause__ or fault.__context__:
        fault = under
    return fault
