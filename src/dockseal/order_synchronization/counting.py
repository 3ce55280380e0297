"""What a count comes to, page by page and part by part: pure, so that every border can be tried.

A long stretch is counted in parts. A part whose page token dies begins again at half its width, so that one
of its halves ends within the life of a token; what was counted of it is known by its id and not counted
twice. Amazon does not say whether the ends of a window belong to it: an order created at the border of two
parts is remembered beyond it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dockseal.amazon.orders import OrdersPage
from dockseal.domain.count import Count
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order
from dockseal.order_synchronization.windows import LONGEST, SHORTEST

_OVER = frozenset({AmazonStatus.SHIPPED, AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE})


def begun(seller: SellerId, *, since: datetime, until: datetime, now: datetime) -> Count:
    """Returns a count of which nothing is read yet."""
    return Count(
        seller=seller,
        started_at=now,
        since=since,
        until=until,
        part_since=since,
        part_until=min(until, since + LONGEST),
        read_at=now,
    )


def halved(count: Count) -> Count:
    """Returns a count after its page token was lost: its part begins again, half as wide."""
    half = (count.part_until - count.part_since) / 2
    end = count.part_since + half if half >= SHORTEST else count.part_until
    return replace(count, page_token="", part_until=end)


def listed_now(count: Count, page: OrdersPage) -> tuple[tuple[AmazonOrder, ...], tuple[str, ...]]:
    """Returns what a page lists that is to be counted and was not yet: orders, and ids of unreadable ones."""
    orders = {
        order.amazon_order_id: order
        for order in page.orders
        if order.fulfilled_by is not FulfilledBy.AMAZON and order.amazon_order_id not in count.listed
    }
    unreadable = {each.amazon_order_id for each in page.unreadable if each.amazon_order_id}
    return tuple(orders.values()), tuple(sorted(unreadable - count.listed.keys() - orders.keys()))


def counted(
    count: Count, page: OrdersPage, *, kept: Mapping[str, Order], noticed: Collection[str], now: datetime
) -> tuple[Count, tuple[str, ...]]:
    """Returns the count after a page, and the ids of the orders on it that are unseen.

    Args:
        count: As the page was asked for.
        page: What Amazon answered.
        kept: Those of its orders that are kept.
        noticed: Those of which a notice is open.
        now: When it was read.
    """
    orders, unreadable = listed_now(count, page)
    here = over_before = 0
    unseen: dict[str, datetime] = {}
    for order in orders:
        known = kept.get(order.amazon_order_id)
        if order.amazon_order_id in noticed or (known and _up_to_date(known, order, count.until)):
            here += 1
        elif known is None and order.status in _OVER:
            over_before += 1
        else:
            unseen[order.amazon_order_id] = order.updated_at
    for order_id in unreadable:  # held with its reason as soon as it is noticed
        if order_id in kept or order_id in noticed:
            here += 1
        else:
            unseen[order_id] = count.until
    created: dict[str, int | None] = {order.amazon_order_id: _second(order) for order in orders}
    after = replace(
        count,
        page_token=page.next_token,
        read_at=now,
        listed={**count.listed, **created, **dict.fromkeys(unreadable)},
        amazon=count.amazon + len(orders) + len(unreadable),
        here=count.here + here,
        over_before=count.over_before + over_before,
        oldest_unseen=min([*unseen.values(), *filter(None, [count.oldest_unseen])], default=None),
    )
    return after, tuple(unseen)


def lacking(count: Count, order: Order) -> bool:
    """Tells whether an order that is open here should be in the part just read, and is not."""
    created = order.amazon.purchased_at
    if created is None or order.id in count.listed or not count.part_since <= created <= count.part_until:
        return False
    return created < count.part_until or count.part_until >= count.until


def next_part(count: Count) -> Count | None:
    """Returns the count at the beginning of its next part; None after the last."""
    if count.part_until >= count.until:
        return None
    border = count.part_until.timestamp()
    return replace(
        count,
        part_since=count.part_until,
        part_until=min(count.until, count.part_until + LONGEST),
        listed={
            order_id: second
            for order_id, second in count.listed.items()
            if second is not None and second + 1 > border
        },
    )


def sentence(count: Count, now: datetime) -> str:
    """Says what a finished count came to, such as `Amazon 1 204 · us 1 204 · oldest unseen 0 s`."""
    age = timedelta() if count.oldest_unseen is None else max(timedelta(), now - count.oldest_unseen)
    parts = [
        f"Amazon {grouped(count.amazon)}",
        f"us {grouped(count.here + count.over_before)}",
        f"oldest unseen {grouped(int(age.total_seconds()))} s",
    ]
    if count.over_before:
        parts.append(f"{grouped(count.over_before)} over before we saw them, so not kept")
    if count.unseen:
        parts.append(f"{grouped(count.unseen)} now being fetched")
    if count.only_here:
        parts.append(
            f"{grouped(count.only_here)} open here and not in Amazon's list, now being read one by one"
        )
    return " · ".join(parts)


def grouped(number: int) -> str:
    """Writes a number with a thin space between its thousands."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _second(order: AmazonOrder) -> int | None:
    return None if order.purchased_at is None else int(order.purchased_at.timestamp())


def _up_to_date(known: Order, listed: AmazonOrder, complete_to: datetime) -> bool:
    """Tells whether we have the order as listed; a change after the watermark is the next sweep's to bring.

    One that is held as unreadable is here, and somebody was told.
    """
    if known.hold is not None and known.hold.code == "unreadable":
        return True
    return known.amazon.updated_at >= listed.updated_at or listed.updated_at > complete_to
