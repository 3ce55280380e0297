"""The page of what warehouses reported that fits no order: shown, matched, dismissed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from dockseal.console.answers import redirect
from dockseal.console.desk import PERSON, app_of
from dockseal.domain.shipment import Content, ShipmentReport, SkuContent
from dockseal.domain.unmatched import Unmatched
from dockseal.errors import BadInput, MoveRefused
from dockseal.fulfillment_processing.matching import read_lines

PAGE = "/unmatched"
_WORDS = {
    "parcel": "A parcel",
    "taken": "An order it took",
    "refusal": "An order it will not ship",
    "stop": "An answer to a stop",
    "unreadable": "Not readable",
}
_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One row of the page."""

    kept: Unmatched
    words: str
    named: str
    """What it says it belongs to; empty for nothing."""
    contents: str
    fault: str = ""
    """Why it could not be matched just now."""
    given: str = ""
    """The order that was tried."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows what nobody has seen to, the oldest first, and what was seen to last."""
    return _page(request)


@require_POST
def match(request: HttpRequest, number: int) -> HttpResponse:
    """Takes one in for the order that the person names."""
    order = request.POST.get("order", "").strip()
    try:
        contents = read_lines(request.POST.get("lines", "").split())
        app_of(request).matching.match(number, order, PERSON, contents=contents)
    except (BadInput, MoveRefused) as fault:
        return _page(request, number=number, fault=str(fault), given=order)
    return redirect(PAGE)


@require_POST
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Takes note that nothing is to be done with one."""
    try:
        app_of(request).matching.dismiss(number, PERSON)
    except (BadInput, MoveRefused) as fault:
        return _page(request, number=number, fault=str(fault))
    return redirect(PAGE)


def _page(request: HttpRequest, *, number: int = 0, fault: str = "", given: str = "") -> HttpResponse:
    table = app_of(request).storage.unmatched
    found = table.open(_MOST_SHOWN + 1)
    rows = [
        _shown(each, fault=fault, given=given) if each.number == number else _shown(each)
        for each in found[:_MOST_SHOWN]
    ]
    values = {
        "rows": rows,
        "more": len(found) > _MOST_SHOWN,
        "settled": [_shown(each) for each in table.settled()],
        "fault": "" if any(row.fault for row in rows) else fault,
    }
    return render(request, "unmatched.html", values, status=409 if fault else 200)


def _shown(kept: Unmatched, *, fault: str = "", given: str = "") -> Shown:
    message = kept.message
    named, contents = "" if message is None else message.release, ""
    if isinstance(message, ShipmentReport):
        named = message.release or message.order_id
        contents = ", ".join([*map(_line, message.contents), *map(_line, message.by_sku)])
    return Shown(kept=kept, words=_WORDS[kept.kind], named=named, contents=contents, fault=fault, given=given)


def _line(each: Content | SkuContent) -> str:
    name = each.sku if isinstance(each, SkuContent) else f"line {each.order_item_id}"
    return f"{each.quantity} × {name}"
