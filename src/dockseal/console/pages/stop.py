"""What a person has done about an order that must not ship: stopped at the warehouse, cancelled at Amazon."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import BadInput, MoveRefused


@require_POST
def want(request: HttpRequest, ref: str) -> HttpResponse:
    """Has the warehouse asked not to ship it."""
    return _done(request, ref, lambda: app_of(request).stops.want(OrderRef(ref), PERSON))


@require_POST
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes in what the warehouse told the person."""
    stopped = request.POST.get("answer") == "stopped"
    return _done(request, ref, lambda: app_of(request).stops.record(OrderRef(ref), PERSON, stopped=stopped))


@require_POST
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """Has it cancelled at Amazon."""
    try:
        reason = CancelReason(request.POST.get("reason", ""))
    except ValueError:
        return refuse(request, "choose why the order is cancelled", status=400)
    return _done(request, ref, lambda: app_of(request).stops.cancel(OrderRef(ref), reason, PERSON))


def _done(request: HttpRequest, ref: str, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except (BadInput, MoveRefused) as fault:
        return refuse(request, str(fault), status=409)
    return redirect(f"/orders/{ref}")
