"""How ShipStation is told that something failed: in XML, or in JSON where it speaks that."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from dockseal.warehouses.shipstation.xml_orders import error_xml

PLACE = "/shipstation/"
"""Where the addresses begin that ShipStation asks."""
XML = "text/xml; charset=utf-8"
JSON_NAMES = ("sales_orders_export", "shipment_notification")
"""How the addresses end at which it speaks JSON."""
_REALM = 'Basic realm="Dockseal", charset="UTF-8"'
_LATER = {"Retry-After": "60"}


def fault(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """Answers with a sentence that says what happened, and what to do next."""
    text = sentence[:1].upper() + sentence[1:]
    whole = text if text.endswith((".", "!", "?")) else f"{text}."
    headers = {"WWW-Authenticate": _REALM} if status == 401 else _LATER if status in {429, 503} else {}
    if request.path.endswith(JSON_NAMES):
        return JsonResponse({"message": whole}, status=status, headers=headers)
    return HttpResponse(error_xml(whole), content_type=XML, status=status, headers=headers)
