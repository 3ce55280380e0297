"""Login with Amazon: access tokens of sellers and of applications (SP-API, "Connect to the API").

A seller's token is asked for with its refresh token. An application's own, a grantless one, is asked for with
a scope. Both are kept in memory only.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from dockseal.amazon.token_request import Asker, Form, TokenRequests, Tokens
from dockseal.amazon.wire import CallMade, Wire
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import ClientCredentials, LwaCredentials, Secret
from dockseal.errors import AnswerUnreadable

NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"
ROTATION_SCOPE = "sellingpartnerapi::client_credential:rotation"
_Key = tuple[SellerId, str]


class CredentialSource(Protocol):
    """Knows what Login with Amazon asks of us."""

    def lwa(self, seller: SellerId) -> LwaCredentials:
        """Returns the newest credentials of a seller."""

    def application(self, application: str) -> ClientCredentials:
        """Returns the newest credentials of an application."""


def caller_name(application: str) -> SellerId:
    """Returns what an application's own calls are counted under; no seller has such a name."""
    return SellerId(f"app:{application}")


class Login:
    """The access tokens of all sellers and applications, in memory only."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        *,
        url: str,
        credentials: CredentialSource,
        observe: Callable[[CallMade], None],
    ) -> None:
        self._clock = clock
        self._requests = TokenRequests(wire, clock, url=url, observe=observe)
        self._credentials = credentials
        self._lock = threading.Lock()
        self._locks: dict[_Key, threading.Lock] = {}
        self._tokens: dict[_Key, Tokens] = {}
        self._asked_with: dict[SellerId, Secret] = {}

    def token(self, seller: SellerId) -> Secret:
        """Returns an access token that lives at least a minute more.

        A seller that consented anew, at whichever process, is logged in anew: its older tokens lack new
        roles.

        Raises:
            CredentialRefused: the refresh token or the client secret ended.
            AmazonUnavailable: Login with Amazon is down.
        """
        credentials = self._credentials.lwa(seller)
        with self._lock_of((seller, "")):
            if self._asked_with.get(seller) != credentials.refresh_token:
                self._tokens.pop((seller, ""), None)
                self._asked_with[seller] = credentials.refresh_token
        return self._kept((seller, ""), lambda: self._log_in(seller, credentials))

    def grantless(self, application: str, scope: str) -> Secret:
        """Returns an application's own access token for a scope; it lives at least a minute more.

        Raises:
            CredentialRefused: the client secret ended.
            AmazonUnavailable: Login with Amazon is down.
        """

        def ask() -> Tokens:
            return self._ask_for(application, {"grant_type": "client_credentials", "scope": scope})

        return self._kept((caller_name(application), scope), ask)

    def exchange(self, application: str, code: Secret, redirect_uri: str) -> Secret:
        """Exchanges the code of a consent, once, and returns the seller's refresh token.

        Raises:
            CredentialRefused: the code is older than five minutes or spent, or the client secret ended.
            AmazonUnavailable: Login with Amazon is down.
        """
        form: Form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        tokens = self._ask_for(application, form)
        if tokens.refresh is None:
            raise AnswerUnreadable(
                f"Login with Amazon's answer for a consent to application {application} lacks refresh_token"
            )
        return tokens.refresh

    def drop(self, caller: SellerId, token: Secret, scope: str = "") -> None:
        """Forgets a token that Amazon did not take; another one stays."""
        with self._lock_of((caller, scope)):
            kept = self._tokens.get((caller, scope))
            if kept is not None and kept.access == token:
                del self._tokens[caller, scope]

    def forget(self, seller: SellerId) -> None:
        """Forgets a seller's token: it consented anew, and the next one carries its new roles."""
        with self._lock_of((seller, "")):
            self._tokens.pop((seller, ""), None)

    def _kept(self, key: _Key, ask: Callable[[], Tokens]) -> Secret:
        with self._lock_of(key):
            kept = self._tokens.get(key)
            if kept is None or self._clock.now() >= kept.until:
                kept = self._tokens[key] = ask()
            return kept.access

    def _lock_of(self, key: _Key) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(key, threading.Lock())

    def _ask_for(self, application: str, form: Form) -> Tokens:
        return self._requests.ask(_application(application), self._credentials.application(application), form)

    def _log_in(self, seller: SellerId, credentials: LwaCredentials) -> Tokens:
        form: Form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
        return self._requests.ask(_seller(seller, credentials), credentials.client, form)


def _seller(seller: SellerId, credentials: LwaCredentials) -> Asker:
    words = f"seller {seller}"
    if not credentials.application:
        hint = (
            "authorise the application again in Seller Central, then run "
            f"`dockseal sellers add {seller} … --again`"
        )
        return Asker(name=seller, words=words, hint=hint)
    return Asker(
        name=seller,
        words=words,
        hint=f"have it consent again with `dockseal sellers connect {seller}`",
        client_hint=_new_secret(credentials.application),
    )


def _application(application: str) -> Asker:
    return Asker(
        name=caller_name(application),
        words=f"application {application}",
        hint="the code was used before or is older than five minutes; start the consent again",
        client_hint=_new_secret(application),
    )


def _new_secret(application: str) -> str:
    return (
        f"make a new client secret of application {application} in Solution Provider Portal, then run "
        f"`dockseal applications rotate {application}`"
    )
