"""Checks what a warehouse reports, and says which items a parcel holds. Pure: no table is read here."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from dockseal.domain.marketplaces import local
from dockseal.domain.order import Order
from dockseal.domain.release import Release
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport, SkuContent
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.unit_codes import check_codes, tidied_codes

AHEAD = timedelta(minutes=5)
"""How far a warehouse's clock may run ahead of ours."""
OLDEST = timedelta(days=366)
"""No parcel is reported so long after it left: its year is wrong."""
LONGEST = {"report_id": 200, "carrier": 100, "service": 100, "tracking_number": 200, "sku": 100}
"""Most characters of each text; a number may come as its carrier's link, which is longer."""

_SPACES = re.compile(" {2,}")
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")


def tidied(report: ShipmentReport) -> ShipmentReport:
    """Returns a report without spaces around its texts, and with single ones within."""
    return replace(
        report,
        carrier=_tidy(report.carrier),
        service=_tidy(report.service),
        tracking_number=_tidy(report.tracking_number),
        corrects_number=_tidy(report.corrects_number),
        order_id=report.order_id.strip(),
        contents=tuple(
            replace(each, transparency_codes=tidied_codes(each.transparency_codes))
            for each in report.contents
        ),
        by_sku=tuple(
            replace(each, sku=each.sku.strip(), transparency_codes=tidied_codes(each.transparency_codes))
            for each in report.by_sku
        ),
    )


def check_report(report: ShipmentReport, now: datetime) -> None:
    """Checks what can be checked without knowing the order.

    A number may be missing: some services have none. Whether this one does is judged before Amazon is told.

    Raises:
        BadInput: another text is empty, one is too long or unprintable, a quantity is below 1, a Transparency
            code cannot be right, or `shipped_at` is to come or long ago.
    """
    _check_text("report_id", report.report_id, "give each parcel an id of your own")
    _check_text("carrier", report.carrier, "name the carrier, such as UPS Ground")
    for name, text in (("tracking_number", report.tracking_number), ("service", report.service)):
        if text:
            _check_text(name, text, "")
    for each in report.by_sku:
        _check_text("sku", each.sku, "name what lies in the parcel as the order does")
    named = [("line", content.order_item_id, content.quantity) for content in report.contents]
    for what, name, quantity in [*named, *(("SKU", each.sku, each.quantity) for each in report.by_sku)]:
        if quantity < 1:
            raise BadInput(
                f"{what} {shown(name)} has quantity {quantity}; report quantities of "
                "at least 1, and leave out lines that are not in the parcel"
            )
    check_codes(report)
    if report.shipped_at.tzinfo is None:
        raise BadInput("shipped_at names no zone; write it such as 2026-11-02T15:04:05Z")
    if report.shipped_at > now + AHEAD:
        raise BadInput(
            f"shipped_at {report.shipped_at:%Y-%m-%d %H:%M %Z} is in the future; report a parcel when it has "
            "left, and check the clock"
        )
    if report.shipped_at < now - OLDEST:
        raise BadInput("shipped_at is more than a year ago; report when the parcel left, and check the year")


def check_against(report: ShipmentReport, order: Order) -> None:
    """Checks a report against what Amazon says of the order.

    Raises:
        BadInput: it shipped before it was bought, or holds an item that was not ordered.
    """
    bought, where = order.amazon.purchased_at, order.amazon.marketplace_id
    # A day alone, which some warehouses report, begins before what was bought on it.
    if bought is not None and local(report.shipped_at, where).date() < local(bought, where).date():
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
    skus = [line.sku.strip() for line in order.amazon.lines]
    for each in report.by_sku:
        if each.sku not in skus:
            raise BadInput(
                f"order {order.id} has no line with SKU {shown(each.sku)}; its SKUs are {', '.join(skus)}"
            )


def left_to_ship(order: Order, packages: Iterable[Package]) -> dict[str, int]:
    """Returns how much of each line is in no reported package yet, in the order's own order.

    What Amazon refused may be reported again, corrected.
    """
    packed = _packed(packages)
    return {
        line.order_item_id: max(0, line.ordered - packed[line.order_item_id]) for line in order.amazon.lines
    }


def left_of_release(order: Order, release: Release, packages: Iterable[Package]) -> dict[str, int]:
    """Returns how much of each line may still be shipped under one release.

    One that hands over a part of the order ships no more than that part.
    """
    packages = list(packages)
    left = left_to_ship(order, packages)
    if not release.contents:
        return left
    packed = _packed(package for package in packages if package.release == release.ref)
    part = {content.order_item_id: content.quantity for content in merged(release.contents)}
    return {item: min(rest, max(0, part.get(item, 0) - packed[item])) for item, rest in left.items()}


