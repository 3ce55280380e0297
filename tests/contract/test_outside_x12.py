"""An X12 library that nobody here wrote, node-x12 from npm, reads our 940s and writes the 945s we read."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.recipient import Field
from dockseal.domain.shipment import Content, ShipmentReport
from dockseal.warehouses.contract import PERSONAL
from edi_exchange import Exchange

HERE = Path(__file__).parent / "node"
REFERENCES = ("reference023456789ab-1", "reference123456789ab-1")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library installed."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("node and npm are not on the PATH")
    place = tmp_path_factory.mktemp("x12") / "node"
    shutil.copytree(HERE, place)
    command = [npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip(f"npm could not install the library: {done.stderr[-200:]}")
    return place


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(folder=tmp_path)


def outside(node: Path, exchange: Exchange) -> dict[str, Any]:
    """What the library makes of the one interchange that we sent."""
    exchange.edi.submit_all([exchange.order(reference) for reference in REFERENCES])
    (sent,) = (exchange.mailbox / "out").glob("*.edi")
    told = json.dumps({"orders": sent.read_text(encoding="utf-8")})
    done = subprocess.run(
        ["node", "advices.mjs"],
        cwd=node,
        input=f"{told}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_reads_our_940s_strictly_and_finds_what_was_to_be_packed(node: Path, exchange: Exchange) -> None:
    orders = outside(node, exchange)["orders"]
    assert [order[0][:3] for order in orders] == [["W05", "N", reference] for reference in REFERENCES]
    for order in orders:
        assert ["N1", "ST", PERSONAL[Field.NAME]] in order
        assert ["W01", "2", "EA", "", "SK", "MUG-BLUE"] in order


def test_we_read_the_945s_it_writes(node: Path, exchange: Exchange) -> None:
    advices = outside(node, exchange)["advices"]
    (exchange.mailbox / "in").mkdir(exist_ok=True)
    (exchange.mailbox / "in" / "advices.x12").write_text(advices, encoding="utf-8")
    (delivery,) = exchange.edi.collect()
    assert delivery.faults == ()
    reports = [each for each in delivery.messages if isinstance(each, ShipmentReport)]
    assert [each.release for each in reports] == list(REFERENCES)
    assert [each.tracking_number for each in reports] == ["1ZOUTSIDE0", "1ZOUTSIDE1"]
    for each in reports:
        assert each.contents == (
            Content(order_item_id="00000000000001", quantity=2),
            Content(order_item_id="00000000000002", quantity=1),
        )
