"""The first page: what needs a person now, where orders stand, and all of them by ship-by."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from dockseal.console.answers import by_itself
from dockseal.console.board import Choice, board
from dockseal.console.desk import desk_of
from dockseal.console.words import state_of

_LONGEST_TEXT = 40


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows the whole page."""
    content, seen = _board(request)
    return render(request, "overview.html", {"content": content, "seen": seen, "choice": _choice(request)})


@by_itself
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answers the open page with what changes; with 204 when it shows that already."""
    content, seen = _board(request)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return render(request, "live.html", {"content": content, "seen": seen, "choice": _choice(request)})


def _board(request: HttpRequest) -> tuple[str, str]:
    content = render_to_string("board.html", {"board": board(desk_of(request), _choice(request))})
    return content, hashlib.sha256(content.encode()).hexdigest()[:16]


def _choice(request: HttpRequest) -> Choice:
    page = request.GET.get("page", "1")
    return Choice(
        state=state_of(request.GET.get("state", "")),
        seller=request.GET.get("seller", "")[:_LONGEST_TEXT],
        text=request.GET.get("text", "").strip()[:_LONGEST_TEXT],
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:6]) < 100_000 else 1,
    )
