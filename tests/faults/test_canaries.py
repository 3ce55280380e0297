"""Unique strings in every personal field of 50 orders: after a day, none lies outside the vault, sealed."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from day import Day, encodings
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.logs import configure_logging
from spapi_simulator import Line, Recipient

ORDERS = 50
FIELDS = (
    "name",
    "company",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "city",
    "county",
    "state",
    "postal_code",
    "phone",
    "buyer_name",
    "buyer_email",
)


def canary(number: int, field: str) -> str:
    """A text that occurs nowhere by itself."""
    return f"Cnry{number:02d}{field.replace('_', '')}Zq"


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """A day logged at DEBUG, with a refusal, a lost answer and a broken adapter in it."""
    day = Day(folder=tmp_path, api=request.param, choices={"log_level": "debug"})
    configure_logging(day.settings, tmp_path / "dockseal.log")
    logging.getLogger().setLevel(logging.DEBUG)
    yield day
    day.close()
    logging.getLogger().handlers.clear()


def place(day: Day) -> list[str]:
    """Places the orders, each with its canaries."""
    orders = []
    for number in range(ORDERS):
        recipient = Recipient(**{field: canary(number, field) for field in FIELDS}, country_code="US")
        orders.append(
            day.amazon.place_order(
                day.account,
                lines=[Line(sku="MUG-1", quantity=2)],
                recipient=recipient,
                gift_message=canary(number, "gift"),
            )
        )
    return orders


def crash(day: Day, log: Path) -> None:
    """Lets a lane crash with an address in the exception's text."""
    recipient = Recipient(**{field: canary(0, field) for field in FIELDS}, country_code="US")
    day.warehouse.crashes = True
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-9")], recipient=recipient)
    day.run(minutes=10)
    day.warehouse.crashes = False
    assert b"lane.broken" in log.read_bytes(), "nothing crashed: this test proves nothing"
    assert any("RuntimeError" in lane.failing for lane in day.app.lanes.all())
    assert leaks(repr([lane.failing for lane in day.app.lanes.all()]).encode()) == []
    day.run(minutes=10)


def leaks(data: bytes) -> list[str]:
    """The canaries in some bytes, in any usual encoding."""
    names = [canary(number, field) for number in range(ORDERS) for field in (*FIELDS, "gift")]
    return [name for name in names if any(form in data for form in encodings(name))]


def test_the_scanner_finds_a_canary_in_every_encoding() -> None:
    for form in encodings(canary(7, "phone")):
        assert leaks(b"before " + form + b" after") == [canary(7, "phone")]


def test_no_canary_leaves_the_vault(day: Day, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    day.warehouse.answers.append(httpx.Response(422, json={"error": "not stocked"}))
    orders = place(day)
    day.run(minutes=30)
    handed_over = repr(day.warehouse.taken)
    assert len(leaks(handed_over.encode())) > ORDERS * 5, (
        "the canaries did not flow: this test proves nothing"
    )
    crash(day, tmp_path / "dockseal.log")
    released = [order_id for order_id in orders if day.order(order_id).state is OrderState.RELEASED]
    for order_id in released[:10]:
        day.ship(order_id, tracking_number=f"T-{order_id}")
    day.run(hours=2)
    assert day.app.storage.sealed.count() >= ORDERS - 1

    assert leaks(day.app.metrics_text()) == []
    assert leaks(repr(day.app.health()).encode()) == []
    assert leaks(repr(day.app.storage.audit.rows(limit=10_000)).encode()) == []
    written = capfd.readouterr()
    assert leaks((written.out + written.err).encode()) == []
    log = (tmp_path / "dockseal.log").read_bytes()
    assert b"searchOrders" in log or b"getOrders" in log, "nothing was logged: this test proves nothing"
    for place_ in sorted(tmp_path.rglob("*")):
        if place_.is_file():
            assert leaks(place_.read_bytes()) == [], f"personal data in {place_.name}"


def test_after_the_deadline_no_key_and_no_row_of_it_is_left(day: Day) -> None:
    place(day)
    day.run(minutes=30)
    assert day.app.storage.sealed.count() == ORDERS
    epochs = day.app.keys.epochs()
    day.skip(days=31)
    for epoch in epochs:
        assert not day.app.keys.has(epoch)
        assert day.app.storage.sealed.of_epoch(epoch) == []
