"""Sessions of people: they end when nobody does anything (DPP 1.1.2); a page that renews itself is nobody."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from dockseal.console.desk import desk_of

_SINCE, _ACTIVE = "since", "active"
_COARSE = timedelta(seconds=30)


def begin(request: HttpRequest) -> None:
    """Opens a session under a new key."""
    now = desk_of(request).people.now().timestamp()
    request.session.clear_expired()
    request.session.flush()
    rotate_token(request)
    request.session[_SINCE] = request.session[_ACTIVE] = now


def end(request: HttpRequest) -> None:
    """Ends the session, and deletes it."""
    request.session.flush()


def is_signed_in(request: HttpRequest) -> bool:
    """Tells whether the request belongs to a session that is still good; deletes it otherwise."""
    session = getattr(request, "session", None)
    if session is None or _ACTIVE not in session:
        return False
    desk = desk_of(request)
    now, settings = desk.people.now(), desk.app.settings
    idle, lasted = now - _instant(session[_ACTIVE]), now - _instant(session[_SINCE])
    if idle < settings.session_idle and lasted < settings.session_longest:
        return True
    end(request)
    return False


def touch(request: HttpRequest) -> None:
    """Notes that the person did something; not more often than every 30 seconds, to spare the database."""
    now = desk_of(request).people.now()
    if now - _instant(request.session[_ACTIVE]) >= _COARSE:
        request.session[_ACTIVE] = now.timestamp()


def _instant(value: float) -> datetime:
    return datetime.fromtimestamp(value, UTC)
