"""What a page of v0 says of a shipped order whose items are known."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, OrderLine
from dockseal.order_synchronization.answers import all_shipped

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
HEADER = AmazonOrder(
    amazon_order_id=AmazonOrderId("113-0000000-0000001"),
    status=AmazonStatus.SHIPPED,
    fulfilled_by=FulfilledBy.MERCHANT,
    updated_at=NOW,
    units=(3, 0),
)
KNOWN = replace(
    HEADER,
    status=AmazonStatus.UNSHIPPED,
    units=None,
    lines=(
        OrderLine(order_item_id="1", sku="MUG-1", ordered=2),
        OrderLine(order_item_id="2", sku="TEA-9", ordered=1),
    ),
    programs=frozenset({"TRANSPARENCY"}),
    has_gift_message=True,
)


def test_all_that_was_ordered_is_shipped_without_its_items_being_read() -> None:
    whole = all_shipped(HEADER, KNOWN)
    assert whole is not None
    assert [(line.sku, line.ordered, line.shipped) for line in whole.lines] == [
        ("MUG-1", 2, 2),
        ("TEA-9", 1, 1),
    ]
    assert (whole.status, whole.units, whole.has_gift_message) == (AmazonStatus.SHIPPED, None, True)
    assert "TRANSPARENCY" in whole.programs


@pytest.mark.parametrize(
    "header",
    [
        replace(HEADER, units=(2, 0)),
        replace(HEADER, units=(2, 1)),
        replace(HEADER, units=None),
        replace(HEADER, status=AmazonStatus.PARTIALLY_SHIPPED, units=(2, 1)),
        replace(HEADER, status=AmazonStatus.CANCELLED, units=(0, 0)),
    ],
)
def test_anything_else_has_the_items_read(header: AmazonOrder) -> None:
    assert all_shipped(header, KNOWN) is None


def test_an_order_whose_items_are_not_known_has_them_read() -> None:
    assert all_shipped(replace(HEADER, units=(0, 0)), replace(KNOWN, lines=())) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=5))
def test_no_cancelled_unit_is_ever_counted_as_shipped(lines: list[tuple[int, int]]) -> None:
    """Units can be cancelled between two readings, and never come back."""
    ordered = [OrderLine(order_item_id=str(n), sku="S", ordered=was) for n, (was, _) in enumerate(lines)]
    left = [max(0, was - cancelled) for was, cancelled in lines]
    whole = all_shipped(replace(HEADER, units=(sum(left), 0)), replace(KNOWN, lines=tuple(ordered)))
    if whole is not None:
        assert [line.shipped for line in whole.lines] == left
