"""PostgreSQL logs every statement with every value, as it can be told to: no canary is in its folder."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from day import MakeDay
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.errors import StorageError
from dockseal.pii_security.redaction import Redaction
from faults.canaried import MARK, leaks, place

pytest.importorskip("postgresql", reason="Dockseal does not run on PostgreSQL here")
TALKATIVE = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_min_error_statement": "debug1",
    "log_error_verbosity": "verbose",
    "log_connections": "on",
    "log_lock_waits": "on",
}


@pytest.fixture
def server_log(postgresql: Any) -> Iterator[Path]:
    """The log of a server that tells all it can."""
    for name, value in TALKATIVE.items():
        postgresql.administrate(f"ALTER SYSTEM SET {name} = '{value}'")
    postgresql.administrate("SELECT pg_reload_conf()")
    yield postgresql.folder / "log"
    postgresql.administrate("ALTER SYSTEM RESET ALL")
    postgresql.administrate("SELECT pg_reload_conf()")


def test_no_statement_of_a_day_holds_a_canary(
    make_day: MakeDay, postgresql: Any, fresh: Any, server_log: Path, tmp_path: Path
) -> None:
    day = make_day(choices=postgresql.settings(fresh, tmp_path))
    orders = place(day, 5)
    day.warehouse.crashes = True
    day.run(minutes=5)
    day.warehouse.crashes = False
    day.run(minutes=30)
    for order_id in orders:
        day.ship(order_id, tracking_number=f"T-{order_id}")
    day.run(minutes=30)
    assert MARK in repr(day.warehouse.taken)
    postgresql.administrate("CHECKPOINT")

    logged = server_log.read_bytes()
    assert b'INSERT INTO "vault_' in logged, "no sealing was logged: this test proves nothing"
    assert orders[0].encode() in logged
    assert leaks(logged) == set()
    data = postgresql.folder / "data"
    assert [file for file in data.rglob("*") if file.is_file() and leaks(file.read_bytes())] == []

    postgresql.administrate(f"SELECT '{MARK}planted'")
    assert leaks(server_log.read_bytes())


def test_what_a_refusal_quotes_stays_with_the_driver(
    make_day: MakeDay, postgresql: Any, fresh: Any, server_log: Path, tmp_path: Path
) -> None:
    day = make_day(choices=postgresql.settings(fresh, tmp_path))
    twice = Warehouse(id=WarehouseId(f"{MARK}twice"), adapter="by_hand")
    day.app.storage.warehouses.add(twice)
    with pytest.raises(StorageError) as refused:
        day.app.storage.warehouses.add(twice)
    assert b"DETAIL" in server_log.read_bytes(), "the server quoted nothing: this test proves nothing"
    assert leaks("".join(traceback.format_exception(refused.value)).encode()) == set()
    assert leaks(repr(refused.value.args).encode()) == set()

    with pytest.raises(Exception, match=MARK) as theirs:
        type(day.app.storage.warehouses).add.__wrapped__(day.app.storage.warehouses, twice)
    assert "DETAIL" in str(theirs.value)
    record = logging.LogRecord("dockseal", 40, "x.py", 1, "no row: %s", (theirs.value,), None)
    record.exc_info = (theirs.type, theirs.value, theirs.tb)
    assert Redaction().filter(record)
    assert leaks(logging.Formatter().format(record).encode()) == set()
