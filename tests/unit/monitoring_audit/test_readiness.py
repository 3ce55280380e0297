"""Work is sent to a Dockseal only while every store is what it should be: each is broken here for real."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from day import Day
from dockseal.console.wsgi import application
from spapi_simulator import Line


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A Dockseal that has run for a while."""
    day = Day(folder=tmp_path)
    day.run(minutes=10)
    yield day
    day.close()


def asked(day: Day, path: str, *, address: str = "127.0.0.1") -> httpx.Response:
    """What somebody at an address is answered."""
    transport = httpx.WSGITransport(application(day.app), remote_addr=address)
    with httpx.Client(transport=transport, base_url="http://127.0.0.1") as client:
        return client.get(path)


def sql(day: Day, name: str, statement: str) -> None:
    """Changes a database from outside."""
    with contextlib.closing(sqlite3.connect(day.settings.data_dir / f"{name}.sqlite3")) as database:
        database.execute(statement)
        database.commit()


def why_not(day: Day) -> str:
    """Why it is not ready, as it tells on its own machine."""
    answer = asked(day, "/health/ready")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    return " ".join(answer.json()["faults"])


def test_a_dockseal_that_works_is_live_and_ready(day: Day) -> None:
    live, ready = asked(day, "/health/live"), asked(day, "/health/ready")
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


def test_without_what_runs_its_lanes_it_is_not_live_and_all_else_stays(day: Day) -> None:
    day.app.lanes.watched_by(lambda: False)
    assert asked(day, "/health/live").status_code == 503
    assert asked(day, "/health/ready").status_code == 200


def test_while_the_vault_is_an_old_one_it_is_not_ready(day: Day) -> None:
    sql(day, "vault", "DELETE FROM vault_seen")
    assert "older than the other stores: vault" in why_not(day)
    assert "dockseal restored" in why_not(day)


def test_while_the_keys_are_not_there_it_is_not_ready(day: Day) -> None:
    shutil.move(day.settings.key_dir, day.folder / "unmounted")
    assert "key" in why_not(day)
    shutil.move(day.folder / "unmounted", day.settings.key_dir)
    assert asked(day, "/health/ready").status_code == 200


def test_while_others_can_read_the_master_key_it_is_not_ready(day: Day) -> None:
    (day.settings.key_dir / "master.key").chmod(0o644)
    assert "chmod 600" in why_not(day)


@pytest.mark.parametrize("name", ["operations", "vault"])
def test_while_tables_are_behind_it_is_not_ready(day: Day, name: str) -> None:
    sql(day, name, "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    assert f"the tables of the {name} database" in why_not(day)
    assert "are behind" in why_not(day)


def test_while_a_newer_dockseal_wrote_the_tables_it_is_not_ready(day: Day) -> None:
    sql(
        day,
        "operations",
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('operations', '9999_later', '2030-01-01')",
    )
    assert "was written by a newer Dockseal" in why_not(day)


def test_while_a_table_is_gone_it_is_not_ready_and_says_so_once(day: Day) -> None:
    sql(day, "vault", "DROP TABLE vault_sealed")
    assert why_not(day).count("the database cannot be used") == 1


def test_backups_of_keys_that_live_too_long_are_a_reason(day: Day) -> None:
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    day.settings = day.settings.model_copy(update={"key_backups": timedelta(days=20)})
    day.restart()
    assert "DOCKSEAL_KEY_BACKUPS is 20 days" in why_not(day)


def test_elsewhere_the_answer_tells_that_it_is_not_ready_and_nothing_more(day: Day) -> None:
    sql(day, "vault", "DELETE FROM vault_seen")
    answer = asked(day, "/health/ready", address="192.0.2.7")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
