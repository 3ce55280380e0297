import hashlib
from collections import Counter
from datetime import timedelta
from itertools import islice

import pytest
from shop import START

from spapi_simulator import Behaviours, Fault, ManualClock, OrderRecord, Simulator
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.scenarios.base import Scenario
from spapi_simulator.scenarios.peak_day import PeakDay
from spapi_simulator.scenarios.redacted_buyers import RedactedBuyers
from spapi_simulator.scenarios.registry import SCENARIOS

NAMES = (
    "quiet-morning", "peak-day", "cancel-storm", "throttled-hour",
    "region-outage", "redacted-buyers", "eu-seven", "holiday-backlog",
)  # fmt: skip


def start(name: str, *, seed: int = 7, sellers: int = 1, orders: int | None = None) -> Scenario:
    kind = SCENARIOS[name]
    sim = Simulator(clock=ManualClock(START), seed=seed, behaviours=kind.behaviours)
    accounts = [sim.add_seller(region=kind.region, marketplaces=kind.marketplaces) for _ in range(sellers)]
    return kind(sim, accounts, orders=orders)


def world(scenario: Scenario) -> Simulator:
    return scenario._sim


def play(scenario: Scenario, *, step: timedelta = timedelta(minutes=1)) -> list[OrderRecord]:
    """Let everything happen, and return every order."""
    clock = world(scenario).clock
    assert isinstance(clock, ManualClock)
    for _ in range(100 * 60):
        if scenario.finished:
            break
        scenario.step(clock.advance(step))
    assert scenario.finished
    clock.set(START + timedelta(days=30))
    return world(scenario).orders()


