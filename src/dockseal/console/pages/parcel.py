"""Reports a parcel that was packed by hand."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.console.dossier import packing_release
from dockseal.console.forms import parcel_from
from dockseal.console.pages.order import order_page
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import BadInput, MoveRefused


@require_POST
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes one parcel in, and shows the order again."""
    app, form = app_of(request), request.POST.dict()
    given = {name: text for name, text in form.items() if isinstance(text, str)}
    try:
        order = app.storage.orders.get(OrderRef(ref))
    except BadInput:
        return refuse(request, "No order has this reference; begin at the list of orders.", status=404)
    if app.storage.packages.of_order(order.ref) and _is_known(request, order.ref, given.get("report_id", "")):
        return redirect(f"/orders/{ref}#parcels")
    release = packing_release(app, order)
    if release is None:
        return refuse(request, f"There is nothing to pack here for order {order.id} now.", status=409)
    try:
        app.tracking.report(parcel_from(given, release, app.clock.now()), actor=PERSON)
    except (BadInput, MoveRefused) as fault:
        return order_page(request, order.ref, fault=str(fault), given=given)
    return redirect(f"/orders/{ref}#parcels")


def _is_known(request: HttpRequest, ref: OrderRef, report_id: str) -> bool:
    return any(package.report_id == report_id for package in app_of(request).storage.packages.of_order(ref))
