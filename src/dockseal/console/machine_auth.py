"""Who is at the machine API: a warehouse, by one of its keys, and what that key may do."""

import hashlib
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer

from dockseal.console.desk import app_of, desk_of
from dockseal.console.ports import App
from dockseal.console.sources import lockouts_of, source_of
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.api_key import ALL_SCOPES, ApiScope
from dockseal.domain.release import Warehouse
from dockseal.errors import ActorLocked
from dockseal.monitoring_audit.tags import Tag

UNKNOWN = Actor(kind=ActorKind.WAREHOUSE, name="unknown")
_FIRST_KEY = frozenset({ApiScope.SHIPMENTS_WRITE})
"""What the one key may do that each warehouse begins with, unless it comes and gets its orders."""


class Bearer(HttpBearer):
    """Knows a warehouse by a key it was given; only the key's hash is kept."""

    def __init__(self, scope: ApiScope) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Warehouse | None:
        """Returns the warehouse with this key.

        Raises:
            LockedOut: ten keys in a row from this address were nobody's.
            HttpError: 403, the key is known and may not do this.
        """
        app, lockouts, source = app_of(request), lockouts_of(request), source_of(request, "api")
        lockouts.refuse_if_locked(source)
        found = _holder(app, hashlib.sha256(token.encode()).hexdigest())
        if found is None:
            with app.storage.transaction():
                lockouts.failed(source, actor=UNKNOWN)
                record_refusal(request, "key_unknown")
            return None
        if app.storage.lockouts.get(source) is not None:
            with app.storage.transaction():
                lockouts.passed(source)
        warehouse, scopes = found
        refuse_if_locked(app, warehouse)
        if self._scope not in scopes:
            record_refusal(request, "scope_missing", warehouse)
            raise HttpError(403, f"This key may not do this: it lacks the scope {self._scope.value}.")
        return warehouse


def refuse_if_locked(app: App, warehouse: Warehouse) -> None:
    """Takes no key of a warehouse that an incident locked.

    Raises:
        ActorLocked: it is.
    """
    actor = f"{ActorKind.WAREHOUSE}:{warehouse.id}"
    for lock in app.storage.locks.among(actor):
        raise ActorLocked(actor, lock.incident)


def record_refusal(request: HttpRequest, reason: str, warehouse: Warehouse | None = None) -> None:
    """Records that somebody was turned away, ten times a minute at most."""
    desk = desk_of(request)
    if desk.failures.too_many(desk.people.now()):
        return
    named: dict[str, Any] = {} if warehouse is None else {"warehouse": warehouse.id}
    with desk.app.storage.transaction():
        desk.app.trail.record(Tag.API_KEY_REFUSED, actor=UNKNOWN, reason=reason, **named)


def warehouse_of(request: HttpRequest) -> Warehouse:
    """Returns the warehouse that a request comes from."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Warehouse):
        raise AuthenticationError
    return found


def _holder(app: App, key_hash: str) -> tuple[Warehouse, frozenset[ApiScope]] | None:
    first = app.storage.warehouses.by_api_key_hash(key_hash, app.clock.now())
    if first is not None:
        return first, ALL_SCOPES if first.adapter == "rest" else _FIRST_KEY
    key = app.storage.api_keys.by_hash(key_hash)
    return None if key is None else (app.storage.warehouses.get(key.warehouse), key.scopes)
