"""One request and its answer: what was lost on the way, and what came back, without an httpx object."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import httpx

from dockseal import USER_AGENT
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret

_USER_AGENT = f"{USER_AGENT} (Language=Python)"
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_REQUEST_ID = re.compile(r"[A-Za-z0-9=+/_-]{1,80}")


class Lost(Enum):
    """How a request got lost."""

    BEFORE_SENDING = "before sending"
    """Nothing reached Amazon."""
    ANSWER = "answer"
    """It may have reached Amazon, and may have been carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer."""

    status: int
    json: object = field(default=None, repr=False)
    """The body read as JSON; None when it is empty or no JSON."""
    empty: bool
    request_id: str = ""
    rate_limit: str = ""
    """`x-amzn-RateLimit-Limit`; empty when Amazon did not send it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What lies at a presigned URL."""

    status: int
    content: bytes = field(repr=False)
    content_type: str = ""
    """Its `Content-Type`, with the charset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMade:
    """One call that was sent: what may be counted of it."""

    seller: SellerId
    operation: str
    status: int
    """HTTP status; 0 when no answer came."""
    at: datetime
    """When it was over."""
    seconds: float = 0.0
    request_id: str = ""
    """Amazon's own name of the call; empty when it gave none."""


class Wire:
    """Sends requests. Failures are values: an httpx error holds its request, and with it the token."""

    def __init__(self, transport: httpx.BaseTransport | None) -> None:
        self._client = httpx.Client(
            transport=transport, timeout=_TIMEOUT, headers={"user-agent": _USER_AGENT}, follow_redirects=False
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply | Lost:
        """Sends one request and reads its whole answer."""
        try:
            response = self._client.request(
                method, url, headers=headers, params=query or None, json=body, data=form
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Lost.BEFORE_SENDING
        except httpx.HTTPError:
            return Lost.ANSWER
        return _reply(response)

    def fetch(self, url: Secret) -> Fetched | Lost:
        """Reads what lies at a presigned URL into memory; neither token nor cookie goes there."""
        try:
            response = self._client.get(url.reveal())
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Lost.BEFORE_SENDING
        except (httpx.HTTPError, httpx.InvalidURL):
            return Lost.ANSWER
        content_type = response.headers.get("content-type", "")
        return Fetched(status=response.status_code, content=response.content, content_type=content_type)

    def put(self, url: Secret, content: bytes, content_type: str) -> int | Lost:
        """Writes what is to lie at a presigned URL, and returns the status; no token goes there."""
        try:
            response = self._client.put(url.reveal(), content=content, headers={"content-type": content_type})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Lost.BEFORE_SENDING
        except (httpx.HTTPError, httpx.InvalidURL):
            return Lost.ANSWER
        return response.status_code


def whole_seconds(value: object) -> int | None:
    """Returns a lifetime in seconds, None if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _reply(response: httpx.Response) -> Reply:
    content = response.content
    request_id = response.headers.get("x-amzn-RequestId", "")
    return Reply(
        status=response.status_code,
        json=_json(content),
        empty=not content.strip(),
        request_id=request_id if _REQUEST_ID.fullmatch(request_id) else "",
        rate_limit=response.headers.get("x-amzn-RateLimit-Limit", ""),
    )


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
