"""A scrape reads by indexes: what it costs depends on what is under way, not on how much there ever was."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connections

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.seller import Region, Seller
from dockseal.monitoring_audit.gauges.data import DataGauges
from dockseal.monitoring_audit.gauges.opens import OpenCounters
from dockseal.monitoring_audit.gauges.orders import OrderGauges
from dockseal.monitoring_audit.gauges.sellers import SellerGauges
from dockseal.monitoring_audit.gauges.shipping import ShippingGauges
from dockseal.monitoring_audit.gauges.trail import TrailGauges
from dockseal.monitoring_audit.gauges.waiting import WaitingGauges
from dockseal.shipment_confirmation.outlook import Outlook
from dockseal.storage.store import Storage

GROWS = re.compile(
    r"SCAN (?:operations_(?:order|package|audit|release|sync_run|former_report)|vault_(?:sealed|clue))\b(.*)"
)
"""A read from end to end of a table that grows with every order; behind it the index, if one is read."""
STOPS_AT_ONCE = re.compile(r"ORDER BY .* LIMIT 1$")
KEPT = re.compile(r'^SELECT COUNT\(\*\) AS "__count" FROM "vault_sealed"$')
"""Counted every ten minutes once there are many; see `Kept`."""


@pytest.fixture
def asked(storage: Storage) -> Iterator[list[tuple[str, str, Any]]]:
    """Every statement that is run: on which database, its text and its parameters."""
    statements: list[tuple[str, str, Any]] = []

    def noting(alias: str) -> Callable[..., Any]:
        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append((alias, sql, params))
            return execute(sql, params, many, context)

        return note

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(noting(alias)))
        yield statements


def _scans(statements: list[tuple[str, str, Any]]) -> list[str]:
    """The statements that read a growing table from end to end, by SQLite's own plan."""
    found = []
    for alias, sql, params in list(statements):
        with connections[alias].cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            steps = [str(row[3]) for row in cursor.fetchall()]
        early = STOPS_AT_ONCE.search(sql) and not any("TEMP B-TREE" in step for step in steps)
        if any(GROWS.match(step) for step in steps) and not early and not KEPT.match(sql):
            found.append(f"{sql}: {steps}")
    return found


def test_no_scrape_reads_a_growing_table_from_end_to_end(
    storage: Storage, clock: ManualClock, asked: list[tuple[str, str, Any]]
) -> None:
    outlook = Outlook(storage=storage, clock=clock)
    gauges = (
        OrderGauges(storage, clock),
        WaitingGauges(storage, clock, lambda: frozenset({WarehouseId("reno")})),
        SellerGauges(storage, clock),
        DataGauges(storage, clock),
        TrailGauges(storage),
        OpenCounters(storage),
        ShippingGauges(outlook.counts, outlook.shares),
    )
    asked.clear()
    for each in gauges:
        list(each.collect())
    assert len(asked) > 30
    assert _scans(asked) == []


def test_a_scan_is_found(storage: Storage, asked: list[tuple[str, str, Any]]) -> None:
    for alias, table in (("default", "operations_order"), ("vault", "vault_sealed")):
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT seller FROM {table}")
    assert len(_scans(asked)) == 2


def test_a_scrape_asks_as_often_for_a_thousand_sellers_as_for_one(
    storage: Storage, clock: ManualClock, asked: list[tuple[str, str, Any]]
) -> None:
    def statements() -> int:
        asked.clear()
        list(SellerGauges(storage, clock).collect())
        return len(asked)

    none = statements()
    for n in range(1000):
        storage.sellers.add(
            Seller(
                id=SellerId(f"seller-{n}"),
                region=Region.NA,
                marketplaces=(),
                selling_partner_id=f"A{n}",
                warehouse=WarehouseId("reno"),
            )
        )
    assert statements() == none


def test_the_rates_that_take_weeks_of_orders_are_counted_by_a_lane_and_not_by_a_scrape(
    storage: Storage, clock: ManualClock, asked: list[tuple[str, str, Any]]
) -> None:
    outlook = Outlook(storage=storage, clock=clock)
    asked.clear()
    assert outlook.shares() == ()
    assert asked == []
    outlook.foretell()
    assert asked
    asked.clear()
    outlook.shares()
    assert asked == []
