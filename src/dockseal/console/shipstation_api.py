"""What a ShipStation account calls: Dockseal is its store.

Two protocols lead to the same orders. The Custom Store (XML) has one address, `/shipstation/<warehouse>`, at
which `action` says what is wanted; the order-source protocol (JSON) has an address for each.
"""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dockseal.console.answers import open_to_all
from dockseal.console.desk import app_of
from dockseal.console.shipstation_answers import XML
from dockseal.console.shipstation_door import Turned, answering, entered, sent_inside, sent_with
from dockseal.console.shipstation_store import PAGE, Store
from dockseal.errors import BadInput, MoveRefused
from dockseal.warehouses.shipstation import json_orders, xml_orders
from dockseal.warehouses.shipstation.dates import first_instant, last_instant
from dockseal.warehouses.shipstation.json_requests import (
    Json,
    body_of,
    notice_from_json,
    notifications_of,
    text_in,
    wanted_of,
)
from dockseal.warehouses.shipstation.notices import notice_from_xml

_UNKNOWN = "Nothing was released to this warehouse under this order; ship it as the store it came from says."
_SAME_MOMENT = "Another parcel of this order came in at the same moment; send this one again."


@csrf_exempt
@open_to_all
@answering
def custom_store(request: HttpRequest, name: str) -> HttpResponse:
    """Answers what the Custom Store's XML protocol asks."""
    warehouse = entered(request, name, sent_with(request))
    store = Store(app=app_of(request), warehouse=warehouse, most_lines=xml_orders.ADDRESS_LINES)
    action = request.GET.get("action", "")
    if action == "export" and request.method == "GET":
        return _export(request, store)
    if action == "shipnotify" and request.method == "POST":
        return _ship_notify(request, store)
    if action in {"export", "shipnotify"}:
        raise Turned(405, "Orders are fetched with GET, and parcels reported with POST.")
    raise Turned(400, "The action is export or shipnotify; name one of them.")


def _export(request: HttpRequest, store: Store) -> HttpResponse:
    start = first_instant("start_date", request.GET.get("start_date", ""))
    end = last_instant("end_date", request.GET.get("end_date", ""))
    page = _page(request.GET.get("page", "1"))
    found = store.modified(start, end)
    orders = store.exported(found[(page - 1) * PAGE : page * PAGE])
    pages = max(1, -(-len(found) // PAGE))
    return HttpResponse(xml_orders.orders_xml(orders, pages=pages), content_type=XML)


def _page(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text):
        return int(text)
    raise BadInput("page counts from 1; leave it out for the first one")


def _ship_notify(request: HttpRequest, store: Store) -> HttpResponse:
    if not store.report(notice_from_xml(request.body, request.GET.dict())):
        raise Turned(404, _UNKNOWN)
    return HttpResponse(status=200, content_type=XML)


@csrf_exempt
@open_to_all
@require_POST
@answering
def sales_orders_export(request: HttpRequest, name: str) -> HttpResponse:
    """Answers with a page of orders, and the cursor of the next one."""
    body = body_of(request.body)
    store = _store(request, name, body)
    wanted = wanted_of(body)
    found = store.modified(wanted.start, wanted.end or _END)
    left = [each for each in found if each.number > wanted.after]
    cursor = str(left[PAGE - 1].number) if len(left) > PAGE else ""
    return JsonResponse(json_orders.orders_json(store.exported(left[:PAGE]), cursor=cursor))


_END = datetime(9999, 1, 1, tzinfo=UTC)


@csrf_exempt
@open_to_all
@require_POST
@answering
def shipment_notification(request: HttpRequest, name: str) -> HttpResponse:
    """Takes parcels in; each has a result of its own."""
    body = body_of(request.body)
    store = _store(request, name, body)
    results = [_result(store, each) for each in notifications_of(body)]
    return JsonResponse({"notification_results": results})


def _store(request: HttpRequest, name: str, body: Json) -> Store:
    warehouse = entered(request, name, sent_inside(request, body, name))
    return Store(app=app_of(request), warehouse=warehouse, most_lines=json_orders.ADDRESS_LINES)


def _result(store: Store, notification: Json) -> dict[str, str]:
    reason = _failure(store, notification)
    told = {"notification_id": text_in(notification, "notification_id")}
    if reason:
        return {**told, "status": "failure", "failure_reason": reason}
    return {**told, "status": "success"}


def _failure(store: Store, notification: Json) -> str:
    """Takes one parcel in, and returns why that failed; empty if it did not."""
    try:
        return "" if store.report(notice_from_json(notification)) else _UNKNOWN
    except MoveRefused:
        return _SAME_MOMENT
    except BadInput as fault:
        return str(fault)
