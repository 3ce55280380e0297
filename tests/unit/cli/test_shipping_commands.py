"""Working hours, ship risk and predicted rates, as a person types them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrderState
from dockseal.monitoring_audit.tags import Tag
from unit.cli.test_commands import Terminal, held, installed, once_installed
from unit.cli.test_credential_commands import app_of

_ = (installed, once_installed)
HOURS = ["--zone", "Europe/Berlin", "--day", "mon-fri 08:00-17:00", "--cut-off", "mon-fri 15:00"]


def lines(said: str) -> list[str]:
    return [" ".join(line.split()) for line in said.splitlines()]


def test_hours_are_shown_set_and_forgotten_and_each_change_is_in_the_trail(installed: Terminal) -> None:
    assumed = installed.well("warehouses", "hours", "reno")
    assert "reno has told no hours; these are assumed" in assumed
    assert "mon-fri 09:00-17:00, last parcel 17:00" in lines(assumed)
    said = installed.well(
        "warehouses", "hours", "reno", *HOURS, "--holidays", "DE-BY", "--closed", "2026-12-24"
    )
    assert lines(said) == [
        "zone Europe/Berlin",
        "mon-fri 08:00-17:00, last parcel 15:00",
        "sat-sun off",
        "closed 2026-12-24",
        "public holidays DE-BY",
    ]
    installed.well("warehouses", "hours", "reno", "--cut-off", "mon-thu 15:00", "--cut-off", "fri 12:00")
    assert "fri 08:00-17:00, last parcel 12:00" in lines(installed.well("warehouses", "hours", "reno"))
    assert "assumed" in installed.well("warehouses", "hours", "reno", "--clear")
    with app_of(installed) as app:
        rows = app.storage.audit.search(tag=Tag.WAREHOUSE_HOURS_CHANGED.value, limit=10)
        assert app.storage.working_hours.get(WarehouseId("reno")) is None
    assert [dict(row.fields) for row in rows] == [
        {"warehouse": "reno", "days": days} for days in ("0", "5", "5")
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["linz"], "no warehouse is named linz"),
        (["reno", "--day", "mon-fri 08:00-17:00"], "say the warehouse's time zone first"),
        (["reno", *HOURS[:3], "mon-fri 8am"], "'8am' is no time of day"),
        (["reno", *HOURS, "--zone", "Berlin"], "'Berlin' is no time zone"),
        (["reno", *HOURS, "--holidays", "DE-BX"], "did you mean"),
        (["reno", *HOURS, "--closed", "Christmas"], "'Christmas' is no day"),
        (["reno", *HOURS, "--clear"], "--clear stands alone"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_a_sentence_and_change_nothing(
    installed: Terminal, words: list[str], says: str
) -> None:
    refused = installed.run("warehouses", "hours", *words)
    assert refused.returncode == 1
    assert says in refused.stderr
    assert "assumed" in installed.well("warehouses", "hours", "reno")


def test_risk_and_rates_are_told_in_plain_words(installed: Terminal) -> None:
    assert "0 on track, 0 at risk, 0 blocked, 0 overdue" in installed.well("shipping", "risk")
    assert "No orders to measure yet." in installed.well("shipping", "rates")
    order, now = held(), datetime.now(UTC)
    amazon = replace(order.amazon, marketplace_id="ATVPDKIKX0DER", ship_by=now - timedelta(hours=30))
    installed.insert(replace(order, amazon=amazon, accepted_at=now - timedelta(days=2)))
    said = installed.well("shipping", "risk")
    assert "0 on track, 0 at risk, 0 blocked, 1 overdue" in said
    assert "and not all of it has left. Give it a SKU." in said
    assert order.id in installed.well("shipping", "risk", "--risk", "overdue", "--seller", "acme-us")
    assert order.id not in installed.well("shipping", "risk", "--risk", "blocked")
    rates = lines(installed.well("shipping", "rates"))
    late = "late shipment 10 100 % under 4 % missed 1 of 1 order late."
    assert f"seller acme-us {late}" in rates
    assert f"warehouse reno {late}" in rates
    assert f"warehouse reno {late}" not in lines(installed.well("shipping", "rates", "--seller", "acme-us"))
    refused = installed.run("shipping", "risk", "--risk", "on track")
    assert (refused.returncode, "dockseal orders list" in refused.stderr) == (1, True)
    with app_of(installed) as app:
        assert app.storage.orders.get(order.ref).state is OrderState.HELD
