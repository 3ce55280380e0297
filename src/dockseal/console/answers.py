"""The few shapes of answers that several views give."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from dockseal.console.shipstation_answers import PLACE, fault

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])
_TITLES: Mapping[int, str] = {
    400: "That did not work",
    403: "Not from here",
    404: "Not found",
    409: "Not as it was",
    410: "No longer there",
    503: "Not just now",
}
_WAY = ("/", "To the orders")


def open_to_all(view: _View) -> _View:
    """Marks a view that needs no session; every other one does."""
    view.open_to_all = True  # type: ignore[attr-defined]  # a mark of ours on a function
    return view


def by_itself(view: _View) -> _View:
    """Marks a view that an open page asks for without its person: not activity."""
    view.by_itself = True  # type: ignore[attr-defined]  # a mark of ours on a function
    return view


def redirect(path: str) -> HttpResponse:
    """Sends the browser on to a page of ours, with GET."""
    return HttpResponse(status=303, headers={"Location": path})


def refuse(
    request: HttpRequest, sentence: str, *, status: int, title: str = "", way: tuple[str, str] = _WAY
) -> HttpResponse:
    """Answers with a sentence: JSON to machines, a page to people.

    Args:
        request: The request it answers.
        sentence: What happened, and what to do next.
        status: The HTTP status.
        title: What the page is headed with; empty: what the status is called.
        way: Where its button leads, and the words on it.
    """
    whole = sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
    headers = {"Retry-After": "5"} if status == 503 else {}
    if request.path.startswith("/api/"):
        return JsonResponse({"error": whole}, status=status, headers=headers)
    if request.path.startswith(PLACE):
        return fault(request, whole, status=status)
    title = title or _TITLES.get(status, "Something failed")
    page = render(request, "fault.html", {"title": title, "sentence": whole, "way": way}, status=status)
    for name, value in headers.items():
        page.headers[name] = value
    return page
