"""The machine API of warehouses that come and get their orders."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from dockseal.console.desk import app_of
from dockseal.console.machine_auth import Bearer, warehouse_of
from dockseal.console.machine_bodies import (
    AddressIn,
    AddressOut,
    FaultOut,
    OrderOut,
    OrdersOut,
    RefusedIn,
    StoppedIn,
    TakenIn,
    ToldOut,
    order_out,
)
from dockseal.console.once import once
from dockseal.console.ports import App
from dockseal.console.sentences import sentence
from dockseal.domain.api_key import ApiScope
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Package
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput, KeyDestroyed, MoveRefused, NothingSealed, PastDeadline, VaultError
from dockseal.fulfillment_processing.rehearsal import is_test
from dockseal.fulfillment_processing.shelf import OnShelf
from dockseal.warehouses.personal_data import OPTION, PersonalData

AT_ONCE = "Something else of this order came in at the same moment; send this again."
UNKNOWN_REFERENCE = "Nothing was released to this warehouse under this reference; send it as it came."
FAULTS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 503), FaultOut)
"""What every request may be answered that does not succeed."""
_NONE = "This warehouse chose to get no personal data: its orders are packed without the address."
_OVER = "This order is closed, or is to be stopped: there is nothing left to ship, so nothing is opened."
_ENDED = (410, "The personal data of this order has ended, and nobody can open it.")
_UNOPENED: Mapping[type[VaultError], tuple[int, str]] = {
    NothingSealed: (404, "No personal data is kept for this order now."),
    PastDeadline: _ENDED,
    KeyDestroyed: _ENDED,
}
CURSOR: Any = Query("", max_length=20, description="`next` of the last answer; empty: the beginning.")  # type: ignore[type-arg]  # a function of ninja\'s that mypy takes for its type
_LARGEST_CURSOR = 2**63 - 1
_MOST = 200

router = Router(tags=["orders"])


@router.get(
    "/orders",
    auth=Bearer(ApiScope.ORDERS_READ),
    response={200: OrdersOut, **FAULTS},
    operation_id="listOrders",
    summary="What there is to do since last time",
)
def list_orders(
    request: HttpRequest,
    after: str = CURSOR,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
) -> Status[Any]:
    """Gives what was put down for this warehouse after a cursor, the oldest first. Reading changes nothing.

    Ask with `next` until `orders` is empty, and later with the same `next` again. An order comes once as
    `released`, and again when it is to be stopped, or is closed.
    """
    number = cursor(after)
    if number is None:
        return Status(400, {"error": "`after` is no cursor; give `next` as it came, or leave it out."})
    found = app_of(request).shelf.after(warehouse_of(request).id, number, limit=limit)
    last = found[-1].entry.number if found else number
    return Status(200, OrdersOut(orders=[order_out(each) for each in found], next=str(last)))


@router.get(
    "/orders/{reference}",
    auth=Bearer(ApiScope.ORDERS_READ),
    response={200: OrderOut, **FAULTS},
    operation_id="getOrder",
    summary="One order, without personal data",
)
def get_order(request: HttpRequest, reference: str) -> Status[Any]:
    """Gives the last that this warehouse was told of one order."""
    found = _found(request, reference)
    return Status(404, {"error": UNKNOWN_REFERENCE}) if found is None else Status(200, order_out(found))


@router.post(
    "/orders/{reference}/address",
    auth=Bearer(ApiScope.ADDRESSES_READ),
    response={200: AddressOut, 410: FaultOut, **FAULTS},
    operation_id="openAddress",
    summary="Personal data of one order",
)
def open_address(request: HttpRequest, reference: str, body: AddressIn) -> Status[Any]:
    """Opens the fields that are asked for. Each call has an audit row; keep the answer nowhere."""
    app, warehouse = app_of(request), warehouse_of(request)
    found = _found(request, reference)
    if found is None:
        return Status(404, {"error": UNKNOWN_REFERENCE})
    if warehouse.option(OPTION) == PersonalData.NONE:
        return Status(409, {"error": _NONE})
    if found.entry.kind is not ShelfKind.RELEASED:
        return Status(409, {"error": _OVER})
    try:
        opened = app.shelf.open(warehouse.id, found.release.ref, frozenset(body.fields))
    except VaultError as fault:
        status, words = _UNOPENED.get(type(fault), (409, sentence(fault)))
        return Status(status, {"error": words})
    # Held by its name until the answer is made: as long no log line may repeat it.
    return Status(200, AddressOut(reference=found.release.ref, fields=opened.disclose()))


@router.post(
    "/orders/{reference}/taken",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response={200: ToldOut, **FAULTS},
    operation_id="tellTaken",
    summary="The order is here",
)
def taken(request: HttpRequest, reference: str, body: TakenIn) -> Status[Any]:
    """Takes note that the warehouse has an order in its own system."""
    message = Taken(release=ReleaseRef(reference), reference_at_warehouse=body.id)
    return _tell(request, message)


@router.post(
    "/orders/{reference}/refused",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response={200: ToldOut, **FAULTS},
    operation_id="tellRefused",
    summary="The order will not be shipped",
)
def refused(request: HttpRequest, reference: str, body: RefusedIn) -> Status[Any]:
    """Takes a warehouse's no: the order is held, and a person is told why."""
    words = app_of(request).shelf.words(warehouse_of(request).id, ReleaseRef(reference), body.reason)
    return _tell(request, LateRefusal(release=ReleaseRef(reference), words=words))


