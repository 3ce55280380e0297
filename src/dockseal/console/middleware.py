"""What stands before every page: the security headers, the host check, the fault pages, the session."""

import traceback
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from dockseal.console.answers import redirect, refuse
from dockseal.console.sessions import is_signed_in, touch
from dockseal.errors import DocksealError, StorageUnavailable

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # With "no-referrer" browsers send `Origin: null` with our own forms, which the CSRF check refuses.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_ANSWERED = (BadRequest, Http404, PermissionDenied, SuspiciousOperation)
"""Django answers these with 400, 403 and 404."""

log = structlog.get_logger(__name__)


class Headers:
    """Adds the security headers; whatever does not say otherwise is stored nowhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers a request."""
        response = self._get_response(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if getattr(response, "no_referrer", False):
            response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


class KnownHost:
    """Refuses a request that was sent to another name than ours (DNS rebinding)."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers a request."""
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponse(
                "This is not the name of this console. "
                "Open it under the address that `dockseal sign-in` prints.\n",
                status=400,
                content_type="text/plain; charset=utf-8",
            )
        return self._get_response(request)


class Faults:
    """Turns errors of views into answers that say what to do, and logs where they came from."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers a request."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answers for an error that left a view; unknown ones go on to the page for those."""
        if isinstance(error, StorageUnavailable):
            return refuse(request, f"{error}", status=503)
        if isinstance(error, DocksealError):
            return refuse(request, f"{error}", status=400)
        if not isinstance(error, _ANSWERED):
            log_failure(request, error)
        return None


class SignedIn:
    """Lets only signed-in people past, except to what is marked `open_to_all`: deny by default."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers a request."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponseBase | None:
        """Turns a request away, or lets it go on to its view."""
        if getattr(view, "open_to_all", False):
            return None
        if not is_signed_in(request):
            return _away(request)
        request.signed_in = True  # type: ignore[attr-defined]  # a mark of ours on Django's object
        if not getattr(view, "by_itself", False):
            touch(request)
        return None


def _away(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": "/sign-in"})
    return redirect("/sign-in")


def log_failure(request: HttpRequest, error: BaseException) -> None:
    """Logs which route failed and where in our code, without the path and without the error's text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "dockseal" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('dockseal/')[2]}:{ours[-1].lineno}" if ours else ""
    match = request.resolver_match
    log.error("console_failed", route=match.route if match else "", error=type(error).__name__, place=place)
