"""Story: a SIEM is told of a whole day, through an outage and a restart, and learns nothing of any buyer."""

from pathlib import Path

from day import Day
from siem_receivers import Authority, Receiver, syslog_receiver
from spapi_simulator import Line


def a_parcel(day: Day) -> str:
    """An order comes in and leaves."""
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=20)
    day.ship(order_id)
    day.run(minutes=20)
    return order_id


def test_every_row_of_a_day_reaches_the_siem_in_order_and_names_no_buyer(tmp_path: Path) -> None:
    authority = Authority.made(tmp_path / "authority")
    with syslog_receiver(authority) as before:
        url = f"syslog+tls://127.0.0.1:{before.port}"
        day = Day(folder=tmp_path, choices={"siem_url": url, "siem_ca": authority.file})
        orders = [a_parcel(day)]
    orders.append(a_parcel(day))
    (bad,) = [check for check in day.app.health().checks if check.name == "siem"]
    assert not bad.ok
    assert "nothing is lost meanwhile" in bad.sentence
    (lane,) = [check for check in day.app.health().checks if check.name == "lane stream"]
    assert "Connection refused" in lane.sentence
    day.restart()
    with syslog_receiver(authority, port=before.port) as after:
        orders.append(a_parcel(day))
        day.run(minutes=5)
        assert all(check.ok for check in day.app.health().checks if check.name in {"siem", "lane stream"})
    told, rows = before.events + after.events, day.app.storage.audit.rows()
    assert [each["metadata"]["uid"] for each in told] == [row.hash for row in rows]
    assert before.events
    assert len(after.events) > len(before.events)
    _names_no_buyer(day, orders, [before, after])
    day.close()


def _names_no_buyer(day: Day, orders: list[str], receivers: list[Receiver]) -> None:
    said = "".join(head["message"] for receiver in receivers for head in receiver.heads)
    for order_id in orders:
        assert order_id not in said
        for value in day.warehouse.order(order_id)["ship_to"].values():
            assert len(value) < 4 or value not in said
