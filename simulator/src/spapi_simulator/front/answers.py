"""Answers in Amazon's shape, and refusals in Amazon's words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import httpx

JSON = dict[str, object]
INPUT_NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."
ACCESS_DENIED = "Access to requested resource is denied."
QUOTA_EXCEEDED = "You exceeded your quota for the requested resource."
_RATE_SHOWN = frozenset({200, 201, 202, 204, 400, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operation answers; a body of None is an empty body."""

    status: int = 200
    body: JSON | None = None


class Refusal(Exception):
    """Amazon says no."""

    def __init__(self, status: int, code: str, *, message: str | None, details: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details

        self._more: tuple[str, ...] = ()

    @classmethod
    def of_many(cls, status: int, code: str, messages: Sequence[str]) -> Self:
        """Return a refusal that names several faults at once."""
        refusal = cls(status, code, message=messages[0])
        refusal._more = tuple(messages[1:])
        return refusal

    def body(self) -> JSON:
        """Return the error body `{"errors": [{code, message, details}]}`."""
        first = {"code": self.code, "message": self.message, "details": self.details}
        others = [{"code": self.code, "message": message, "details": ""} for message in self._more]
        return {"errors": [first, *others]}


def refuse_input(details: str = "", *, message: str = INPUT_NOT_VALID) -> Refusal:
    """Return the 400 that Amazon gives for nearly every fault of a request."""
    return Refusal(400, "InvalidInput", message=message, details=details)


def refuse_access(details: str = "") -> Refusal:
    """Return the 403 for a token, role or region that does not fit."""
    return Refusal(403, "Unauthorized", message=ACCESS_DENIED, details=details)


def refuse_unknown() -> Refusal:
    """Return the 404 for what this caller does not have."""
    return Refusal(404, "NotFound", message="The requested resource was not found.")


def spapi_response(reply: Reply | Refusal, *, request_id: str, rate: float | None) -> httpx.Response:
    """Return the HTTP response of an SP-API operation with Amazon's headers.

    The rate header goes only with 20x, 400 and 404 (SP-API, "Usage Plans and Rate Limits").
    """
    headers = {"x-amzn-RequestId": request_id}
    body = reply.body() if isinstance(reply, Refusal) else reply.body
    if isinstance(reply, Refusal):
        headers["x-amzn-ErrorType"] = f"{reply.code}Exception"
    if rate is not None and reply.status in _RATE_SHOWN:
        headers["x-amzn-RateLimit-Limit"] = f"{rate:.10g}"
    return json_response(reply.status, body, headers=headers)


def json_response(
    status: int, body: JSON | None, *, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> httpx.Response:
    """Return a response with a JSON body, or with none."""
    head = dict(headers or {})
    if body is None:
        return httpx.Response(status, headers=head)
    head["content-type"] = kind
    return httpx.Response(status, headers=head, content=json.dumps(body, separators=(",", ":")).encode())


def html_response(status: int, *, request_id: str) -> httpx.Response:
    """Return the HTML page that a load balancer gives when it is out of order."""
    page = (
        f"<html><head><title>{status}</title></head><body><h1>{status} Service Unavailable</h1></body></html>"
    )
    return httpx.Response(
        status, headers={"content-type": "text/html", "x-amzn-RequestId": request_id}, content=page.encode()
    )
