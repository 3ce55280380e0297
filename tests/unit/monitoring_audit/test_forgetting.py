"""Orders are forgotten before they are 18 months old, on SQLite and on PostgreSQL, and only those."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from day import Day
from dockseal.bootstrap import facts_of, forget_orders
from dockseal.cli.opened import person
from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.errors import SettingsFault, TrailBroken
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.report import report
from dockseal.monitoring_audit.forgetting import KEPT, forget
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.places import DatabasePlaces
from parcel_numbers import ups_of
from postgresql import Cluster
from spapi_simulator import Line


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """A day on which a parcel of one order was reported and corrected, and another order was released."""
    choices: dict[str, object] = {}
    if request.param == "PostgreSQL":
        cluster: Cluster = request.getfixturevalue("postgresql")
        choices |= cluster.settings(request.getfixturevalue("fresh"), tmp_path)
    with contextlib.closing(Day(folder=tmp_path, choices=choices)) as day:
        shipped = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
        day.run(minutes=5)
        day.ship(shipped, tracking_number=ups_of(shipped))
        day.amazon.place_order(day.account, lines=[Line(sku="MUG-2")])
        day.run(minutes=20)
        yield day


def forgotten(day: Day, request: pytest.FixtureRequest, tmp_path: Path) -> int:
    """Forgets what is old enough, as the commands do; returns how many orders are gone."""
    app, by_owner = day.app, bool(day.settings.operations_database)
    number = forget(app.storage, app.trail, day.clock, person(), by_owner=by_owner)
    if not by_owner:
        return number
    assert len(app.storage.orders.list()) >= number, "the role that serves deleted them"
    gone = as_owner(day, request, tmp_path)
    assert gone == number
    return gone


def as_owner(day: Day, request: pytest.FixtureRequest, tmp_path: Path) -> int:
    """What `dockseal database forget` does, beside the Dockseal that serves."""
    cluster: Cluster = request.getfixturevalue("postgresql")
    places: DatabasePlaces = request.getfixturevalue("fresh")
    password = tmp_path / f"{places.operations.url.owner}-password"
    if not password.exists():
        cluster.password_file(places.operations.url.owner, tmp_path)
    day.app.close()
    try:
        return forget_orders(day.settings, day.clock, password=password, ask=lambda _: None)
    finally:
        day.app = day._build()


def rows(day: Day) -> dict[str, int]:
    """How many rows there are of what belongs to orders."""
    storage = day.app.storage
    orders = storage.orders.list()
    return {
        "orders": len(orders),
        "packages": sum(len(storage.packages.of_order(each.ref)) for each in orders),
        "releases": sum(len(storage.releases.of_order(each.ref)) for each in orders),
    }


def test_old_orders_go_with_all_that_was_kept_for_them_and_young_ones_stay(
    day: Day, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert rows(day) == {"orders": 2, "packages": 1, "releases": 2}
    day.skip(days=1)
    young = day.amazon.place_order(day.account, lines=[Line(sku="MUG-3")])
    day.run(minutes=30)
    day.clock.advance(KEPT - timedelta(days=1, hours=1))
    assert forget(day.app.storage, day.app.trail, day.clock, person(), by_owner=True) == 0
    day.clock.advance(timedelta(minutes=59))
    assert day.knows(young)
    assert forgotten(day, request, tmp_path) == 2
    assert rows(day)["orders"] == 1
    assert day.knows(young)
    (row,) = day.app.storage.audit.search(tag=Tag.DATA_ORDERS_FORGOTTEN.value)
    assert dict(row.fields)["orders"] == "2"
    assert report(facts_of(day.app)).of("1.7-age").verdict is Verdict.MET


def test_health_tells_a_month_before_they_are_too_old_until_they_are_forgotten(
    day: Day, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    def told() -> list[str]:
        return [check.sentence for check in day.app.health().checks if check.name == "old orders"]

    day.clock.advance(LONGEST_IMPERSONAL - timedelta(days=31))
    assert told() == []
    day.clock.advance(timedelta(days=1, minutes=30))
    assert "run `dockseal orders forget`" in told()[0]
    assert forgotten(day, request, tmp_path) == 2
    assert told() == []


def test_the_owner_deletes_nothing_that_is_not_old_enough_whatever_the_trail_says(
    day: Day, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if not day.settings.operations_database:
        with pytest.raises(SettingsFault, match="files of SQLite"):
            forget_orders(day.settings, day.clock, password=None, ask=lambda _: None)
        return
    assert as_owner(day, request, tmp_path) == 0
    with day.app.storage.transaction():
        day.app.trail.record(Tag.DATA_ORDERS_FORGOTTEN, actor=person(), before=day.clock.now(), orders=2)
    assert as_owner(day, request, tmp_path) == 0
    assert rows(day)["orders"] == 2
    with pytest.raises(SettingsFault, match="run `dockseal database forget`"):
        day.app.storage.forget_orders(day.clock.now())


@pytest.mark.parametrize("day", ["PostgreSQL"], indirect=True)  # on SQLite no owner reads the row again
def test_a_row_that_says_no_instant_deletes_nothing(
    day: Day, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with day.app.storage.transaction():
        day.app.trail.record(Tag.DATA_ORDERS_FORGOTTEN, actor=person(), before=day.clock.now(), orders=2)
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = request.getfixturevalue("fresh").operations.url.name
    for statement in (
        "ALTER TABLE operations_audit DISABLE TRIGGER ALL",
        f"UPDATE operations_audit SET fields = '{{}}' WHERE tag = '{Tag.DATA_ORDERS_FORGOTTEN}'",
    ):
        cluster.administrate(statement, name)
    with pytest.raises(TrailBroken, match="does not say before when"):
        as_owner(day, request, tmp_path)
