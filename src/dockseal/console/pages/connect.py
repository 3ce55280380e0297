"""A seller comes back from Amazon with a code; a signed-in person finishes, and sees the checklist.

The code and the state are neither logged nor audited, and stand in no address but the one Amazon sends to.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from dockseal.console.answers import open_to_all, refuse
from dockseal.console.desk import PERSON, desk_of
from dockseal.console.returns import LIVES, Return
from dockseal.domain.secret import Secret

_LONGEST = 2000
_GONE = (
    "This address was used already, or is older than five minutes. Run `dockseal sellers connect` again and "
    "have the seller consent once more."
)


@open_to_all
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Takes in what Amazon sent a seller back with, and leads to the page that finishes."""
    given = {name: request.GET.get(name, "")[:_LONGEST] for name in ("state", "selling_partner_id")}
    code, declined = request.GET.get("spapi_oauth_code", "")[:_LONGEST], "error" in request.GET
    if not given["state"] or not (declined or (code and given["selling_partner_id"])):
        answer = refuse(request, "This address lacks what Amazon sends a seller back with.", status=400)
    else:
        desk = desk_of(request)
        now = desk.people.now()
        found = Return(**given, code=Secret(code), declined=declined, until=now + LIVES)
        answer = render(request, "connect_back.html", {"token": desk.returns.keep(found, now)})
    answer.no_referrer = True  # type: ignore[attr-defined]  # a mark of ours on Django's object
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a button, and connects the seller when it is pressed."""
    if request.method != "POST":
        return render(request, "connect_finish.html")
    desk = desk_of(request)
    found = desk.returns.take(token, desk.people.now())
    if found is None:
        return refuse(request, _GONE, status=410)
    if found.declined:
        seller = desk.app.connecting.declined(found.state, PERSON)
        return refuse(request, f"Seller {seller} did not consent: start again when it wants to.", status=409)
    checklist = desk.app.connecting.finish(found.state, found.selling_partner_id, found.code, PERSON)
    return render(request, "connected.html", {"checklist": checklist})
