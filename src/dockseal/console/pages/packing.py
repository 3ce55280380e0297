"""What is packed at this console: the list, the pick list, packing slips, and finding an order by a scan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from dockseal.console.answers import redirect, refuse
from dockseal.console.board import row_of
from dockseal.console.desk import PERSON, app_of, desk_of
from dockseal.console.dossier import BY_HAND, packing_release
from dockseal.console.ports import App
from dockseal.domain.access import Purpose
from dockseal.domain.identifiers import OrderRef, ReleaseRef
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.errors import BadInput, GrantRefused, VaultError
from dockseal.fulfillment_processing.packing import to_pack
from dockseal.pii_security.canary_orders import canaries_or_wait
from dockseal.warehouses.by_hand.slip import ToPack, packing_slip, pick_list

_PACKING = (OrderState.RELEASED, OrderState.PARTLY_SHIPPED)
_MOST = 200


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Lists what is to be packed here, the earliest ship-by first."""
    app = app_of(request)
    rows = [(row_of(each.order, app.clock.now()), each) for each in _all(app)]
    asked = request.GET.get("text", "").strip()[:80]
    return render(request, "packing.html", {"rows": rows, "most": _MOST, "asked": asked})


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Leads to the order that a scanned or typed reference belongs to."""
    app, asked = app_of(request), request.GET.get("text", "").strip()[:80]
    order = app.storage.orders.by_release(ReleaseRef(asked)) if asked else None
    if order is None:
        found = app.storage.orders.list(text=asked, limit=2) if asked else []
        order = found[0] if len(found) == 1 else None
    if order is None:
        return render(
            request, "packing.html", {"rows": [], "missed": True, "asked": asked, "most": _MOST}, status=404
        )
    return redirect(f"/orders/{order.ref}#pack-title")


@require_safe
def picking(request: HttpRequest) -> HttpResponse:
    """Gives the pick list of all that is to be packed here; it names no buyer."""
    try:
        content = pick_list(_all(app_of(request)), desk_of(request).fonts)
    except BadInput as fault:
        return refuse(request, str(fault), status=409)
    return _document(content, "pick-list")


@require_POST
def slip(request: HttpRequest, ref: str) -> HttpResponse:
    """Gives the packing slip of an order; the vault records it before it opens the name and the message."""
    app = app_of(request)
    try:
        order = app.storage.orders.get(OrderRef(ref))
    except BadInput:
        return refuse(request, "No order has this reference; begin at the list of orders.", status=404)
    packed = _packed(app, order)
    if packed is None:
        return refuse(request, f"Order {order.id} is not packed by hand at this console now.", status=409)
    try:
        content = packing_slip(packed, _recipient(app, order), desk_of(request).fonts)
    except GrantRefused as fault:
        return refuse(request, str(fault), status=403)
    except VaultError as fault:
        return refuse(request, str(fault), status=410)
    except BadInput as fault:
        return refuse(request, str(fault), status=409)
    return _document(content, f"packing-slip-{packed.release}")


def _recipient(app: App, order: Order) -> Recipient:
    """Opens what a slip shows; nothing where the warehouse is handed no personal data."""
    if order.sealed_until is None:
        return Recipient({})
    grant = app.grants.issue(PERSON, Purpose.PACKING_SLIP, seller=order.seller, order=order.ref)
    return app.vault.open(order.ref, grant)


def _all(app: App) -> list[ToPack]:
    by_hand = {each.id for each in app.storage.warehouses.all() if each.adapter == BY_HAND}
    canaries = canaries_or_wait(app.vault.canaries, app.clock)
    orders = app.storage.orders.list(state=_PACKING, limit=_MOST * 5)
    packed = (
        _packed(app, order) for order in orders if order.warehouse in by_hand and order.ref not in canaries
    )
    return [each for each in packed if each is not None][:_MOST]


def _packed(app: App, order: Order) -> ToPack | None:
    release = packing_release(app, order)
    if release is None:
        return None
    return to_pack(order, release, app.storage.packages.of_order(order.ref))


def _document(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
