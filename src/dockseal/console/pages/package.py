"""What a person does about a parcel that was reported: corrects it, lets it go, names its carrier."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.console.forms import amendment_from
from dockseal.console.pages.order import order_page
from dockseal.console.parcels import Tried
from dockseal.console.ports import App
from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.shipment import Package
from dockseal.errors import BadInput, MoveRefused

Form = dict[str, str]


@require_POST
def correct(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Makes the parcel what the form says of it, and shows the order again."""

    def act(app: App, package: Package, form: Form) -> None:
        report_id = form.get("report_id", "")
        if package.report_id == report_id:
            return  # the form was sent twice
        if package.report_id != form.get("of_report", package.report_id):
            raise BadInput("the parcel was told of anew meanwhile: look at it, and correct it if it is wrong")
        amendment = amendment_from(form, package)
        app.amending.correct(package.order, package.reference_id, amendment, PERSON, report_id=report_id)

    return _done(request, ref, number, act)


@require_POST
def clear(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Lets a held parcel go as it is, because the person looked at it."""

    def act(app: App, package: Package, _: Form) -> None:
        app.clearing.clear(package.order, package.reference_id, PERSON)

    return _done(request, ref, number, act)


@require_POST
def name_carrier(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Takes who carries a parcel, and remembers it for its warehouse where the person wants that."""

    def act(app: App, package: Package, form: Form) -> None:
        carrier = app.carriers.chosen(form.get("code", ""), form.get("name", ""))
        if form.get("always"):
            _always(app, package, carrier)
        else:
            app.clearing.clear(package.order, package.reference_id, PERSON, carrier=carrier)

    return _done(request, ref, number, act)


def _always(app: App, package: Package, carrier: Carrier) -> None:
    app.teaching.teach(package.warehouse, package.carrier, carrier, PERSON)


def _done(
    request: HttpRequest, ref: str, number: int, act: Callable[[App, Package, Form], None]
) -> HttpResponse:
    """Does something with a parcel and shows its order, with the fault if it could not be."""
    app = app_of(request)
    form = {name: text for name, text in request.POST.dict().items() if isinstance(text, str)}
    try:
        order = app.storage.orders.get(OrderRef(ref))
        package = app.storage.packages.get(order, number)
    except BadInput:
        return refuse(request, "No such parcel was reported; begin at the list of orders.", status=404)
    try:
        act(app, package, form)
    except (BadInput, MoveRefused) as fault:
        tried = Tried(number=number, fault=str(fault), given=form)
        return order_page(request, order.ref, tried=tried)
    return redirect(f"/orders/{ref}#parcels")
