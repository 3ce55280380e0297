"""Labels of a parcel that is packed here: what would carry it, buying, printing and voiding."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dockseal.console.answers import redirect, refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.console.dossier import packing_release
from dockseal.console.forms import contents_from
from dockseal.console.pages.order import order_page
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.label import Label
from dockseal.domain.order import Order
from dockseal.domain.release import Release
from dockseal.errors import AmazonError, BadInput, GrantRefused, MoveRefused, RoleMissing, VaultError
from dockseal.fulfillment_processing.measures import box_from

_FAULTS = (BadInput, MoveRefused, AmazonError, RoleMissing)
_ENDINGS: Mapping[str, str] = {"application/pdf": "pdf", "application/zpl": "zpl", "image/png": "png"}


@require_POST
def rates(request: HttpRequest, ref: str) -> HttpResponse:
    """Shows what would carry a parcel as it was measured, the cheapest first."""
    app, given = app_of(request), _given(request)
    packed = _packed(request, ref)
    if isinstance(packed, HttpResponse):
        return packed
    order, release = packed
    try:
        box = box_from(given.get("size", ""), given.get("weight", ""))
        found = app.labelling.rates(release.ref, box, contents_from(given))
    except _FAULTS as fault:
        return order_page(request, order.ref, label_fault=str(fault), given=given)
    values = {"order": order, "rates": found, "given": given, "hidden": _hidden(given)}
    return render(request, "rates.html", values)


@require_POST
def buy(request: HttpRequest, ref: str) -> HttpResponse:
    """Buys the label that was chosen, and shows the order again."""
    app, given = app_of(request), _given(request)
    packed = _packed(request, ref)
    if isinstance(packed, HttpResponse):
        return packed
    order, release = packed
    try:
        app.labelling.buy(
            release.ref,
            box_from(given.get("size", ""), given.get("weight", "")),
            given.get("service_id", ""),
            parcel_id=given.get("report_id", ""),
            actor=PERSON,
            contents=contents_from(given),
            offer_id=given.get("offer", ""),
        )
    except _FAULTS as fault:
        return order_page(request, order.ref, label_fault=str(fault), given=given)
    return redirect(f"/orders/{ref}#labels")


@require_POST
def show(request: HttpRequest, ref: str, label_id: str) -> HttpResponse:
    """Gives one print of a label; it is recorded before Amazon shows it."""
    label = _label(request, ref, label_id)
    if isinstance(label, HttpResponse):
        return label
    try:
        file = app_of(request).labelling.show(label.id, PERSON)
    except GrantRefused as fault:
        return refuse(request, str(fault), status=403)
    except VaultError as fault:
        return refuse(request, str(fault), status=410)
    except _FAULTS as fault:
        return refuse(request, str(fault), status=409)
    answer = HttpResponse(file.disclose(), content_type=file.media_type)
    ending = _ENDINGS[file.media_type]
    answer.headers["Content-Disposition"] = f'inline; filename="label-{label.id}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
def void(request: HttpRequest, ref: str, label_id: str) -> HttpResponse:
    """Gives a label back to Amazon, and shows the order again."""
    label = _label(request, ref, label_id)
    if isinstance(label, HttpResponse):
        return label
    try:
        app_of(request).labelling.void(label.id, PERSON)
    except _FAULTS as fault:
        return order_page(request, OrderRef(ref), label_fault=str(fault))
    return redirect(f"/orders/{ref}#labels")


def _packed(request: HttpRequest, ref: str) -> tuple[Order, Release] | HttpResponse:
    app = app_of(request)
    try:
        order = app.storage.orders.get(OrderRef(ref))
    except BadInput:
        return refuse(request, "No order has this reference; begin at the list of orders.", status=404)
    release = packing_release(app, order)
    if release is None:
        return refuse(request, f"There is nothing to pack here for order {order.id} now.", status=409)
    return order, release


def _label(request: HttpRequest, ref: str, label_id: str) -> Label | HttpResponse:
    label = app_of(request).storage.labels.get(label_id)
    if label is None or label.order != ref:
        return refuse(request, "This order has no such label; begin at the order.", status=404)
    return label


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: text for name, text in request.POST.dict().items() if isinstance(text, str)}


def _hidden(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns what the next form carries on of this one."""
    kept = ("size", "weight", "report_id")
    return [(name, text) for name, text in given.items() if name in kept or name.startswith("quantity-")]
