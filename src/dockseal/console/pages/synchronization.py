"""The page of synchronisation: how complete each seller is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dockseal.console.desk import desk_of
from dockseal.console.synchronization import synchronised


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows every seller."""
    desk = desk_of(request)
    values = {"sellers": synchronised(desk), "now": desk.app.clock.now()}
    return render(request, "synchronization.html", values)
