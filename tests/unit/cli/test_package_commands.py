"""`dockseal packages`, `dockseal carriers` and `dockseal warehouses ships-from` over real tables."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dockseal.bootstrap import App, build, create_keys
from dockseal.cli import carriers, packages, ships_from
from dockseal.cli.opened import person
from dockseal.domain.carrier import Carrier
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId, release_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shipment import Package, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.settings import settings_from

RENO = WarehouseId("reno")
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
LEFT = NOW - timedelta(hours=1)
ID, REF = "113-0000000-0000001", OrderRef("ref23456789abcdefghj")
LINE = "00000000000001"
UNKNOWN = Hold(code="carrier_unknown", sentence="Dockseal knows no such carrier; did it mean DHL?")
P = PackageState


@dataclass(frozen=True, kw_only=True)
class Office:
    """A Dockseal with one parcel, and a person who types commands."""

    app: App

    def typed(self, app: typer.Typer, *words: str) -> str:
        """Types a command that works; returns what it printed."""
        done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        if done.exception is not None:
            raise done.exception
        return done.output

    @property
    def package(self) -> Package:
        (package,) = self.app.storage.packages.of_order(REF)
        return package

    def put(self, **changes: Any) -> Package:
        return self.app.storage.packages.change(self.package, **changes)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    settings = settings_from({"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys"})
    create_keys(settings, person())
    app = build(settings, clock=ManualClock(start=NOW))
    app.storage.warehouses.add(Warehouse(id=RENO, adapter="by_hand"))
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId(ID),
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=NOW,
        lines=(OrderLine(order_item_id=LINE, sku="MUG-1", ordered=2),),
    )
    app.storage.orders.insert(
        Order(
            ref=REF,
            seller=SellerId("acme-us"),
            state=OrderState.RELEASED,
            amazon=amazon,
            read_at=NOW,
            accepted_at=NOW,
            warehouse=RENO,
        )
    )
    release = Release(
        ref=release_ref(REF, 1), order=REF, warehouse=RENO, state=ReleaseState.ACCEPTED, intended_at=NOW
    )
    with app.storage.transaction():
        app.storage.releases.intend(release)
    app.tracking.report(
        ShipmentReport(
            report_id="r-1",
            warehouse=RENO,
            release=release.ref,
            carrier="Parcel Fox",
            service="24h",
            tracking_number="PF1",
            shipped_at=LEFT,
        )
    )
    for module in (packages, carriers, ships_from):
        monkeypatch.setattr(module, "opened", lambda: contextlib.nullcontext(app))
    yield Office(app=app)
    app.close()


def test_the_list_shows_what_somebody_must_see_to(office: Office) -> None:
    assert office.typed(packages.app, "list") == "There is no such parcel.\n"
    waiting = office.typed(packages.app, "list", "--waiting")
    assert f"{ID}  1       Parcel Fox 24h  PF1     reported" in waiting
    office.put(state=P.HELD, hold=UNKNOWN)
    for words in (["list"], ["list", "--held"], ["list", "--held", "--refused"]):
        assert "did it mean DHL? (carrier_unknown)" in office.typed(packages.app, *words)
    assert office.typed(packages.app, "list", "--refused") == "There is no such parcel.\n"
    office.put(state=P.REFUSED, hold=None, refusal="no such item")
    assert "Amazon: no such item" in office.typed(packages.app, "list")


@pytest.mark.parametrize("which", [ID, REF])
def test_an_order_is_shown_with_its_parcels(office: Office, which: str) -> None:
    office.put(state=P.INTENDED, next_try=NOW, tracking_number="")
    said = office.typed(packages.app, "show", which)
    assert "parcel 1: Parcel Fox 24h without a number, intended" in said
    assert "left 2026-11-02 07:00 UTC, report r-1" in said
    assert f"2 of line {LINE}" in said
    assert "tried again at 2026-11-02 08:00 UTC" in said


@pytest.mark.parametrize(
    ("words", "name", "becomes"),
    [
        (["--tracking", "1Z999AA10123456784"], "tracking_number", "1Z999AA10123456784"),
        (["--tracking", ""], "tracking_number", ""),
        (["--carrier", "UPS", "--service", "Ground"], "service", "Ground"),
        (["--carrier", "UPS"], "service", ""),
        (["--shipped-at", "2026-11-02T06:15"], "shipped_at", datetime(2026, 11, 2, 6, 15, tzinfo=UTC)),
        (["--shipped-at", "2026-11-02T06:15-01:00"], "shipped_at", datetime(2026, 11, 2, 7, 15, tzinfo=UTC)),
    ],
)
def test_a_parcel_is_corrected(office: Office, words: list[str], name: str, becomes: object) -> None:
    said = office.typed(packages.app, "correct", ID, "1", *words)
    assert said == f"Parcel 1 of {ID} is corrected; the running `dockseal serve` tells Amazon.\n"
    assert getattr(office.package, name) == becomes
    assert office.typed(packages.app, "correct", ID, "1", *words) == f"Parcel 1 of {ID} is so already.\n"
    (row,) = office.app.storage.audit.search(REF, tag="order:package:corrected")
    assert row.actor == str(person())


def test_what_lies_in_a_parcel_is_corrected_with_its_codes(office: Office) -> None:
    codes = ["--code", f"{LINE}=SN-0000001", "--code", f"{LINE}=https://qr.example/?u=2"]
    office.typed(packages.app, "correct", ID, "1", *codes)
    (content,) = office.package.contents
    assert (content.quantity, content.transparency_codes) == (2, ("SN-0000001", "https://qr.example/?u=2"))
    assert "2 of line 00000000000001, 2 Transparency codes" in office.typed(packages.app, "show", ID)
    office.typed(packages.app, "correct", ID, "1", "--line", f"{LINE}=1", "--code", f"{LINE}=SN-0000001")
    (content,) = office.package.contents
    assert (content.quantity, content.transparency_codes) == (1, ("SN-0000001",))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["113-0000000-0000009", "1", "--tracking", "1Z"], "no order goes by"),
        ([ID, "2", "--tracking", "1Z"], "has no parcel 2; it has 1"),
        ([ID, "1", "--shipped-at", "noon"], "is no instant"),
        ([ID, "1", "--shipped-at", "0001-01-01T00:00+09:00"], "is no instant"),
        ([ID, "1", "--line", "two"], "is not LINE=QUANTITY"),
        ([ID, "1", "--line", f"{LINE}=3"], "has 2 of 2 left to ship"),
        ([ID, "1", "--code", "SN-0000001"], "is written LINE=CODE"),
        ([ID, "1", "--code", "9=SN-0000001"], "with a line that is in the parcel"),
        ([ID, "1", "--code", f"{LINE}=?"], "none of Amazon's forms"),
    ],
)
def test_what_cannot_be_a_correction_is_refused(office: Office, words: list[str], says: str) -> None:
    before = office.package
    with pytest.raises(BadInput, match=says):
        office.typed(packages.app, "correct", *words)
    assert office.package == before


def test_a_held_parcel_is_cleared_with_its_carrier(office: Office) -> None:
    office.put(state=P.HELD, hold=UNKNOWN)
    with pytest.raises(BadInput, match="name the carrier"):
        office.typed(packages.app, "clear", ID, "1")
    with pytest.raises(BadInput, match="Amazon has no carrier code 'Parcel Fox'"):
        office.typed(packages.app, "clear", ID, "1", "--carrier", "Parcel Fox")
    said = office.typed(packages.app, "clear", ID, "1", "--carrier", "dhl")
    assert said == f"Parcel 1 of {ID} is cleared; the running `dockseal serve` tells Amazon.\n"
    assert (office.package.carrier, office.package.state) == ("DHL", P.REPORTED)


def test_a_held_parcel_is_cleared_as_it_is(office: Office) -> None:
    office.put(state=P.HELD, hold=Hold(code="number_used", sentence="Another order has it."))
    office.typed(packages.app, "clear", ID, "1")
    assert (office.package.state, office.package.cleared) == (P.REPORTED, {"number_used"})


def test_names_are_taught_listed_and_forgotten(office: Office) -> None:
    assert "No name was taught" in office.typed(carriers.app, "list")
    office.put(state=P.HELD, hold=UNKNOWN)
    said = office.typed(carriers.app, "teach", "reno", "parcel fox", "Other", "--name", "Parcel Fox Ltd")
    assert said == "reno means Parcel Fox Ltd by it; parcels that go on: 1.\n"
    assert office.package.state is P.REPORTED
    assert office.app.storage.carrier_names.of(RENO) == {
        "parcel fox": Carrier(code="Other", name="Parcel Fox Ltd")
    }
    for words in (["list"], ["list", "reno"]):
        assert "reno       parcel fox  Other Parcel Fox Ltd" in office.typed(carriers.app, *words)
    office.typed(carriers.app, "forget", "reno", "Parcel Fox")
    assert office.app.storage.carrier_names.of(RENO) == {}
    with pytest.raises(BadInput, match="was taught no such name"):
        office.typed(carriers.app, "forget", "reno", "Parcel Fox")
    with pytest.raises(BadInput, match="no warehouse is named linz"):
        office.typed(carriers.app, "list", "linz")


def test_amazons_codes_are_listed(office: Office) -> None:
    listed = office.typed(carriers.app, "codes").splitlines()
    assert {"UPS", "FedEx", "Royal Mail"} <= set(listed)
    assert listed == sorted(listed, key=str.casefold)


def test_a_warehouse_is_a_place_of_amazons(office: Office) -> None:
    app = typer.Typer()
    app.command()(ships_from.ships_from)
    assert office.typed(app, "reno") == "reno is no place that Amazon knows.\n"
    assert office.typed(app, "reno", "S-1") == "reno is S-1.\n"
    assert office.typed(app, "reno") == "reno is S-1.\n"
    assert office.typed(app, "reno", "--none") == "reno is no place that Amazon knows.\n"
    with pytest.raises(BadInput, match="or --none"):
        office.typed(app, "reno", "S-1", "--none")
    assert len(office.app.storage.audit.search(tag="warehouse:ships_from:changed")) == 2
