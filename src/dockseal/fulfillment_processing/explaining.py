"""Explains the routing of one order: what was decided, and what the rules say now. It opens nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dockseal.domain.audit import AuditRow
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.fulfillment_processing.parts import in_words, left_to_release, of_revision, parts_elsewhere
from dockseal.fulfillment_processing.routing import named
from dockseal.fulfillment_processing.routing_rules import Table, choose, walk
from dockseal.monitoring_audit.tags import Tag

_TO_ROUTE = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})
_STATES = {
    ReleaseState.INTENDED: "not answered yet",
    ReleaseState.ACCEPTED: "taken",
    ReleaseState.REFUSED: "refused",
}


def explained(
    order: Order,
    *,
    table: Table,
    home: WarehouseId,
    releases: Sequence[Release],
    rows: Iterable[AuditRow],
) -> tuple[str, ...]:
    """Returns the lines that explain where an order goes, and why.

    Args:
        order: The order.
        table: The rules as they are now.
        home: The seller's own warehouse.
        releases: What was handed over of it.
        rows: Its audit rows, the oldest first.
    """
    return (*_decided(order, releases, rows), *_now(order, table, home, releases))


def _decided(order: Order, releases: Sequence[Release], rows: Iterable[AuditRow]) -> Iterator[str]:
    if not releases:
        yield f"Order {order.id} is {order.state}: nothing of it was handed over yet."
        return
    yield f"Order {order.id} is {order.state}. What was handed over stays where it is:"
    rules = _rules_of(rows)
    for release in releases:
        by = f", by {named(rules[release.ref])}" if rules.get(release.ref) else ""
        yield (
            f"  {in_words(order, release)}: warehouse {release.warehouse} as {release.ref}{by} "
            f"({_STATES[release.state]})"
        )


def _rules_of(rows: Iterable[AuditRow]) -> Mapping[ReleaseRef, list[int]]:
    """Returns by which rules each release was routed: the rows of a routing stand before its intents."""
    found: dict[ReleaseRef, list[int]] = {}
    routed: dict[str, list[int]] = {}
    before = ""
    for row in rows:
        fields = dict(row.fields)
        if row.tag == Tag.ORDER_LIFE_ROUTED:
            routed = routed if before == row.tag else {}
            if "rule" in fields:
                routed.setdefault(fields["warehouse"], []).append(int(fields["rule"]))
        elif row.tag == Tag.ORDER_RELEASE_INTENDED:
            found[ReleaseRef(fields["release"])] = routed.get(fields["warehouse"], [])
        before = row.tag
    return found


def _now(order: Order, table: Table, home: WarehouseId, releases: Sequence[Release]) -> Iterator[str]:
    standing = any(each.state is not ReleaseState.REFUSED for each in of_revision(releases, order.revision))
    if standing or order.state not in _TO_ROUTE:
        yield "Nothing else of it is routed: it is over, or handed over."
        return
    if not table.rules:
        yield f"There are no routing rules: all of it goes to the seller's own warehouse, {home}."
        return
    yield "By the rules as they are now:"
    for line in left_to_release(order, parts_elsewhere(releases, order.revision)) or ():
        yield from _line(order, table, home, line)


def _line(order: Order, table: Table, home: WarehouseId, line: OrderLine) -> Iterator[str]:
    choice = choose(table, order, line, home, None)
    last = f"warehouse {choice.warehouse}, by {named([choice.rule])}"
    what = f"{line.ordered} × {line.sku} (item {line.order_item_id})"
    if choice.may:
        yield f"  {what}: the destination decides; it is sealed, and is not opened for this"
    else:
        yield f"  {what}: {last}"
    for rule, hindrance in walk(table, order, line):
        if rule.number == choice.rule:
            break
        if hindrance:
            yield f"    rule {rule.number} does not take it: {hindrance}"
        else:
            where = f"warehouse {rule.warehouse} if it goes to {rule.destination}"
            yield f"    rule {rule.number} takes it to {where}"
    if choice.may:
        yield f"    else {last}"
