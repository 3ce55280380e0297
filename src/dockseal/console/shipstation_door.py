"""Lets ShipStation accounts in: by the name of a warehouse, and its key."""

import base64
import hashlib
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from dockseal.console.desk import app_of, desk_of
from dockseal.console.machine_auth import refuse_if_locked
from dockseal.console.shipstation_answers import fault
from dockseal.console.sources import lockouts_of, source_of
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.release import Warehouse
from dockseal.errors import DocksealError, LockedOut, MoveRefused, OpensExhausted, StorageUnavailable
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.lockouts import Lockouts
from dockseal.warehouses.shipstation.json_requests import Json, text_in

_UNKNOWN = Actor(kind=ActorKind.WAREHOUSE, name="unknown")
_STATUSES: tuple[tuple[type[DocksealError], int], ...] = (
    (LockedOut, 429),
    (OpensExhausted, 503),
    (StorageUnavailable, 503),
    (MoveRefused, 503),
)
"""What is no fault of what was asked; everything else is answered with 400."""

View = Callable[[HttpRequest, str], HttpResponse]


class Turned(Exception):
    """ShipStation is turned away, with a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answering(view: View) -> View:
    """Has a view's errors answered as ShipStation reads them."""

    @wraps(view)
    def answered(request: HttpRequest, name: str) -> HttpResponse:
        try:
            return view(request, name)
        except Turned as turned:
            return fault(request, str(turned), status=turned.status)
        except RequestDataTooBig:
            return fault(request, "The body is too large; send less at once.", status=413)
        except DocksealError as error:
            status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
            return fault(request, str(error), status=status)

    return answered


def entered(request: HttpRequest, name: str, credentials: tuple[str, str]) -> Warehouse:
    """Returns the warehouse whose account asks.

    Args:
        request: What it asks.
        name: The warehouse that the address names.
        credentials: User name and key, as it sent them.

    Raises:
        Turned: they are not those of this warehouse, or it is no ShipStation account.
        LockedOut: ten in a row from this address were nobody's.
    """
    app, lockouts, source = app_of(request), lockouts_of(request), source_of(request, "shipstation")
    lockouts.refuse_if_locked(source)
    user, key = credentials
    key_hash = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    found = app.storage.warehouses.by_api_key_hash(key_hash, app.clock.now())
    if found is None or not (user == name == found.id):
        _record_refusal(request, lockouts, source)
        raise Turned(401, f"The user name is the warehouse's, and the password its API key: {_NEW_KEY}")
    if app.storage.lockouts.get(source) is not None:
        with app.storage.transaction():
            lockouts.passed(source)
    refuse_if_locked(app, found)
    if found.adapter != "shipstation":
        raise Turned(403, f"Warehouse {found.id} is not served by ShipStation; add one with that adapter.")
    return found


_NEW_KEY = "`dockseal warehouses rotate` makes a new one."


def _record_refusal(request: HttpRequest, lockouts: Lockouts, source: str) -> None:
    desk = desk_of(request)
    with desk.app.storage.transaction():
        lockouts.failed(source, actor=_UNKNOWN)
        if not desk.failures.too_many(desk.people.now()):
            desk.app.trail.record(Tag.API_KEY_REFUSED, actor=_UNKNOWN, reason="key_unknown")


def sent_with(request: HttpRequest) -> tuple[str, str]:
    """Returns user name and key of a request: by HTTP Basic, else in its address, as older accounts do."""
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, key = base64.b64decode(coded, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return user, key
    return request.GET.get("SS-UserName", ""), request.GET.get("SS-Password", "")


def sent_inside(request: HttpRequest, body: Json, name: str) -> tuple[str, str]:
    """Returns user name and key of a JSON request: by HTTP Basic, else in its `auth`.

    An API key alone stands for the warehouse that the address names.
    """
    if "Authorization" in request.headers:
        return sent_with(request)
    if key := text_in(body, "auth", "api_key"):
        return text_in(body, "auth", "username") or name, key
    return text_in(body, "auth", "username"), text_in(body, "auth", "password")
