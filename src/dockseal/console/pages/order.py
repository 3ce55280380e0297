"""The page of one order."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dockseal.console.answers import refuse
from dockseal.console.desk import app_of
from dockseal.console.dossier import dossier
from dockseal.console.forms import new_report_id
from dockseal.console.parcels import Tried
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import BadInput


@require_safe
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Shows one order, without personal data."""
    return order_page(request, OrderRef(ref))


def order_page(
    request: HttpRequest,
    ref: OrderRef,
    *,
    fault: str = "",
    label_fault: str = "",
    tried: Tried | None = None,
    given: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Renders the page of one order.

    Args:
        request: The request it answers.
        ref: Our reference of the order.
        fault: Why the parcel in `given` was not taken; empty on a fresh page.
        label_fault: Why no label was bought, shown or voided.
        tried: What could not be done with one of its parcels.
        given: What the person had filled in.
    """
    try:
        found = dossier(app_of(request), ref, tried)
    except BadInput:
        return refuse(request, "No order has this reference; begin at the list of orders.", status=404)
    values = {
        "dossier": found,
        "fault": fault,
        "label_fault": label_fault,
        "given": given or {},
        "report_id": (given or {}).get("report_id") or new_report_id(),
    }
    return render(request, "order.html", values, status=400 if fault or label_fault or tried else 200)
