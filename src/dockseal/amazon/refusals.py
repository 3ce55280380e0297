"""Amazon's error bodies as our errors: `{"errors": [{code, message, details}]}`; the message may be null."""

import re

from dockseal.amazon.operations import Operation
from dockseal.amazon.wire import Reply
from dockseal.errors import AccessDenied, AmazonRefused, OrderUnknown

_TOKEN = re.compile(r"(?:Atz[ar]|Atc|Atz\.sprdt)\|\S*")
_CODE = re.compile(r"[A-Za-z0-9_. -]{1,60}")
_LONGEST = 300
_OLD_TOKEN = ("access token you provided has expired", "access token you provided is revoked")


def refusal(operation: Operation, reply: Reply) -> AmazonRefused:
    """Returns the error for a 4xx answer other than 429."""
    kind: type[AmazonRefused] = AmazonRefused
    if reply.status in {401, 403}:
        kind = AccessDenied
    elif reply.status == 404 and "{orderId}" in operation.path:
        kind = OrderUnknown
    code, message = _words(reply.json)
    return kind(operation.name, status=reply.status, code=code, message=message, request_id=reply.request_id)


def token_is_old(reply: Reply) -> bool:
    """Tells whether a new access token may help."""
    if reply.status not in {401, 403}:
        return False
    text = _words(reply.json)[1].lower()
    return reply.status == 401 or any(words in text for words in _OLD_TOKEN)


def _words(body: object) -> tuple[str, str]:
    """Returns the code and the words of the first error, made fit to be shown."""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "", ""
    code = first.get("code")
    texts = [text for text in (first.get("message"), first.get("details")) if isinstance(text, str)]
    words = _TOKEN.sub("****", " ".join(" ".join(texts).split()))
    return (code if isinstance(code, str) and _CODE.fullmatch(code) else ""), words[:_LONGEST]
