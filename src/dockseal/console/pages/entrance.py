"""Signing in with a one-time link, and out again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dockseal.console import sessions
from dockseal.console.answers import open_to_all, redirect, refuse
from dockseal.console.desk import desk_of
from dockseal.console.sign_in import LINK_LIVES, use_link
from dockseal.console.sources import source_of
from dockseal.errors import LockedOut

_MINUTES = int(LINK_LIVES.total_seconds() // 60)


@open_to_all
@require_safe
def no_session(request: HttpRequest) -> HttpResponse:
    """Says how to get a sign-in link."""
    return render(request, "no_session.html", {"minutes": _MINUTES})


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a button, and signs in when it is pressed: what merely fetches the link does not use it up."""
    if request.method != "POST":
        return render(request, "sign_in.html")
    try:
        good = use_link(desk_of(request), token, source=source_of(request, "sign-in"))
    except LockedOut as fault:
        return refuse(request, str(fault), status=429)
    if not good:
        return render(request, "no_session.html", {"minutes": _MINUTES, "refused": True}, status=403)
    sessions.begin(request)
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    sessions.end(request)
    return redirect("/sign-in")
