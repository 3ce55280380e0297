"""Connecting a seller: it is sent to Amazon, comes back with a code, and a signed-in person finishes.

The code and the state are neither logged nor audited, and stand in no address but the one Amazon sends to.
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dockseal.console.answers import open_to_all, refuse
from dockseal.console.desk import PERSON, app_of, desk_of
from dockseal.console.returns import LIVES, Return
from dockseal.console.sellers import sellers_page, wish_from
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.errors import AmazonError, BadInput
from dockseal.order_synchronization.connecting import STATE_LIVES

_LONGEST = 2000
_WAY = ("/connect", "To the sellers")
_GONE = (
    "This address was used already, or is older than five minutes. If the seller is not connected, start "
    "again and have it consent once more."
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


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows every seller, and the form that connects one more."""
    return _page(request)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Shows the address that a seller consents at.

    The form leads to this page of ours first: the browser is to send forms to nobody else (form-action).
    """
    desk = desk_of(request)
    try:
        wish = wish_from(desk, request.POST.dict())
        address = desk.app.connecting.start(wish, PERSON)
        application = desk.app.storage.applications.get(wish.application)
    except BadInput as fault:
        return _page(request, fault=str(fault), given=request.POST.dict())
    until = desk.app.clock.now() + STATE_LIVES
    values = {"seller": wish.seller, "address": address, "until": until, "back": application.redirect_uri}
    return render(request, "connect_start.html", values)


@require_POST
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Looks at a seller once more, makes what is missing, and shows the checklist."""
    try:
        checklist = app_of(request).connecting.again(SellerId(name), PERSON)
    except (BadInput, AmazonError) as fault:
        return refuse(request, str(fault), status=409, way=_WAY)
    return render(request, "connected.html", {"checklist": checklist})


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a button, and connects the seller when it is pressed."""
    desk = desk_of(request)
    now, connecting = desk.people.now(), desk.app.connecting
    if request.method != "POST":
        found = desk.returns.look(token, now)
        if found is None:
            return _gone(request)
        values = {"declined": found.declined, "asked": connecting.asked(found.state)}
        return render(request, "connect_finish.html", values)
    found = desk.returns.take(token, now)
    if found is None:
        return _gone(request)
    try:
        if found.declined:
            seller = connecting.declined(found.state, PERSON)
            return refuse(
                request,
                f"Seller {seller} did not consent at Amazon, and nothing was changed. Start again when it "
                "wants to",
                status=409,
                title="Not connected",
                way=_WAY,
            )
        checklist = connecting.finish(found.state, found.selling_partner_id, found.code, PERSON)
    except (BadInput, AmazonError) as fault:
        return refuse(request, str(fault), status=400, title="Not connected", way=_WAY)
    return render(request, "connected.html", {"checklist": checklist})


def _gone(request: HttpRequest) -> HttpResponse:
    return refuse(request, _GONE, status=410, way=_WAY)


def _page(request: HttpRequest, *, fault: str = "", given: Mapping[str, str] | None = None) -> HttpResponse:
    values = {"page": sellers_page(desk_of(request)), "fault": fault, "given": given or {}}
    return render(request, "connect.html", values, status=400 if fault else 200)
