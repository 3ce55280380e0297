"""What every page's template is given."""

from django.http import HttpRequest

from dockseal.console.desk import desk_of


def page(request: HttpRequest) -> dict[str, object]:
    """Returns the static files' URLs and whether somebody is signed in."""
    return {"static": desk_of(request).assets.urls(), "signed_in": getattr(request, "signed_in", False)}
