"""What a web address in a setting may be: the host is compared whole, since a prefix proves nothing of it."""

from urllib.parse import SplitResult, urlsplit

from dockseal.domain.loopback import is_loopback


def protected(text: str) -> bool:
    """Tells whether a URL leads to a host by TLS, or without it to this machine alone."""
    url = _split(text)
    host = url.hostname or ""
    return bool(host) and (url.scheme == "https" or (url.scheme == "http" and is_loopback(host)))


def bare(text: str) -> bool:
    """Tells whether a URL carries nothing that could be a secret: no login, no query, no fragment."""
    url = _split(text)
    return "@" not in url.netloc and not url.query and not url.fragment


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")
