"""PostgreSQL logs every statement with every value, as it can be told to: no canary is in its folder."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError

from day import MakeDay
from dockseal.errors import StorageError
from dockseal.pii_security.redaction import Redaction
from dockseal.storage.edge import translated
from dockseal.storage.router import OPERATIONS
from faults.canaried import MARK, leaks, place
from parcel_numbers import ups_of

pytest.importorskip("postgresql", reason="Dockseal does not run on PostgreSQL here")
TALKATIVE = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_min_error_statement": "debug1",
    "log_connections": "on",
    "log_lock_waits": "on",
}
OF_A_ROLE = {
    "log_parameter_max_length": ("-1", "0"),
    "log_parameter_max_length_on_error": ("-1", "0"),
    "log_error_verbosity": ("verbose", "terse"),
}
"""What the roles of an installation turn off: here it is as if nobody had, and then as it was."""


@pytest.fixture
def server_log(postgresql: Any) -> Iterator[Path]:
    """The log of a server that tells all it can, every value among it."""
    for name, value in TALKATIVE.items():
        postgresql.administrate(f"ALTER SYSTEM SET {name} = '{value}'")
    turn(postgresql, 0)
    yield postgresql.folder / "log"
    postgresql.administrate("ALTER SYSTEM RESET ALL")
    turn(postgresql, 1)


def turn(postgresql: Any, which: int) -> None:
    for role in postgresql.passwords:
        for name, values in OF_A_ROLE.items():
            postgresql.administrate(f"ALTER ROLE {role} SET {name} = '{values[which]}'")
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
        day.ship(order_id, tracking_number=ups_of(order_id))
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

    def keep() -> None:
        kind = apps.get_model("operations", "WarehouseRow")
        kind(id=f"{MARK}twice", adapter="by_hand", options={}).save(using=OPERATIONS, force_insert=True)

    keep()
    with pytest.raises(StorageError) as refused:
        translated(keep)()
    assert b"DETAIL:  Key (id)=" in server_log.read_bytes(), "the server quoted nothing: this proves nothing"
    assert leaks("".join(traceback.format_exception(refused.value)).encode()) == set()
    assert leaks(repr(refused.value.args).encode()) == set()

    with pytest.raises(IntegrityError, match=MARK) as theirs:
        keep()
    record = logging.LogRecord("dockseal", logging.ERROR, "x.py", 1, "no row: %s", (theirs.value,), None)
    record.exc_info = (theirs.type, theirs.value, theirs.tb)
    assert Redaction().filter(record)
    assert leaks(logging.Formatter().format(record).encode()) == set()
    assert day.app.storage.warehouses.all()
