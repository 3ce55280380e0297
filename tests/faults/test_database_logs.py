"""Everything that SQLite and Django say of a day's statements, values and all: no canary is in it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections, reset_queries
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from day import Day, MakeDay
from dockseal.storage.router import OPERATIONS
from faults.canaried import MARK, leaks, place
from parcel_numbers import ups_of


@pytest.fixture
def traced() -> Iterator[list[str]]:
    """Every statement as SQLite runs it, with its values in it."""
    statements: list[str] = []

    def watch(connection: BaseDatabaseWrapper, **_: object) -> None:
        connection.force_debug_cursor = True
        connection.connection.set_trace_callback(statements.append)

    connection_created.connect(watch)
    yield statements
    connection_created.disconnect(watch)
    for connection in connections.all(initialized_only=True):
        connection.force_debug_cursor = False


@pytest.fixture
def query_log(tmp_path: Path) -> Iterator[Path]:
    """What Django logs of its statements, by a handler without a filter."""
    file = tmp_path / "queries.log"
    handler, logger = logging.FileHandler(file, encoding="utf-8"), logging.getLogger("django.db.backends")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield file
    logger.setLevel(level)
    logger.removeHandler(handler)
    handler.close()


@pytest.fixture
def day(traced: list[str], query_log: Path, make_day: MakeDay) -> Day:
    """A day whose every statement is written down twice."""
    return make_day()


def test_no_statement_of_a_day_holds_a_canary(day: Day, traced: list[str], query_log: Path) -> None:
    orders = place(day, 5)
    day.run(minutes=5)
    for order_id in orders:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(minutes=30)
    assert MARK in repr(day.warehouse.taken)

    logged = query_log.read_bytes()
    statements = "\n".join(traced)
    kept = [str(query) for connection in connections.all() for query in connection.queries_log]
    for said in (logged.decode(), statements):
        assert 'INSERT INTO "vault_' in said, "no sealing was written down: this test proves nothing"
        assert orders[0] in said
    assert leaks(logged) == leaks(statements.encode()) == leaks("\n".join(kept).encode()) == set()

    reset_queries()
    with connections[OPERATIONS].cursor() as cursor:
        cursor.execute("SELECT %s", [f"{MARK}planted"])
    assert leaks(query_log.read_bytes())
    assert leaks("\n".join(traced).encode())
    assert leaks(repr(connections[OPERATIONS].queries_log).encode())
