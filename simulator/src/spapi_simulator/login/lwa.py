"""Login with Amazon: `POST /auth/o2/token` (RFC 6749 sections 4.4 and 6)."""

import hmac
import json
from datetime import datetime
from urllib.parse import parse_qsl

import httpx

from spapi_simulator.front.answers import JSON, json_response
from spapi_simulator.front.operations import NOTIFICATIONS_SCOPE, ROTATION_SCOPE
from spapi_simulator.world.accounts import TOKEN_LIFE, Accounts, Application
from spapi_simulator.world.marketplaces import LWA_HOST

PATH = "/auth/o2/token"
OPERATION = "lwaToken"
SCOPES = frozenset({NOTIFICATIONS_SCOPE, ROTATION_SCOPE})
_REVOKED = (
    "The request has an invalid grant parameter : refresh_token. "
    "User may have revoked or didn't grant the permission."
)


class Lwa:
    """Gives access tokens for refresh tokens, and grantless ones for a scope."""

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
        if grant == "client_credentials":
            return self._grantless(application, form, now)
        if not grant:
            return _fault(400, "invalid_request", "The request is missing a required parameter : grant_type")
        return _fault(400, "unsupported_grant_type", "The authorization grant type is not supported.")

    def _client(self, form: dict[str, str]) -> Application | None:
        application = self._accounts.applications.get(form.get("client_id", ""))
        secret = form.get("client_secret", "")
        if application is None or not hmac.compare_digest(
            secret.encode(), application.client_secret.encode()
        ):
            return None
        return application

    def _refresh(self, application: Application, form: dict[str, str], now: datetime) -> tuple[int, JSON]:
        token = form.get("refresh_token", "")
        if not token:
            return _fault(
                400, "invalid_request", "The request is missing a required parameter : refresh_token"
            )
        authorisation = self._accounts.authorisations.get(token)
        if authorisation is None or authorisation.revoked or authorisation.application != application:
            return _fault(400, "invalid_grant", _REVOKED)
        access = self._accounts.issue_access(application, authorisation, now=now)
        return 200, {**_bearer(access), "refresh_token": token}

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


def _form(request: httpx.Request) -> dict[str, str] | None:
    try:
        text = request.content.decode()
        if request.headers.get("content-type", "").startswith("application/json"):
            body = json.loads(text)
            return {str(k): str(v) for k, v in body.items()} if isinstance(body, dict) else None
        return dict(parse_qsl(text, keep_blank_values=True))
    except ValueError:
        return None
