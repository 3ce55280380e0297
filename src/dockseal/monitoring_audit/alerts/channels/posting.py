"""Posts to a web address: over TLS with a checked certificate, without following redirects or proxies."""

from collections.abc import Mapping
from ssl import SSLContext

import httpx

from dockseal.errors import ChannelFailed

TIMEOUT = 10.0
"""Seconds to connect, and between two pieces of an answer."""


def client(transport: httpx.BaseTransport | None, tls: SSLContext) -> httpx.Client:
    """Returns what posts.

    Args:
        transport: Carries the requests; None: the network.
        tls: Which authorities are believed.
    """
    return httpx.Client(
        transport=transport, verify=tls, timeout=TIMEOUT, follow_redirects=False, trust_env=False
    )


def post(http: httpx.Client, url: str, content: bytes, headers: Mapping[str, str]) -> None:
    """Posts once.

    Raises:
        ChannelFailed: no answer, or one that is not 2xx; the text names neither the address nor the answer.
    """
    try:
        with http.stream("POST", url, content=content, headers=dict(headers)) as answer:
            status = answer.status_code
        why = "" if 200 <= status < 300 else _unkind(status)
    except httpx.HTTPError as fault:
        why = f"it gave no answer ({type(fault).__name__}); see that its server runs and its certificate fits"
    except ValueError as fault:  # such as a host that is none
        why = f"its address cannot be used ({type(fault).__name__}); give it again"
    # Raised out here, the error does not carry httpx's, whose request holds the address, as its context.
    if why:
        raise ChannelFailed(why)


def _unkind(status: int) -> str:
    if 300 <= status < 400:
        return f"it answered {status} and sends elsewhere, which is not followed; give its new address"
    if status in {401, 403, 404, 410}:
        return f"it answered {status}; see that its address is still the one, and give it again"
    return f"it answered {status}"
