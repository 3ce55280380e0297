"""What every page's template is given."""

from django.http import HttpRequest

from dockseal.console.desk import desk_of

_ROOMS = (
    ("Orders", "/"),
    ("Packing", "/packing"),
    ("Shipping", "/shipping"),
    ("Unmatched", "/unmatched"),
    ("Synchronization", "/synchronization"),
    ("Alerts", "/alerts"),
    ("Sellers", "/connect"),
    ("Audit", "/audit"),
    ("Incidents", "/incidents"),
)


def page(request: HttpRequest) -> dict[str, object]:
    """Returns the static files' URLs and whether somebody is signed in, and the way to the main pages."""
    rooms = [(words, path, _here(request.path, path)) for words, path in _ROOMS]
    return {
        "static": desk_of(request).assets.urls(),
        "signed_in": getattr(request, "signed_in", False),
        "rooms": rooms,
    }


def _here(asked: str, room: str) -> bool:
    return asked == room or (room != "/" and asked.startswith(f"{room}/"))
