"""The pages for what went wrong before a view could say so."""

import sys

from django.db import Error
from django.http import HttpRequest, HttpResponse

from dockseal.console.answers import refuse
from dockseal.console.middleware import log_failure


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answers a request that cannot be read."""
    return refuse(request, "This request cannot be read: it is too large or malformed.", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answers a request that is not allowed."""
    return refuse(request, "This is not allowed.", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answers for an address where there is nothing."""
    return refuse(request, "There is nothing at this address; begin at the list of orders.", status=404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answers a form that was not sent from a page of this console, or from one that is too old."""
    return refuse(
        request, "This form is too old or was not sent from this console; load its page again.", status=403
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Answers for an error that nobody expected; the log names the place."""
    error = sys.exc_info()[1]
    if isinstance(error, Error):
        log_failure(request, error)
        return refuse(request, "The database cannot be used now; try again in a moment.", status=503)
    return refuse(request, "Dockseal failed here. Its log names the place (console_failed).", status=500)
