"""The predicted rates: arithmetic, thresholds and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.shipping import Measure, Risk, RiskCount, Tally
from dockseal.shipment_confirmation.rates import TERMS, Rate, Scope, Standing, percent, predicted, shares

ACME, RENO = SellerId("acme-us"), WarehouseId("reno")


def tally(
    measure: Measure,
    days: int,
    *,
    total: int,
    bad: int,
    could: int = 0,
    seller: str = ACME,
    warehouse: str = RENO,
) -> Tally:
    return Tally(
        measure=measure,
        days=days,
        seller=SellerId(seller),
        warehouse=WarehouseId(warehouse),
        total=total,
        bad=bad,
        could=could,
    )


def one(
    rates: tuple[Rate, ...], measure: Measure, days: int, *, name: str = ACME, scope: Scope = Scope.SELLER
) -> Rate:
    (found,) = [
        each
        for each in rates
        if (each.scope, each.name, each.measure, each.days) == (scope, name, measure, days)
    ]
    return found


@pytest.mark.parametrize(
    ("measure", "days", "total", "bad", "standing"),
    [
        (Measure.LATE, 10, 100, 3, Standing.MET),
        (Measure.LATE, 10, 100, 4, Standing.MISSED),
        (Measure.LATE, 30, 1000, 39, Standing.MET),
        (Measure.TRACKING, 7, 100, 5, Standing.MET),
        (Measure.TRACKING, 30, 1000, 51, Standing.MISSED),
        (Measure.CANCELLED, 7, 200, 4, Standing.MET),
        (Measure.CANCELLED, 7, 200, 5, Standing.MISSED),
        (Measure.ON_TIME, 14, 10, 1, Standing.MET),
        (Measure.ON_TIME, 14, 100, 11, Standing.MISSED),
        (Measure.ON_TIME, 14, 0, 0, Standing.EMPTY),
    ],
)
def test_a_threshold_is_met_on_the_side_that_amazon_says(
    measure: Measure, days: int, total: int, bad: int, standing: Standing
) -> None:
    found = predicted([tally(measure, days, total=total, bad=bad)], [])
    assert one(found, measure, days).standing is standing


def test_orders_at_risk_are_told_as_what_could_become_late() -> None:
    risks = [
        RiskCount(seller=ACME, warehouse=RENO, risk=risk, number=number)
        for risk, number in ((Risk.ON_TRACK, 70), (Risk.AT_RISK, 1), (Risk.BLOCKED, 1), (Risk.OVERDUE, 2))
    ]
    rate = one(predicted([tally(Measure.LATE, 10, total=98, bad=3)], risks), Measure.LATE, 10)
    assert rate.standing is Standing.THREATENED
    assert rate.words == "3 of 98 orders late; 2 more could become so, which makes 5 %."
    # Those that are overdue are in the tally of the late ones already.
    assert (rate.bad, rate.coming) == (3, 2)


def test_before_anything_is_measured_what_could_become_late_is_told_all_the_same() -> None:
    count = RiskCount(seller=ACME, warehouse=WarehouseId(""), risk=Risk.AT_RISK, number=2)
    rate = one(predicted([], [count]), Measure.LATE, 10)
    assert (rate.share, rate.worst, rate.standing) == (None, 1.0, Standing.THREATENED)
    assert rate.words == "No orders measured yet; 2 could become late."
    assert one(predicted([], [count]), Measure.ON_TIME, 14).words == "No orders to measure."


def test_sellers_and_warehouses_are_added_up_each_on_their_own() -> None:
    found = predicted(
        [
            tally(Measure.LATE, 10, total=10, bad=1),
            tally(Measure.LATE, 10, total=20, bad=2, warehouse="sparks"),
            tally(Measure.LATE, 10, total=40, bad=0, seller="acme-de"),
            tally(Measure.LATE, 10, total=5, bad=5, warehouse=""),
        ],
        [],
    )
    assert [(each.scope, each.name) for each in found[:: sum(len(t.days) for t in TERMS.values())]] == [
        (Scope.SELLER, "acme-de"),
        (Scope.SELLER, "acme-us"),
        (Scope.WAREHOUSE, "reno"),
        (Scope.WAREHOUSE, "sparks"),
    ]
    mine = one(found, Measure.LATE, 10)
    reno = one(found, Measure.LATE, 10, name=RENO, scope=Scope.WAREHOUSE)
    assert ((mine.bad, mine.total), (reno.bad, reno.total)) == ((8, 35), (1, 50))


def test_the_metrics_name_each_rate_of_a_seller() -> None:
    tallies = [tally(Measure.TRACKING, 7, total=4, bad=1), tally(Measure.ON_TIME, 14, total=2, bad=0)]
    assert {(each.rate, each.share) for each in shares(predicted(tallies, []))} == {
        ("valid_tracking_7d", 0.75),
        ("on_time_delivery_14d", 1.0),
    }


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.04, "4 %"),
        (0.039999, "3.99 %"),
        (0.95, "95 %"),
        (0.94999, "94.99 %"),
        (0.025, "2.5 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_never_written_as_one_that_meets_a_threshold_it_misses(share: float, text: str) -> None:
    assert percent(share) == text


@given(
    st.sampled_from(list(Measure)),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 500),
)
def test_what_could_come_never_makes_a_rate_better(
    measure: Measure, bad: int, well: int, could: int, coming: int
) -> None:
    could = min(could, well)
    rate = Rate(
        scope=Scope.SELLER,
        name=ACME,
        measure=measure,
        days=10,
        total=bad + well,
        bad=bad,
        could=could,
        coming=coming,
    )
    if rate.share is None or rate.worst is None:
        assert bad + well == 0
        return
    assert 0 <= rate.share <= 1
    assert 0 <= rate.worst <= 1
    assert rate.worst <= rate.share if TERMS[measure].at_least else rate.worst >= rate.share