def digest(orders: list[OrderRecord]) -> str:
    lines = [
        f"{o.order_id}|{o.seller_id}|{o.status}|{o.fulfilled_by}|{o.programs}|"
        f"{[(i.order_item_id, i.sku, i.asin, i.quantity_ordered) for i in o.items]}|"
        f"{o.recipient.name}|{o.recipient.address_line_1}"
        for o in orders
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_every_scenario_is_known_by_its_name_and_says_what_it_is_for() -> None:
    assert tuple(SCENARIOS) == NAMES
    assert all(len(scenario.summary) <= 90 for scenario in SCENARIOS.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_orders_however_time_passes(name: str) -> None:
    minutes = play(start(name, orders=150))
    days = play(start(name, orders=150), step=timedelta(days=1))
    assert [(o.order_id, o.created_at, o.status, o.updated_at) for o in minutes] == [
        (o.order_id, o.created_at, o.status, o.updated_at) for o in days
    ]
    assert len(minutes) == 150
    other = play(start(name, orders=150, seed=8), step=timedelta(days=1))
    assert [o.order_id for o in other] != [o.order_id for o in days]


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_what_happens(name: str) -> None:
    scenario = start(name, orders=150)
    planned = [(one.at, tuple(line.sku for line in one.lines)) for one in scenario.plan]
    assert planned == sorted(planned, key=lambda one: one[0])
    placed = [(o.created_at, tuple(i.sku for i in o.items)) for o in play(scenario, step=timedelta(hours=1))]
    assert placed == planned


def test_an_order_is_placed_before_a_call_that_comes_later() -> None:
    scenario = start("quiet-morning")
    second = list(islice(scenario.plan, 2))[1].at
    clock = world(scenario).clock
    assert isinstance(clock, ManualClock)
    clock.set(second)
    assert [o.created_at for o in world(scenario).orders()][-1] == second


def test_a_quiet_morning_is_the_same_as_ever() -> None:
    first = play(start("quiet-morning"))
    assert digest(first) == "f99c7053516e9a9aa3d2cad220e34d82c900a9d44b3a4379449480013925ffb0"


def test_a_quiet_morning_has_a_bit_of_everything() -> None:
    orders = play(start("quiet-morning", orders=400))
    assert {order.status for order in orders} == {"UNSHIPPED", "CANCELLED"}
    assert 2 <= sum(order.fulfilled_by == "AMAZON" for order in orders) <= 30
    assert any(item.quantity_ordered > 1 for order in orders for item in order.items)
    assert {"PRIME", "AMAZON_BUSINESS"} <= {program for order in orders for program in order.programs}


def test_a_peak_day_has_its_peaks_and_keeps_its_plan_small() -> None:
    scenario = start("peak-day", orders=5000)
    hours = Counter(int((one.at - START).total_seconds() // 3600) for one in scenario.plan)
    assert sum(hours.values()) == 5000
    assert hours[10] > 5 * hours[2]
    assert hours[19] > 5 * hours[2]
    assert PeakDay.orders == 10_000
    play(start("peak-day", orders=300), step=timedelta(hours=1))


def test_a_storm_of_cancellations_comes_early_and_late() -> None:
    orders = play(start("cancel-storm"))
    cancelled = [one for one in orders if one.status == "CANCELLED"]
    ages = [one.status_changed_at - one.created_at for one in cancelled]
    left = [one.ship_by - one.status_changed_at for one in cancelled]
    assert sum(age < timedelta(minutes=1) for age in ages) >= 20
    assert sum(timedelta() < rest <= timedelta(minutes=10) for rest in left) >= 20
    assert sum(any(item.cancel_requested for item in one.items) for one in orders) >= 60
    assert sum(one.status == "UNSHIPPED" for one in orders) >= 100


def test_usage_plans_are_a_tenth_for_an_hour_and_as_before_afterwards() -> None:
    scenario = start("throttled-hour")
    sim, (seller,) = world(scenario), world(scenario).sellers()
    (operation,) = (one for one in CATALOGUE if one.name == "getOrders")
    usual = (operation.rate, operation.burst)
    seen = []
    for minutes in (59, 2, 57, 3):
        clock = sim.clock
        assert isinstance(clock, ManualClock)
        scenario.step(clock.advance(seconds=60 * minutes))
        seen.append(sim.limits.usage(seller.seller_id, operation))
    assert seen[0] == seen[3] == usual
    assert seen[1] == seen[2] == pytest.approx((operation.rate / 10, operation.burst / 10))
    assert [(fault.status, fault.every, fault.seller_id) for fault, _ in sim.faults] == [
        (429, 8, seller.seller_id)
    ]


def test_a_region_is_down_in_three_ways_and_comes_back() -> None:
    scenario = start("region-outage")
    at = {
        hour: [one for one in faults(world(scenario)) if met(one, START + timedelta(hours=hour))]
        for hour in (1, 2.5, 3.5, 4.5, 5, 7)
    }
    assert at[1] == at[7] == []
    assert [(one.status, one.body) for one in at[2.5]] == [(503, "html")]
    assert [(one.status, one.body) for one in at[3.5]] == [(500, "json")]
    assert [(one.status, one.effect) for one in at[4.5]] == [(None, "before"), (503, "cut")]
    assert [(one.status, one.every) for one in at[5]] == [(503, 3)]
    assert {one.region for one in faults(world(scenario))} == {"NA"}


def faults(sim: Simulator) -> list[Fault]:
    return [fault for fault, _ in sim.faults]


def met(fault: Fault, instant: object) -> bool:
    return bool(fault.since <= instant < fault.until)  # type: ignore[operator]  # both are set here


def test_old_buyers_are_gone_and_new_ones_leave_gaps() -> None:
    assert RedactedBuyers.behaviours == Behaviours(redact_after_days=30)
    scenario = start("redacted-buyers")
    world(scenario).catch_up()
    old = world(scenario).orders()
    assert len(old) == 120
    assert {one.status for one in old} <= {"SHIPPED", "UNSHIPPED"}
    assert {one.status for one in old if one.created_at < START - timedelta(days=1)} == {"SHIPPED"}
    assert min(one.created_at for one in old) < START - timedelta(days=60)
    new = play(scenario)[120:]
    assert {"name", "phone", "postal_code", "address_line_1", "city", "state", "buyer_email"} <= {
        name
        for one in new
        for name in ("name", "phone", "postal_code", "address_line_1", "city", "state", "buyer_email")
        if not getattr(one.recipient, name)
    }


def test_seven_countries_have_orders_in_their_currencies() -> None:
    orders = play(start("eu-seven"))
    places = Counter(one.marketplace.country for one in orders)
    assert set(places) == {"DE", "FR", "IT", "ES", "NL", "SE", "PL"}
    assert {one.marketplace.currency for one in orders} == {"EUR", "SEK", "PLN"}
    worth = {
        currency: max(
            item.price for one in orders for item in one.items if one.marketplace.currency == currency
        )
        for currency in ("EUR", "SEK", "PLN")
    }
    assert worth["SEK"] > 5 * worth["EUR"] > worth["PLN"]


def test_a_backlog_waits_at_the_start_and_is_to_be_shipped_today() -> None:
    scenario = start("holiday-backlog")
    waiting = [one for one in world(scenario).orders() if one.status == "UNSHIPPED"]
    assert len(waiting) > 2000
    assert all(START - timedelta(days=4) <= one.created_at <= START for one in waiting)
    assert all(timedelta(hours=2) <= one.ship_by - START <= timedelta(hours=14) for one in waiting)


def test_what_no_longer_fits_does_not_happen() -> None:
    scenario = start("cancel-storm", orders=60)
    clock = world(scenario).clock
    assert isinstance(clock, ManualClock)
    for _ in range(400):
        scenario.step(clock.advance(seconds=60))
        for order in world(scenario).orders():
            if order.status == "UNSHIPPED":
                world(scenario).ship(order.order_id)
    assert scenario.finished
    assert {"SHIPPED", "CANCELLED"} == {order.status for order in world(scenario).orders()}
