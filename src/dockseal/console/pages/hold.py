"""What a person settles on an order: a hold, or a sentence that asked for a look."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import BadInput, MoveRefused


@require_POST
def examine_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Lifts the hold: the person saw to its cause."""
    try:
        app_of(request).holds.lift(OrderRef(ref), PERSON)
    except (BadInput, MoveRefused) as fault:
        return refuse(request, str(fault), status=409)
    return redirect(f"/orders/{ref}")


@require_POST
def seen(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes note that the person saw to what asked for a look."""
    try:
        app_of(request).holds.seen(OrderRef(ref), PERSON)
    except (BadInput, MoveRefused) as fault:
        return refuse(request, str(fault), status=409)
    return redirect(f"/orders/{ref}")
