"""A backlog of reported packages, for stories of feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.feed import Feed, FeedKind
from dockseal.domain.order import OrdersApi
from dockseal.domain.shipment import Package, PackageState
from parcel_numbers import ups_of
from spapi_simulator import Line

P = PackageState
WAITING = 12
Make = Callable[..., Day]


@pytest.fixture
def make_cheap(make_day: MakeDay) -> Make:
    """Makes days whose hours are cheap: by its timer alone a lane runs every ten minutes."""

    def make(**choices: Any) -> Day:
        return make_day(tick=timedelta(minutes=10), poll=timedelta(minutes=1), **choices)

    return make


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def either_day(request: pytest.FixtureRequest, make_cheap: Make) -> Day:
    """A cheap day with each generation of the Orders API."""
    return make_cheap(api=request.param)


def released(day: Day, count: int = WAITING, *, quantity: int = 1) -> list[str]:
    """Orders that the warehouse has."""
    lines = [Line(sku="MUG-1", quantity=quantity)]
    ids = [day.amazon.place_order(day.account, lines=lines) for _ in range(count)]
    day.run(minutes=5)
    return ids


def slow(day: Day) -> None:
    """Amazon gives this seller so few calls that a feed is sooner."""
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=0.01, burst=1)


def backlog(day: Day, count: int = WAITING, *, carrier: str = "UPS Ground") -> list[str]:
    """Orders whose parcels are reported all at once, more than calls can tell of soon."""
    ids = released(day, count)
    slow(day)
    for each in ids:
        day.ship(each, tracking_number=ups_of(each), carrier=carrier)
    notice(day)
    return ids


def notice(day: Day) -> None:
    """The lane that confirms looks at once, as it does every second in the product."""
    day.app.lanes.wake("confirm")


def ship_untracked(day: Day, order_id: str, lines: list[tuple[str, int]] | None = None) -> None:
    """The warehouse ships a parcel with a service that has no numbers; a person looked at it."""
    day.ship(order_id, tracking_number="NONE", lines=lines)
    looked_at = frozenset({"number_missing"})
    day.app.storage.packages.change(day.packages(order_id)[-1], cleared=looked_at)


def renumber(day: Day, order_id: str, reference: str) -> None:
    """Amazon shows an order's one package under another reference."""
    packages = day.amazon.order(order_id).packages
    packages[0] = replace(packages[0], package_reference_id=reference)


def package(day: Day, order_id: str) -> Package:
    return day.packages(order_id)[0]


def last_feed(day: Day) -> Feed:
    feed = day.app.storage.feeds.latest(SELLER, FeedKind.FULFILLMENT)
    assert feed is not None
    return feed


def calls(day: Day, operation: str) -> int:
    """How many calls of an operation Amazon carried out."""
    made = [call for call in day.amazon.calls if call.operation == operation]
    return sum(call.status in {200, 202, 204} or call.fault == "after" for call in made)


def numbers(day: Day, order_id: str) -> list[str]:
    """Tracking numbers of an order at Amazon."""
    return [each.tracking_number for each in day.amazon.order(order_id).packages]


def fed(day: Day, ids: list[str]) -> list[str]:
    """Those of the orders whose parcels wait for a feed."""
    return [each for each in ids if package(day, each).feed and package(day, each).state is P.INTENDED]


def all_there_once(day: Day, ids: list[str]) -> None:
    for each in ids:
        assert numbers(day, each) == [ups_of(each)]
        assert package(day, each).state in {P.CONFIRMED, P.VERIFIED}
        assert day.tags(each).count("order:package:confirmed") == 1
