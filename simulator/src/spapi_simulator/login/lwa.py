"""Login with Amazon: `POST /auth/o2/token` (RFC 6749 sections 4.1.3, 4.4 and 6)."""

import hmac
import json
from datetime import datetime
from urllib.parse import parse_qsl

import httpx

from spapi_simulator.front.answers import JSON, json_response
from spapi_simulator.front.operations import NOTIFICATIONS_SCOPE, ROTATION_SCOPE
from spapi_simulator.world.accounts import TOKEN_LIFE, Accounts, Application, Authorisation
from spapi_simulator.world.marketplaces import LWA_HOST

PATH = "/auth/o2/token"
OPERATION = "lwaToken"
SCOPES = frozenset({NOTIFICATIONS_SCOPE, ROTATION_SCOPE})
_INVALID = "The request has an invalid grant parameter : "
_REVOKED = f"{_INVALID}refresh_token. User may have revoked or didn't grant the permission."


class Lwa:
    """Gives tokens for the code of a consent, for a refresh token, and grantless ones for a scope."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    @staticmethod
    def operation_of(request: httpx.Request) -> str:
        """Name the request for faults and the journal; empty when it is not for LWA."""
        return OPERATION if request.url.host == LWA_HOST or request.url.path == PATH else ""

    def answer(self, request: httpx.Request, *, request_id: str, now: datetime) -> httpx.Response:
        """Answer a token request, form-encoded or JSON."""
        headers = {"x-amzn-RequestId": request_id, "cache-control": "no-store", "pragma": "no-cache"}
        status, body = self._grant(request, now)
        return json_response(status, body, headers=headers)

    def _grant(  # noqa: PLR0911  one line for each refusal
        self, request: httpx.Request, now: datetime
    ) -> tuple[int, JSON]:
        if request.method != "POST":
            return _fault(400, "invalid_request", "The request must be a POST.")
        form = _form(request)
        if form is None:
            return _fault(400, "invalid_request", "The request body could not be read.")
        application = self._client(form)
        if application is None:
            return _fault(401, "invalid_client", "Client authentication failed")
        grant = form.get("grant_type", "")
        if grant == "refresh_token":
            return self._refresh(application, form, now)
        if grant == "authorization_code":
            return self._exchange(application, form, now)
        if grant == "client_credentials":
            return self._grantless(application, form, now)
        if not grant:
            return _missing("grant_type")
        return _fault(400, "unsupported_grant_type", "The authorization grant type is not supported.")

    def _client(self, form: dict[str, str]) -> Application | None:
        """Return who asks, proved by any secret that lives: two do while a rotation is under way."""
        application = self._accounts.applications.get(form.get("client_id", ""))
        if application is None:
            return None
        given = form.get("client_secret", "").encode()
        live = self._accounts.secrets_of(application)
        good = any(hmac.compare_digest(given, secret.value.encode()) for secret in live)
        return application if good else None

    def _refresh(self, application: Application, form: dict[str, str], now: datetime) -> tuple[int, JSON]:
        token = form.get("refresh_token", "")
        if not token:
            return _missing("refresh_token")
        authorisation = self._accounts.authorisations.get(token)
        if authorisation is None or authorisation.revoked or authorisation.application != application:
            return _fault(400, "invalid_grant", _REVOKED)
        return self._tokens(authorisation, now)

    def _exchange(self, application: Application, form: dict[str, str], now: datetime) -> tuple[int, JSON]:
        code = form.get("code", "")
        if not code:
            return _missing("code")
        consent = self._accounts.find_code(code)
        if consent is None or consent.application != application:
            return _fault(400, "invalid_grant", f"{_INVALID}code")
        if form.get("redirect_uri", consent.redirect_uri) != consent.redirect_uri:
            return _fault(400, "invalid_grant", f"{_INVALID}redirect_uri")
        return self._tokens(self._accounts.redeem(code), now)

    def _tokens(self, authorisation: Authorisation, now: datetime) -> tuple[int, JSON]:
        access = self._accounts.issue_access(authorisation.application, authorisation, now=now)
        return 200, {**_bearer(access), "refresh_token": authorisation.refresh_token}

    def _grantless(self, application: Application, form: dict[str, str], now: datetime) -> tuple[int, JSON]:
        scope = form.get("scope", "")
        if not scope or not set(scope.split()) <= SCOPES:
            return _fault(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
        return 200, {
            **_bearer(self._accounts.issue_access(application, None, scope=scope, now=now)),
            "scope": scope,
        }


def _bearer(token: str) -> JSON:
    return {"access_token": token, "token_type": "bearer", "expires_in": int(TOKEN_LIFE.total_seconds())}


def _fault(status: int, error: str, description: str) -> tuple[int, JSON]:
    return status, {"error": error, "error_description": description}


def _missing(parameter: str) -> tuple[int, JSON]:
    return _fault(400, "invalid_request", f"The request is missing a required parameter : {parameter}")


def _form(request: httpx.Request) -> dict[str, str] | None:
    try:
        text = request.content.decode()
        if request.headers.get("content-type", "").startswith("application/json"):
            body = json.loads(text)
            return {str(k): str(v) for k, v in body.items()} if isinstance(body, dict) else None
        return dict(parse_qsl(text, keep_blank_values=True))
    except (ValueError, RecursionError):
        return None
