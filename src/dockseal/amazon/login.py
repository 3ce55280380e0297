"""Login with Amazon: access tokens for refresh tokens (RFC 6749 section 6; SP-API, "Connect to the API")."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from dockseal.amazon.wire import CallMade, Lost, Wire, whole_seconds
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.errors import (
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    CredentialRefused,
)

OPERATION = "lwaToken"
_BEFORE_EXPIRY = timedelta(seconds=60)
_AFTER_429 = timedelta(seconds=30)
_ENDED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})


class CredentialSource(Protocol):
    """Knows what Login with Amazon asks of us."""

    def lwa(self, seller: SellerId) -> LwaCredentials:
        """Returns the newest credentials of a seller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Access:
    token: Secret
    until: datetime


class Login:
    """The access tokens of all sellers, in memory only."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        *,
        url: str,
        credentials: CredentialSource,
        observe: Callable[[CallMade], None],
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._url = url
        self._credentials = credentials
        self._observe = observe
        self._lock = threading.Lock()
        self._locks: dict[SellerId, threading.Lock] = {}
        self._tokens: dict[SellerId, _Access] = {}

    def token(self, seller: SellerId) -> Secret:
        """Returns an access token that lives at least a minute more.

        Raises:
            CredentialRefused: the refresh token or the client secret ended.
            AmazonUnavailable: Login with Amazon is down.
        """
        with self._lock_of(seller):
            access = self._tokens.get(seller)
            if access is None or self._clock.now() >= access.until:
                access = self._log_in(seller)
                self._tokens[seller] = access
            return access.token

    def drop(self, seller: SellerId, token: Secret) -> None:
        """Forgets a token that Amazon did not take; another one stays."""
        with self._lock_of(seller):
            access = self._tokens.get(seller)
            if access is not None and access.token == token:
                del self._tokens[seller]

    def _lock_of(self, seller: SellerId) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(seller, threading.Lock())

    def _log_in(self, seller: SellerId) -> _Access:
        credentials = self._credentials.lwa(seller)
        asked_at = self._clock.now()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": credentials.refresh_token.reveal(),
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.reveal(),
        }
        reply = self._wire.send("POST", self._url, form=form)
        status = 0 if isinstance(reply, Lost) else reply.status
        self._observe(CallMade(seller=seller, operation=OPERATION, status=status, at=self._clock.now()))
        if isinstance(reply, Lost) or reply.status >= 500 or not isinstance(reply.json, dict):
            raise AmazonUnavailable(
                f"Login with Amazon gave no usable answer for seller {seller}; it is asked again"
            )
        if reply.status == 429:
            raise AmazonThrottled(OPERATION, self._clock.now() + _AFTER_429)
        if not 200 <= reply.status < 300:
            raise _refusal(seller, reply.status, str(reply.json.get("error", "")))
        return _access(seller, reply.json, asked_at)


def _refusal(seller: SellerId, status: int, error: str) -> CredentialRefused | AmazonRefused:
    code = error if error.replace("_", "").isalpha() else ""
    if code in _ENDED:
        return CredentialRefused(
            f"Login with Amazon no longer takes the credentials of seller {seller} ({code}): authorise the "
            f"application again in Seller Central, then run `dockseal sellers add {seller} … --again`"
        )
    return AmazonRefused(OPERATION, status=status, code=code, message="")


def _access(seller: SellerId, answer: dict[str, object], asked_at: datetime) -> _Access:
    token, seconds = answer.get("access_token"), whole_seconds(answer.get("expires_in"))
    if not isinstance(token, str) or not token or seconds is None:
        raise AnswerUnreadable(
            f"Login with Amazon's answer for seller {seller} lacks access_token or expires_in"
        )
    return _Access(token=Secret(token), until=asked_at + timedelta(seconds=seconds) - _BEFORE_EXPIRY)
