"""What a count comes to: each order once, whatever ends its parts and pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.orders import OrdersPage
from dockseal.domain.count import Count
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderState
from dockseal.order_synchronization.counting import (
    begun,
    counted,
    grouped,
    halved,
    lacking,
    next_part,
    sentence,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
ACME = SellerId("acme-us")


def ended(**more: object) -> Count:
    """A count of one part, with what was counted."""
    count = begun(ACME, since=NOW - timedelta(days=2), until=NOW - timedelta(hours=1), now=NOW)
    return replace(count, **more)  # type: ignore[arg-type]  # the fields of a Count, by name


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (ended(), "Amazon 0 · us 0 · oldest unseen 0 s"),
        (ended(amazon=1204, here=1204), "Amazon 1 204 · us 1 204 · oldest unseen 0 s"),
        (
            ended(amazon=1204, here=1173, over_before=31),
            "Amazon 1 204 · us 1 204 · oldest unseen 0 s · 31 over before we saw them, so not kept",
        ),
        (
            ended(amazon=5, here=3, oldest_unseen=NOW - timedelta(hours=2)),
            "Amazon 5 · us 3 · oldest unseen 7 200 s · 2 now being fetched",
        ),
        (
            ended(amazon=5, here=5, only_here=1),
            "Amazon 5 · us 5 · oldest unseen 0 s · 1 open here and not in Amazon's list, now being read one "
            "by one",
        ),
        (
            ended(amazon=1, oldest_unseen=NOW + timedelta(days=1)),
            "Amazon 1 · us 0 · oldest unseen 0 s · 1 now being fetched",
        ),
    ],
)
def test_a_count_is_said_in_one_line(count: Count, said: str) -> None:
    assert sentence(count, NOW).replace("\N{NARROW NO-BREAK SPACE}", " ") == said


def test_numbers_are_grouped_by_a_thin_space() -> None:
    assert [grouped(number) for number in (7, 999, 1204, 1204000)] == [
        "7",
        "999",
        "1\u202f204",
        "1\u202f204\u202f000",
    ]


def test_a_part_is_not_halved_for_ever() -> None:
    count = begun(ACME, since=NOW - timedelta(hours=1), until=NOW, now=NOW)
    for _ in range(20):
        count = halved(replace(count, page_token="t"))
        assert count.page_token == ""
        assert count.part_until - count.part_since >= timedelta(minutes=2)


def placed(number: int, minutes_ago: int) -> AmazonOrder:
    """An order of Amazon's."""
    at = NOW - timedelta(minutes=minutes_ago)
    return AmazonOrder(
        amazon_order_id=AmazonOrderId(f"902-0000000-{number:07}"),
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        purchased_at=at,
        updated_at=at,
    )


def kept_here(order: AmazonOrder) -> Order:
    """Our side of it."""
    return Order(
        ref=OrderRef(order.amazon_order_id),
        seller=ACME,
        state=OrderState.RELEASED,
        amazon=order,
        read_at=NOW,
        accepted_at=NOW,
    )


def shown(count: Count, orders: list[AmazonOrder], ends: str) -> list[AmazonOrder]:
    """What Amazon lists of a part, to which one of its ends, both or none may belong."""
    return [
        order
        for order in orders
        if order.purchased_at
        and (
            count.part_since < order.purchased_at < count.part_until
            or (
                order.purchased_at == count.part_since
                and ("since" in ends or count.part_since == count.since)
            )
            or (
                order.purchased_at == count.part_until
                and ("until" in ends or count.part_until == count.until)
            )
        )
    ]


@given(
    ages=st.lists(
        st.one_of(st.integers(0, 60 * 24 * 8), st.integers(0, 8).map((60 * 24).__mul__)), max_size=25
    ),
    here=st.integers(1, 4),
    size=st.integers(1, 5),
    deaths=st.lists(st.booleans(), max_size=12),
    ends=st.sampled_from(["since", "until", "since until"]),
)
def test_every_order_is_counted_once_whatever_ends_parts_and_pages(
    ages: list[int], here: int, size: int, deaths: list[bool], ends: str
) -> None:
    orders = [placed(number, age) for number, age in enumerate(ages)]
    kept = {order.amazon_order_id: kept_here(order) for n, order in enumerate(orders) if n % here == 0}
    only_here = kept_here(placed(999, 60 * 25))
    count: Count | None = begun(ACME, since=NOW - timedelta(days=8), until=NOW, now=NOW)
    dying, unseen, lacked, last = list(deaths), [], [], count
    while count is not None:
        listed = shown(count, orders, ends)
        at = int(count.page_token or 0)
        if count.page_token and dying and dying.pop():
            count = halved(count)
            continue
        more = str(at + size) if at + size < len(listed) else ""
        page = OrdersPage(orders=tuple(listed[at : at + size]), next_token=more, complete_to=NOW)
        last, new = counted(count, page, kept=kept, noticed=(), now=NOW)
        unseen += new
        count = last
        if not more:
            lacked += [each for each in [*kept.values(), only_here] if lacking(last, each)]
            count = next_part(last)
    assert sorted(unseen) == sorted(
        each.amazon_order_id for each in orders if each.amazon_order_id not in kept
    )
    assert (last.amazon, last.here) == (len(orders), len(kept))
    assert lacked == [only_here]
