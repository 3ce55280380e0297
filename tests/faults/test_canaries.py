"""Unique strings in every personal field of 50 orders: after a day, none lies outside the vault, sealed."""

import contextlib
import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from day import Day
from dockseal.bootstrap import make_pack
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.logs import configure_logging
from dockseal.monitoring_audit.exporting import export
from dockseal.monitoring_audit.exports.formats import Format, lines
from faults.canaried import FIELDS, MARK, canary, leaks, place, recipient
from parcel_numbers import ups_of
from scanner import Scanner
from spapi_simulator import Line
from unit.console.person import Person

ORDERS = 50
OFFICER = Actor(kind=ActorKind.PERSON, name="officer")
TALKATIVE = ("", "boto3", "botocore", "django", "httpcore", "httpx", "urllib3")
"""At DEBUG these log whole requests and answers, did no handler stop them."""


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A day logged at DEBUG, with a refusal, a lost answer and a broken adapter in it."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    day = Day(folder=tmp_path, api=request.param, choices={"log_level": "debug"})
    configure_logging(day.settings, tmp_path / "dockseal.log", in_use=day.app.vault.in_use)
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield day
    day.close()
    logging.getLogger().handlers.clear()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def no_temporary_files() -> Iterator[None]:
    """Leaves no folder for them: whoever makes one fails, also one that vanishes at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(Path(tempfile.gettempdir()) / "nowhere"))
        yield


def crash(day: Day, log: Path) -> None:
    """Lets a lane crash with an address in the exception's text."""
    day.warehouse.crashes = True
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-9")], recipient=recipient(0))
    day.run(minutes=10)
    day.warehouse.crashes = False
    assert b"lane.broken" in log.read_bytes(), "nothing crashed: this test proves nothing"
    assert any("RuntimeError" in lane.failing for lane in day.app.lanes.all())
    assert leaks(repr([lane.failing for lane in day.app.lanes.all()]).encode()) == set()
    day.run(minutes=10)


def test_every_canary_is_one_that_the_scanner_finds() -> None:
    for number in range(ORDERS):
        for field in (*FIELDS, "gift"):
            assert "plain" in leaks(canary(number, field).encode())


def test_no_canary_leaves_the_vault(day: Day, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shared = in_shared_memory()
    day.warehouse.answers.append(httpx.Response(422, json={"error": "not stocked"}))
    orders = place(day, ORDERS)
    with no_temporary_files():
        day.run(minutes=30)
    handed_over = set(re.findall(rf"{MARK}\w+Zq", repr(day.warehouse.taken)))
    assert len(handed_over) > ORDERS * 5, "the canaries did not flow: this test proves nothing"
    with no_temporary_files():
        crash(day, tmp_path / "dockseal.log")
    released = [order_id for order_id in orders if day.order(order_id).state is OrderState.RELEASED]
    for order_id in released[:10]:
        day.ship(order_id, tracking_number=ups_of(order_id))
    with no_temporary_files():
        day.run(hours=2)
    assert day.app.storage.sealed.count() >= ORDERS - 1

    assert leaks(day.app.metrics_text()) == set()
    assert leaks(repr(day.app.health()).encode()) == set()
    assert leaks(repr(day.app.storage.audit.rows(limit=10_000)).encode()) == set()
    assert leaks(all_that_leaves(day, tmp_path)) == set()
    written = capfd.readouterr()
    assert leaks((written.out + written.err).encode()) == set()
    log = (tmp_path / "dockseal.log").read_bytes()
    assert b"FileNotFoundError" not in log, "somebody wanted a temporary file"
    assert in_shared_memory() <= shared
    assert b"searchOrders" in log or b"getOrders" in log, "nothing was logged: this test proves nothing"
    assert Scanner(MARK).in_folder(tmp_path) == {}


def all_that_leaves(day: Day, folder: Path) -> bytes:
    """What an assessor, a SIEM and Amazon get: the trail in every form, its export, an evidence pack."""
    rows = day.app.storage.audit.rows(limit=10_000)
    forms = "".join(line for form in Format for line in lines(form, rows))
    assert export(day.app.storage, folder / "export").rows == len(rows)
    assert make_pack(day.app, folder / "pack", OFFICER).findings
    files = [each for name in ("export", "pack") for each in (folder / name).rglob("*") if each.is_file()]
    assert len(files) > 10
    return forms.encode() + b"".join(each.read_bytes() for each in files)


def in_shared_memory() -> set[Path]:
    """The files in the machine's shared memory that hold a canary."""
    shared = Path("/dev/shm")
    files = [each for each in shared.rglob("*") if each.is_file()] if shared.is_dir() else []
    return {each for each in files if MARK.encode() in _content(each)}


def _content(file: Path) -> bytes:
    # Other programs on the machine make and remove theirs meanwhile.
    with contextlib.suppress(OSError):
        return file.read_bytes()
    return b""


@pytest.mark.parametrize("size", [1_000, 4_000_000])
def test_an_uploaded_file_is_written_nowhere(day: Day, tmp_path: Path, size: int) -> None:
    person = Person(day.app, ManualClock(start=day.clock.now()))
    person.sign_in()
    file = (f"{canary(0, 'name')}\n" * (size // 20)).encode()
    with no_temporary_files():
        # Django reads a body of many parts when it looks for the token, whatever the page makes of it.
        answer = person.client.post(
            "/connect/start", files={"file": ("addresses.csv", file)}, data={"a": "b"}
        )
    assert answer.status_code == 403
    assert Scanner(MARK).in_folder(tmp_path) == {}


def test_after_the_deadline_no_key_and_no_row_of_it_is_left(day: Day) -> None:
    place(day, ORDERS)
    day.run(minutes=30)
    assert day.app.storage.sealed.count() == ORDERS
    epochs = day.app.keys.epochs()
    day.skip(days=31)
    for epoch in epochs:
        assert not day.app.keys.has(epoch)
        assert day.app.storage.sealed.of_epoch(epoch) == []
