"""A number that was used before."""

from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId
from dockseal.shipment_confirmation.tracking_numbers.reuse import Reuse, Use, reused

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
UPS = "1Z5R89390357567127"
POST = "RB123456785GB"


def use(
    order: str = "second",
    *,
    number: str = UPS,
    seller: str = "acme-us",
    warehouse: str = "reno",
    ago: timedelta = timedelta(),
) -> Use:
    return Use(
        number=number,
        seller=SellerId(seller),
        order=OrderRef(order),
        warehouse=WarehouseId(warehouse),
        shipped_at=NOW - ago,
    )


@pytest.mark.parametrize(
    ("before", "reuse"),
    [
        (use("second", ago=timedelta(days=3)), Reuse.CORRECTED),
        (use("first", ago=timedelta(hours=20)), Reuse.COMBINED),
        (use("first", ago=-timedelta(hours=20)), Reuse.COMBINED),
        (use("first", ago=timedelta(hours=25)), Reuse.SUSPICIOUS),
        (use("first", warehouse="graz"), Reuse.SUSPICIOUS),
        (use("first", seller="other-us"), Reuse.SUSPICIOUS),
        (use("first", ago=timedelta(days=120)), Reuse.SUSPICIOUS),
        (use("first", ago=timedelta(days=121)), Reuse.RECYCLED),
        (use("second", seller="other-us", ago=timedelta(days=3)), Reuse.SUSPICIOUS),
        (use("first", number="1Z879E930346834440"), Reuse.NONE),
    ],
)
def test_a_number_that_was_used_before(before: Use, reuse: Reuse) -> None:
    assert reused(use(), [before]).reuse is reuse


def test_a_post_keeps_a_number_for_a_year() -> None:
    half_a_year, longer = timedelta(days=180), timedelta(days=366)
    assert reused(use(number=POST), [use("first", number=POST, ago=half_a_year)]).reuse is Reuse.SUSPICIOUS
    assert reused(use(number=POST), [use("first", number=POST, ago=longer)]).reuse is Reuse.RECYCLED


def test_the_worst_of_all_earlier_uses_counts_in_any_order() -> None:
    fine, soft, bad = use("second"), use("first"), use("zeroth", warehouse="graz")
    for earlier in ([fine, soft, bad], [bad, fine, soft], [soft, bad, fine]):
        found = reused(use(), earlier)
        assert (found.reuse, found.earlier) == (Reuse.SUSPICIOUS, bad)
    assert reused(use(), [fine, soft]).reuse is Reuse.COMBINED
    assert reused(use(), []).reuse is Reuse.NONE


def test_a_warning_names_both_orders_and_says_what_to_do_and_anything_else_says_nothing() -> None:
    for before in (use("first"), use("first", warehouse="graz")):
        sentence = reused(use(), [before]).sentence
        assert "second" in sentence
        assert "first" in sentence
        assert UPS in sentence
        assert "label" in sentence
    assert reused(use(), [use("second")]).sentence == ""
    assert reused(use(), [use("first", ago=timedelta(days=200))]).sentence == ""