@router.post(
    "/orders/{reference}/stopped",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response={200: ToldOut, **FAULTS},
    operation_id="tellStopped",
    summary="The order was stopped in time",
)
def stopped(request: HttpRequest, reference: str, body: StoppedIn) -> Status[Any]:
    """Takes note that an order is not shipped, as was wished."""
    return _tell_stop(request, reference, body, came_in_time=True)


@router.post(
    "/orders/{reference}/not-stopped",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response={200: ToldOut, **FAULTS},
    operation_id="tellNotStopped",
    summary="The order cannot be stopped any more",
)
def not_stopped(request: HttpRequest, reference: str, body: StoppedIn) -> Status[Any]:
    """Takes note that a wish to stop came too late."""
    return _tell_stop(request, reference, body, came_in_time=False)


def _tell_stop(request: HttpRequest, reference: str, body: StoppedIn, *, came_in_time: bool) -> Status[Any]:
    words = app_of(request).shelf.words(warehouse_of(request).id, ReleaseRef(reference), body.reason)
    return _tell(request, StopReply(release=ReleaseRef(reference), stopped=came_in_time, words=words))


def _tell(request: HttpRequest, message: Taken | LateRefusal | StopReply) -> Status[Any]:
    app, warehouse = app_of(request), warehouse_of(request)

    def work() -> Status[Any]:
        found = app.shelf.behind(message.release)
        if found is None or found[1].warehouse != warehouse.id:
            return Status(404, {"error": UNKNOWN_REFERENCE})
        if is_test(message.release):
            app.shelf.noticed(warehouse.id, message.release)
            return Status(200, ToldOut(reference=message.release))
        try:
            tell(app, warehouse.id, message)
        except MoveRefused:
            return Status(409, {"error": AT_ONCE})
        except BadInput as fault:
            return Status(400, {"error": sentence(fault)})
        return Status(200, ToldOut(reference=message.release))

    return once(request, warehouse, work)


def tell(app: App, warehouse: WarehouseId, message: WarehouseMessage) -> Package | None:
    """Takes in what a warehouse tells; an order that it stopped is closed on its shelf.

    Raises:
        BadInput: it cannot be used; the sentence says what to do.
        MoveRefused: another message of the same order was taken in at the same moment.
    """
    with app.storage.transaction():
        package = app.inbox.take(warehouse, message)
        if isinstance(message, StopReply) and message.stopped:
            app.storage.shelf.close(message.release, app.clock.now())
    return package


def _found(request: HttpRequest, reference: str) -> OnShelf | None:
    return app_of(request).shelf.find(warehouse_of(request).id, ReleaseRef(reference))


def cursor(text: str) -> int | None:
    """Returns the number that a cursor stands for; None if it is none of ours."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        return None
    number = int(text)
    return number if number <= _LARGEST_CURSOR else None
