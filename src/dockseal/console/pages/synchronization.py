"""The page of synchronisation: how complete each seller is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dockseal.console.desk import app_of
from dockseal.console.synchronization import synchronised


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows every seller."""
    return render(request, "synchronization.html", {"sellers": synchronised(app_of(request))})
