"""`dockseal tracking` over real tables."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dockseal.bootstrap import App, build, create_keys
from dockseal.cli import tracking
from dockseal.cli.opened import person
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.shipment import ShipmentReport
from dockseal.errors import BadInput
from dockseal.settings import settings_from

RENO = WarehouseId("reno")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A Dockseal with one report that fits nothing, and one row that could not be read."""
    settings = settings_from({"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys"})
    create_keys(settings, person())
    app = build(settings)
    report = ShipmentReport(
        report_id="r-1",
        warehouse=RENO,
        release=ReleaseRef("typed-wrongly"),
        carrier="UPS",
        tracking_number="1Z999",
        shipped_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    app.inbox.take(RENO, report, keep=True, delivery="in/a.csv")
    app.inbox.unreadable(RENO, "row 3 has no tracking number; write it", delivery="in/a.csv")
    monkeypatch.setattr(tracking, "opened", lambda: contextlib.nullcontext(app))
    yield app
    app.close()


def typed(*words: str) -> tuple[str, BaseException | None]:
    done = CliRunner().invoke(tracking.app, words)
    return done.output, done.exception


def test_the_list_names_each_with_its_reason(app: App) -> None:
    output, _ = typed("list")
    assert "reno  parcel  in in/a.csv  typed-wrongly  UPS 1Z999" in output
    assert "nothing was released to warehouse reno under the reference typed-wrongly" in output
    assert "reno  unreadable  in in/a.csv" in output


def test_what_is_dismissed_is_not_listed(app: App) -> None:
    for each in app.storage.unmatched.open():
        output, fault = typed("dismiss", str(each.number))
        assert (output, fault) == (f"Number {each.number} is dismissed.\n", None)
    output, _ = typed("list")
    assert output == "Everything that warehouses reported fits an order, or was seen to.\n"


def test_a_match_that_does_not_fit_says_why(app: App) -> None:
    first = app.storage.unmatched.open()[0]
    _, fault = typed("match", str(first.number), "113-0000000-0000000", "--line", "1=2")
    assert isinstance(fault, BadInput)
    assert "no order 113-0000000-0000000 was released to warehouse reno" in str(fault)
    _, fault = typed("match", str(first.number), "113-0000000-0000000", "--line", "two")
    assert isinstance(fault, BadInput)
    assert "is not LINE=QUANTITY" in str(fault)
