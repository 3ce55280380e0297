"""One question to Login with Amazon: a token for a refresh token, for a code, or for a scope (RFC 6749).

While a client secret is rotated two of them live. The newest is tried first, and the one before it when Login
with Amazon does not know the newest (401 invalid_client, RFC 6749 section 5.2): no call fails meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.amazon.wire import CallMade, Lost, Reply, Wire, whole_seconds
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.errors import (
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    CredentialRefused,
)

Form = Mapping[str, str | Secret]
"""The fields of a token request; what is secret in it is revealed only as it is sent."""
OPERATION = "lwaToken"
_BEFORE_EXPIRY = timedelta(seconds=60)
_AFTER_429 = timedelta(seconds=30)
_UNKNOWN_CLIENT = "invalid_client"
_ENDED = frozenset({"invalid_grant", _UNKNOWN_CLIENT, "unauthorized_client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom a token is asked, and what to do when it is refused for good."""

    name: SellerId
    """Counts the call; a seller, or an application under a name no seller has."""
    words: str
    """Such as `seller acme-us`."""
    hint: str
    """What gets new credentials: the end of a sentence."""
    client_hint: str = ""
    """What gets a new client secret; empty: the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What Login with Amazon gave."""

    access: Secret
    until: datetime
    """A minute before its end."""
    refresh: Secret | None = field(default=None)


class TokenRequests:
    """Asks Login with Amazon."""

    def __init__(self, wire: Wire, clock: Clock, *, url: str, observe: Callable[[CallMade], None]) -> None:
        self._wire = wire
        self._clock = clock
        self._url = url
        self._observe = observe

    def ask(self, asker: Asker, client: ClientCredentials, form: Form) -> Tokens:
        """Asks once, or twice where two client secrets live.

        Args:
            asker: For whom.
            client: What the application proves itself with.
            form: The grant: `grant_type` and what belongs to it.

        Raises:
            CredentialRefused: the grant or the client secret ended.
            AmazonThrottled: Login with Amazon was asked too often.
            AmazonUnavailable: Login with Amazon is down.
            AmazonRefused: it refuses for another reason.
            AnswerUnreadable: its answer lacks the token or its lifetime.
        """
        asked_at = self._clock.now()
        reply = self._send(asker, client.client_id, client.client_secret, form=form)
        if client.secret_before is not None and _error(reply) == _UNKNOWN_CLIENT:
            reply = self._send(asker, client.client_id, client.secret_before, form=form)
        return _tokens(asker, self._judged(asker, reply), asked_at)

    def _send(self, asker: Asker, client_id: str, secret: Secret, *, form: Form) -> Reply:
        texts = {name: value.reveal() if isinstance(value, Secret) else value for name, value in form.items()}
        whole = {**texts, "client_id": client_id, "client_secret": secret.reveal()}
        sent_at = self._clock.now()
        reply = self._wire.send("POST", self._url, form=whole)
        status, now = 0 if isinstance(reply, Lost) else reply.status, self._clock.now()
        seconds = (now - sent_at).total_seconds()
        self._observe(
            CallMade(seller=asker.name, operation=OPERATION, status=status, at=now, seconds=seconds)
        )
        if isinstance(reply, Lost) or reply.status >= 500 or not isinstance(reply.json, dict):
            raise AmazonUnavailable(
                f"Login with Amazon gave no usable answer for {asker.words}; it is asked again"
            )
        return reply

    def _judged(self, asker: Asker, reply: Reply) -> dict[str, object]:
        if reply.status == 429:
            raise AmazonThrottled(OPERATION, self._clock.now() + _AFTER_429)
        if not 200 <= reply.status < 300:
            raise _refusal(asker, reply.status, _error(reply))
        return reply.json if isinstance(reply.json, dict) else {}


def _error(reply: Reply) -> str:
    error = str(reply.json.get("error", "")) if isinstance(reply.json, dict) else ""
    return error if error.replace("_", "").isalpha() else ""


def _refusal(asker: Asker, status: int, code: str) -> CredentialRefused | AmazonRefused:
    if code in _ENDED:
        hint = (code == _UNKNOWN_CLIENT and asker.client_hint) or asker.hint
        return CredentialRefused(
            f"Login with Amazon no longer takes the credentials of {asker.words} ({code}): {hint}"
        )
    return AmazonRefused(OPERATION, status=status, code=code, message="")


def _tokens(asker: Asker, answer: dict[str, object], asked_at: datetime) -> Tokens:
    access, seconds = answer.get("access_token"), whole_seconds(answer.get("expires_in"))
    refresh = answer.get("refresh_token")
    if not isinstance(access, str) or not access or seconds is None:
        raise AnswerUnreadable(
            f"Login with Amazon's answer for {asker.words} lacks access_token or expires_in"
        )
    return Tokens(
        access=Secret(access),
        until=asked_at + timedelta(seconds=seconds) - _BEFORE_EXPIRY,
        refresh=Secret(refresh) if isinstance(refresh, str) and refresh else None,
    )
