"""Knows secrets by their shape, wherever they stand in a text."""

import re

REDACTED = "[redacted]"
LONGEST = 500
"""Characters of one text that a log line shows."""
_END = r"[^\s\"'&,]*"
_SECRETS = re.compile(
    rf"(?:Atza|Atzr|Atc|Atz\.sprdt)(?:\||%7C){_END}"
    rf"|amzn1\.oa2-cs\.{_END}"
    rf"|whsec_{_END}"
    rf"|dsk_{_END}"
    r"|\b(?:Bearer|AWS4-HMAC-SHA256)\s+[^\s\"',]+"
    r"|\bA[KS]IA[0-9A-Z]{16}\b"
    r"|\bIQoJb3JpZ2lu[A-Za-z0-9+/=%]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----",
    re.IGNORECASE,
)
"""Tokens of Login with Amazon, client secrets, webhook secrets, API keys, AWS keys and session tokens."""
_HEADERS = re.compile(
    r"\b((?:proxy-)?authorization|x-amz-access-token|x-amz-security-token|(?:set-)?cookie)"
    # As a line of a request, as a pair in JSON or a dict, or as the two members of a tuple.
    r"(\\?[\"']?\s*:\s*|\\?[\"']\s*[,:]\s*)"
    r"b?(?:\\?\"[^\"\r\n]*|\\?'[^'\r\n]*|[^\r\n]+)",
    re.IGNORECASE,
)
_QUERIES = re.compile(r"(\bhttps?://[^\s\"'<>?#]*|(?<![\w/])/[^\s\"'<>?#]*)[?#][^\s\"'<>]+", re.IGNORECASE)
"""A URL's query may be its signature (presigned), a consent code, or what somebody searched for."""
_LOGINS = re.compile(r"(\bhttps?://)[^\s\"'<>/?#@]*@", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """Returns a text with every known shape of a secret blanked out; URLs keep their host and path."""
    text = _HEADERS.sub(rf"\1\2{REDACTED}", text)
    text = _SECRETS.sub(REDACTED, text)
    text = _LOGINS.sub(rf"\1{REDACTED}@", text)
    return _QUERIES.sub(rf"\1?{REDACTED}", text)


def shown(text: str) -> str:
    """Returns what a log line may show of a text: its beginning, without secrets."""
    # Cut before as well: what looks for shapes takes long over a long text that is made for it.
    return without_secrets(text[: 8 * LONGEST])[:LONGEST]
