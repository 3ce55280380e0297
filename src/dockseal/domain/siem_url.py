"""Where a SIEM is told of audit rows: never with a password, and never unprotected off this machine."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from dockseal.domain.loopback import is_loopback

_SHAPES = "syslog+tls://host:6514 or https://host/path"
_PORTS = {"syslog+tls": 6514, "syslog+tcp": 601, "https": 443, "http": 80}
_OTHERS = frozenset({"siem_ca", "siem_certificate", "siem_key", "siem_token_file"})
_PLAIN = frozenset({"syslog+tcp", "http"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiemUrl:
    """One SIEM."""

    scheme: str
    host: str
    port: int
    url: str
    """The whole of it, as it was given."""

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Returns what a URL says.

        The plain `syslog+tcp://` and `http://` are taken for a collector on this machine alone.

        Raises:
            ValueError: it is no such URL, carries a secret, or would go unprotected; the text repeats none.
        """
        try:
            parts = urlsplit(text)
            given = parts.port
        except ValueError:
            raise ValueError(f"is no URL such as {_SHAPES}") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"is no URL such as {_SHAPES}")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError(
                f"holds a name, a password or a query: it is written {_SHAPES}, and a token goes into "
                "DOCKSEAL_SIEM_TOKEN_FILE"
            )
        if parts.scheme in _PLAIN and not is_loopback(parts.hostname):
            raise ValueError(
                f"would send the audit trail unprotected: write {_SHAPES}; {parts.scheme}:// is for a "
                "collector on this machine alone"
            )
        if parts.scheme.startswith("syslog") and parts.path not in ("", "/"):
            raise ValueError(f"has a path, which syslog knows nothing of: write {_SHAPES}")
        port = _PORTS[parts.scheme] if given is None else given
        return cls(scheme=parts.scheme, host=parts.hostname, port=port, url=text)

    @property
    def plain(self) -> bool:
        """Whether nothing protects what is sent: on this machine alone."""
        return self.scheme in _PLAIN

    @property
    def syslog(self) -> bool:
        """Whether it speaks syslog, and not HTTP."""
        return self.scheme.startswith("syslog")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def siem_faults(text: str, given: Set[str]) -> Iterator[str]:
    """Yields why the settings of a SIEM cannot work, each fault with what to do.

    Args:
        text: Its URL; empty: there is none.
        given: The names of all settings that are set.
    """
    if not text:
        for name in sorted(_OTHERS & given):
            yield f"DOCKSEAL_{name.upper()} is set, and DOCKSEAL_SIEM_URL is not: set it"
        return
    try:
        url = SiemUrl.parsed(text)
    except ValueError as fault:
        yield f"DOCKSEAL_SIEM_URL {fault}"
        return
    if len(given & {"siem_certificate", "siem_key"}) == 1:
        yield "DOCKSEAL_SIEM_CERTIFICATE and DOCKSEAL_SIEM_KEY belong together: set both or neither"
    if url.syslog and "siem_token_file" in given:
        yield "DOCKSEAL_SIEM_TOKEN_FILE is for https://, and syslog has no token: set a client certificate"
