"""Checks what a warehouse reports, and says which items a parcel holds. Pure: no table is read here."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from dockseal.domain.order import Order
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.errors import BadInput

AHEAD = timedelta(minutes=5)
"""How far a warehouse's clock may run ahead of ours."""
LONGEST = {"report_id": 200, "carrier": 100, "service": 100, "tracking_number": 100}
"""Most characters of each text."""

_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")


def check_report(report: ShipmentReport, now: datetime) -> None:
    """Checks what can be checked without knowing the order.

    Raises:
        BadInput: a text is empty, too long or unprintable, a quantity is below 1, or `shipped_at`
            is to come.
    """
    _check_text("report_id", report.report_id, "give each parcel an id of your own")
    _check_text("carrier", report.carrier, "name the carrier, such as UPS Ground")
    _check_text("tracking_number", report.tracking_number, "report the parcel once the carrier gave one")
    if report.service:
        _check_text("service", report.service, "")
    for content in report.contents:
        if content.quantity < 1:
            raise BadInput(
                f"line {shown(content.order_item_id)} has quantity {content.quantity}; report quantities of "
                "at least 1, and leave out lines that are not in the parcel"
            )
    if report.shipped_at.tzinfo is None:
        raise BadInput("shipped_at names no zone; write it such as 2026-11-02T15:04:05Z")
    if report.shipped_at > now + AHEAD:
        raise BadInput(
            f"shipped_at {report.shipped_at:%Y-%m-%d %H:%M %Z} is in the future; report a parcel when it has "
            "left, and check the clock"
        )


def check_against(report: ShipmentReport, order: Order) -> None:
    """Checks a report against what Amazon says of the order.

    Raises:
        BadInput: it shipped before it was bought, or holds an item that was not ordered.
    """
    bought = order.amazon.purchased_at
    if bought is not None and report.shipped_at < bought:
        raise BadInput(
            f"shipped_at {report.shipped_at:%Y-%m-%d %H:%M %Z} is before order {order.id} was bought "
            f"({bought:%Y-%m-%d %H:%M %Z}); report when the parcel left"
        )
    known = [line.order_item_id for line in order.amazon.lines]
    for content in report.contents:
        if content.order_item_id not in known:
            raise BadInput(
                f"order {order.id} has no line {shown(content.order_item_id)}; its lines are "
                f"{', '.join(known)}"
            )


def left_to_ship(order: Order, packages: Iterable[Package]) -> dict[str, int]:
    """Returns how much of each line is in no reported package yet, in the order's own order.

    What Amazon refused may be reported again, corrected.
    """
    packed: Counter[str] = Counter()
    for package in packages:
        if package.state is PackageState.REFUSED:
            continue
        for content in package.contents:
            packed[content.order_item_id] += content.quantity
    return {
        line.order_item_id: max(0, line.ordered - packed[line.order_item_id]) for line in order.amazon.lines
    }


def contents_of(report: ShipmentReport, order: Order, *, left: dict[str, int]) -> tuple[Content, ...]:
    """Returns what the parcel holds: as reported, or everything that is left.

    Raises:
        BadInput: it holds more than is left, or nothing is left.
    """
    if not report.contents:
        if not any(left.values()):
            raise BadInput(
                f"everything of order {order.id} is already in reported parcels; nothing is left for this one"
            )
        return tuple(Content(order_item_id=item, quantity=rest) for item, rest in left.items() if rest)
    contents = merged(report.contents)
    ordered = {line.order_item_id: line.ordered for line in order.amazon.lines}
    for content in contents:
        if content.quantity > left[content.order_item_id]:
            raise BadInput(
                f"line {content.order_item_id} of order {order.id} has {left[content.order_item_id]} of "
                f"{ordered[content.order_item_id]} left to ship, but the parcel is reported with "
                f"{content.quantity}; report what is in it"
            )
    return contents


def merged(contents: Iterable[Content]) -> tuple[Content, ...]:
    """Returns the contents with one entry per item."""
    sums: dict[str, int] = {}
    for content in contents:
        sums[content.order_item_id] = sums.get(content.order_item_id, 0) + content.quantity
    return tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in sums.items())


def same_parcel(report: ShipmentReport, package: Package) -> bool:
    """Tells whether a report that comes again still says what it said before."""
    return (report.carrier.strip(), report.service.strip(), report.tracking_number.strip()) == (
        package.carrier,
        package.service,
        package.tracking_number,
    ) and (not report.contents or set(merged(report.contents)) == set(package.contents))


def shown(text: str) -> str:
    """Returns a text from outside for a sentence, unless it could be anything."""
    return text if _HARMLESS.fullmatch(text) else "(unreadable)"


def _check_text(name: str, text: str, advice: str) -> None:
    if not text.strip():
        raise BadInput(f"{name} is empty; {advice}")
    if len(text) > LONGEST[name]:
        raise BadInput(f"{name} has {len(text)} characters; at most {LONGEST[name]} are taken")
    if not text.isprintable():
        raise BadInput(f"{name} holds characters that cannot be printed, such as a line break; remove them")
