"""Requests that count once: sent again under the same Idempotency-Key, they get the same answer.

As draft-ietf-httpapi-idempotency-key-header-07 says: another body under a known key is 422, and one that is
still worked on is 409. Kept is what succeeded; what was refused changed nothing, and is looked at again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Schema, Status
from ninja.errors import HttpError

from dockseal.console.desk import app_of, desk_of
from dockseal.domain.release import Warehouse
from dockseal.domain.request_once import Door, RequestOnce
from dockseal.errors import BadInput

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
CUT_OFF = timedelta(minutes=1)
"""A request that is worked on for so long was cut off: its server ended."""


def once(request: HttpRequest, warehouse: Warehouse, work: Callable[[], Status[Any]]) -> Status[Any]:
    """Does some work, unless it was done under the request's key before; then answers as it did then.

    Args:
        request: May have an Idempotency-Key; without one the work is done.
        warehouse: Whose key it is.
        work: Makes the answer; it holds no personal data.

    Raises:
        BadInput: the key cannot be one.
        HttpError: 409, it is worked on; 422, the key was used for something else.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    wanted = _wanted(request, warehouse, key)
    kept = _begun(request, wanted)
    if kept is not None:
        return Status(kept.status, json.loads(kept.answer))
    requests = app_of(request).storage.requests_once
    try:
        with app_of(request).storage.transaction():
            answer = work()
            if 200 <= answer.status_code < 300:
                requests.settle(wanted, answer.status_code, _text(answer.value))
            else:
                requests.forget(wanted)
    except Exception:
        requests.forget(wanted)
        raise
    return answer


def _wanted(request: HttpRequest, warehouse: Warehouse, key: str) -> RequestOnce:
    bare = key.strip().removeprefix('"').removesuffix('"')
    if not 0 < len(bare) <= LONGEST_KEY or not bare.isascii() or not bare.isprintable():
        raise BadInput(f"{HEADER} has 1 to {LONGEST_KEY} plain characters; a random UUID is a good one")
    asked = f"{request.method} {request.path}\n".encode() + request.body
    return RequestOnce(
        warehouse=warehouse.id,
        door=Door.API,
        key_hash=hashlib.sha256(bare.encode()).hexdigest(),
        fingerprint=hashlib.sha256(asked).hexdigest(),
        at=desk_of(request).people.now(),
    )


def _begun(request: HttpRequest, wanted: RequestOnce) -> RequestOnce | None:
    """Begins a request; returns the one that was answered before."""
    requests = app_of(request).storage.requests_once
    kept = requests.begin(wanted)
    if kept is None:
        return None
    if kept.fingerprint != wanted.fingerprint:
        raise HttpError(422, f"This {HEADER} was used for another request; give each request one of its own.")
    if kept.status:
        return kept
    if wanted.at - kept.at < CUT_OFF or not requests.take_over(wanted, kept):
        raise HttpError(409, f"The request with this {HEADER} is being worked on; send it again in a moment.")
    return None


def _text(value: object) -> str:
    return value.model_dump_json() if isinstance(value, Schema) else json.dumps(value)
