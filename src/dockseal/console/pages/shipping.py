"""The page of shipping: orders that may miss their ship-by, and what Amazon will measure."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from dockseal.console.answers import by_itself
from dockseal.console.board import risk_query
from dockseal.console.desk import desk_of
from dockseal.console.shipping import shipping
from dockseal.console.words import risk_of
from dockseal.domain.shipping import Risk

_LONGEST_TEXT = 40


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows the whole page."""
    return render(request, "shipping.html", _values(request))


@by_itself
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answers the open page with what changes; with 204 when it shows that already."""
    values = _values(request)
    if request.GET.get("seen") == values["seen"]:
        return HttpResponse(status=204)
    return render(request, "shipping_live.html", values)


def _values(request: HttpRequest) -> dict[str, str]:
    risk, seller = risk_of(request.GET.get("risk", "")), request.GET.get("seller", "")[:_LONGEST_TEXT]
    if "\0" in seller:
        seller = ""
    chosen = None if risk is Risk.ON_TRACK else risk
    content = render_to_string(
        "shipping_board.html", {"page": shipping(desk_of(request), risk=chosen, seller=seller)}
    )
    return {
        "content": content,
        "seen": hashlib.sha256(content.encode()).hexdigest()[:16],
        "query": risk_query(chosen, seller),
    }
