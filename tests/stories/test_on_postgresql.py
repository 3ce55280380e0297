"""An order's whole life on PostgreSQL, under the roles that `dockseal database roles` prints."""

from pathlib import Path

from day import WAREHOUSE, Day, MakeDay
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.order import OrderState
from dockseal.monitoring_audit.verifying import verify
from dockseal.storage.places import DatabasePlaces
from harvesting import ME, case_of, harvest, orders, plant
from postgresql import Cluster
from spapi_simulator import Line


def _day(make_day: MakeDay, postgresql: Cluster, served: DatabasePlaces, folder: Path) -> Day:
    return make_day(choices=postgresql.settings(served, folder))


def test_an_order_lives_from_the_notification_to_the_shredding(
    make_day: MakeDay, postgresql: Cluster, served: DatabasePlaces, tmp_path: Path
) -> None:
    day = _day(make_day, postgresql, served, tmp_path)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=1)
    assert day.order(order_id).state is OrderState.RELEASED
    assert day.warehouse.order(order_id)["ship_to"]["name"] == day.amazon.order(order_id).recipient.name
    day.ship(order_id, carrier="UPS Ground", tracking_number="1Z999AA10123456784")
    day.restart()
    day.run(minutes=30)
    assert day.amazon.order(order_id).status == "SHIPPED"
    assert day.order(order_id).state is OrderState.VERIFIED
    looked_at = {check.name: check.ok for check in day.app.health().checks}
    assert (looked_at["database"], looked_at["vault"]) == (True, True)

    day.skip(days=31)
    assert day.order(order_id).state is OrderState.SHREDDED
    assert day.app.storage.sealed.count() == 0
    assert day.tags(order_id)[-1] == "order:life:shredded"
    assert verify(day.app.storage).rows > 0
    assert not day.settings.data_dir.exists()


def test_a_canary_locks_who_opens_it_and_a_case_is_worked_under_roles_that_may_do_no_more(
    make_day: MakeDay, postgresql: Cluster, served: DatabasePlaces, tmp_path: Path
) -> None:
    choices = postgresql.settings(served, tmp_path) | {"data_dir": tmp_path / "data"}
    day = make_day(adapter="rest", choices=choices)
    real = orders(day, 2)
    birds, thief = plant(day, 1), Actor(kind=ActorKind.PERSON, name="thief")
    assert len(harvest(day, [*birds, *real], thief)) == 1
    work, case = day.app.incidents, case_of(day)
    for code in ("end_sessions", "stop_opens"):
        work.take(case.id, code, "", ME)
    work.take(case.id, "drop_api_keys", WAREHOUSE, ME)
    work.freeze(case.id, ME)
    assert work.verify(case.id, ME) == 1
    work.told(case.id, ME)
    work.close(case.id, ME, root_cause="Known.", remediation="Done.", corrective_control="In place.")
    assert [entry.kind for entry in work.custody.verify(case)][-1] == "closed"


def test_nothing_of_a_buyer_is_in_either_database(
    make_day: MakeDay, postgresql: Cluster, served: DatabasePlaces, tmp_path: Path
) -> None:
    day = _day(make_day, postgresql, served, tmp_path)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=1)
    recipient = day.amazon.order(order_id).recipient
    rows = [
        row
        for place in (served.operations, served.vault)
        for (table,) in postgresql.administrate(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            place.url.name,
        )
        for row in postgresql.administrate(f"SELECT t::text FROM {table} t", place.url.name)
    ]
    assert any("vault" not in text and order_id in text for (text,) in rows)
    for value in (recipient.name, recipient.address_line_1, recipient.city):
        assert value
        forms = (value, value.encode().hex())
        assert not [text for (text,) in rows if any(form in text for form in forms)]