def contents_of(report: ShipmentReport, order: Order, *, left: dict[str, int]) -> tuple[Content, ...]:
    """Returns what the parcel holds, line by line: as reported, or everything that is left.

    Raises:
        BadInput: it holds more than is left, or nothing is left.
    """
    if not (report.contents or report.by_sku):
        if not any(left.values()):
            raise BadInput(
                f"everything of order {order.id} is already in reported parcels; nothing is left for this one"
            )
        return all_of(left)
    contents = lines_of(report, order, left=left)
    ordered = {line.order_item_id: line.ordered for line in order.amazon.lines}
    for content in contents:
        if content.quantity > left[content.order_item_id]:
            raise BadInput(
                f"line {content.order_item_id} of order {order.id} has {left[content.order_item_id]} of "
                f"{ordered[content.order_item_id]} left to ship, but the parcel is reported with "
                f"{content.quantity}; report what is in it"
            )
    return contents


def lines_of(report: ShipmentReport, order: Order, *, left: dict[str, int]) -> tuple[Content, ...]:
    """Returns what a report names, line by line; lines with one SKU are filled in the order's own order.

    What is over after all of them goes to the first: it is more than was ordered.
    """
    named = merged(report.contents)
    rest = dict(left)
    for content in named:
        rest[content.order_item_id] = rest.get(content.order_item_id, 0) - content.quantity
    found = list(named)
    for each in report.by_sku:
        lines = [line.order_item_id for line in order.amazon.lines if line.sku.strip() == each.sku]
        wanted, codes = each.quantity, each.transparency_codes
        for item in lines:
            taken = min(wanted, max(0, rest.get(item, 0)))
            if taken:
                found.append(Content(order_item_id=item, quantity=taken, transparency_codes=codes[:taken]))
                rest[item] -= taken
                wanted, codes = wanted - taken, codes[taken:]
        if wanted and lines:
            found.append(Content(order_item_id=lines[0], quantity=wanted, transparency_codes=codes))
    return merged(found)


def fits(report: ShipmentReport, order: Order, *, left: dict[str, int]) -> bool:
    """Tells whether a parcel with what a report names, or with anything at all, is still to come."""
    named = lines_of(report, order, left=left)
    return all(each.quantity <= left.get(each.order_item_id, 0) for each in named) and any(left.values())


def all_of(left: dict[str, int]) -> tuple[Content, ...]:
    """Returns everything that is left."""
    return tuple(Content(order_item_id=item, quantity=rest) for item, rest in left.items() if rest)


def merged(contents: Iterable[Content]) -> tuple[Content, ...]:
    """Returns the contents with one entry per item."""
    found: dict[str, Content] = {}
    for content in contents:
        known = found.get(content.order_item_id)
        found[content.order_item_id] = content if known is None else _sum(known, content)
    return tuple(found.values())


def _sum(one: Content, other: Content) -> Content:
    codes = (*one.transparency_codes, *other.transparency_codes)
    return replace(one, quantity=one.quantity + other.quantity, transparency_codes=codes)


def same_label(report: ShipmentReport, package: Package) -> bool:
    """Tells whether a report names the carrier, service and number of a package."""
    return (report.carrier, report.service, report.tracking_number) == (
        package.carrier,
        package.service,
        package.tracking_number,
    )


def same_contents(report: ShipmentReport, package: Package, order: Order) -> bool:
    """Tells whether a report says of a package's contents what we know of them, or nothing.

    One that names no Transparency codes says nothing of those.
    """
    codes = _codes((*report.contents, *report.by_sku))
    if codes and codes != _codes(package.contents):
        return False
    if not report.by_sku:
        return not report.contents or _quantities(report.contents) == _quantities(package.contents)
    skus = {line.order_item_id: line.sku.strip() for line in order.amazon.lines}
    told = Counter[str]()
    for each in (*report.by_sku, *_by_sku(report.contents, skus)):
        told[each.sku] += each.quantity
    kept = Counter[str]()
    for each in _by_sku(package.contents, skus):
        kept[each.sku] += each.quantity
    return told == kept


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


def _packed(packages: Iterable[Package]) -> Counter[str]:
    standing = (package for package in packages if package.state is not PackageState.REFUSED)
    return _quantities(content for package in standing for content in package.contents)


def _quantities(contents: Iterable[Content]) -> Counter[str]:
    found = Counter[str]()
    for each in contents:
        found[each.order_item_id] += each.quantity
    return found


def _codes(contents: Iterable[Content | SkuContent]) -> Counter[str]:
    return Counter(code for each in contents for code in each.transparency_codes)


def _by_sku(contents: Iterable[Content], skus: dict[str, str]) -> list[SkuContent]:
    return [
        SkuContent(sku=skus.get(content.order_item_id, ""), quantity=content.quantity) for content in contents
    ]


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text.strip(" \t\r\n"))
