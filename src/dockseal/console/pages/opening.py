"""Opens the address of one order for a person, for one purpose, once."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dockseal.console.answers import refuse
from dockseal.console.desk import PERSON, app_of
from dockseal.console.dossier import PURPOSES, packing_release
from dockseal.domain.access import Purpose
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.recipient import Field
from dockseal.errors import BadInput, GrantRefused, VaultError

_LINES = (
    (Field.NAME,),
    (Field.COMPANY,),
    (Field.ADDRESS_LINE_1,),
    (Field.ADDRESS_LINE_2,),
    (Field.ADDRESS_LINE_3,),
    (Field.DISTRICT,),
    (Field.CITY, Field.REGION, Field.POSTAL_CODE),
    (Field.COUNTRY,),
)
_BESIDE = (
    (Field.PHONE, "Phone for the carrier"),
    (Field.DELIVERY_INSTRUCTIONS, "Delivery instructions"),
    (Field.GIFT_MESSAGE, "Gift message"),
)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Slip:
    """Personal data on its way into one page: written into it, and dropped."""

    lines: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]


@require_POST
def open_address(request: HttpRequest, ref: str) -> HttpResponse:
    """Shows the personal data that the chosen purpose needs; the vault records it before it opens."""
    app = app_of(request)
    purpose = _purpose(request.POST.get("purpose", ""))
    if purpose is None:
        return refuse(request, "Choose what the address is opened for.", status=400)
    try:
        order = app.storage.orders.get(OrderRef(ref))
    except BadInput:
        return refuse(request, "No order has this reference; begin at the list of orders.", status=404)
    if packing_release(app, order) is None:
        sentence = f"Order {order.id} is not packed by hand at this console now, so its address stays sealed."
        return refuse(request, sentence, status=403)
    try:
        grant = app.grants.issue(PERSON, purpose, seller=order.seller, order=order.ref)
        # Held by its name until the page is made: as long no log line may repeat it.
        recipient = app.vault.open(order.ref, grant)
        slip = _slip(recipient.disclose())
    except GrantRefused as fault:
        return refuse(request, str(fault), status=403)
    except VaultError as fault:
        return refuse(request, str(fault), status=410)
    answer = render(request, "opened.html", {"order": order, "slip": slip, "purpose": purpose.value})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _purpose(name: str) -> Purpose | None:
    return next((purpose for purpose in PURPOSES if purpose.name.lower() == name), None)


def _slip(values: dict[str, str]) -> Slip:
    lines = (" ".join(values[field] for field in line if field in values) for line in _LINES)
    return Slip(
        lines=tuple(line for line in lines if line),
        beside=tuple((words, values[field]) for field, words in _BESIDE if field in values),
    )
