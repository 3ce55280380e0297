"""A client from the npm registry, amazon-sp-api, lives a whole life against the simulator over HTTP."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from shop import US, Shop

from spapi_simulator.watching.server import SimulatorServer

HERE = Path(__file__).parent / "node"
FILES = ("package.json", "package-lock.json", "life.mjs")
FEED = (
    "order-id\torder-item-id\tquantity\tship-date\tcarrier-code\tcarrier-name\ttracking-number\tship-method\n"
    "{order_id}\t{item_id}\t1\t2026-11-02T08:00:00Z\tUPS\t\t1Z999AA10123456795\tGround\n"
)


@pytest.fixture(scope="session")
def node() -> Path:
    """A folder with the client installed, kept beside the virtual environment."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("node and npm are not on the PATH.")
    place = Path(__file__).resolve().parents[2] / ".venv" / "node"
    place.mkdir(parents=True, exist_ok=True)
    fresh = all((place / name).is_file() for name in FILES) and all(
        (place / name).read_bytes() == (HERE / name).read_bytes() for name in FILES[:2]
    )
    for name in FILES:
        shutil.copyfile(HERE / name, place / name)
    if not fresh or not (place / "node_modules" / "amazon-sp-api").is_dir():
        command = [npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install the client: {done.stderr[-200:]}")
    return place


def live(shop: Shop, place: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Let the script live its life, giving it the time it asks for."""
    with subprocess.Popen(
        ["node", "life.mjs"], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as script:
        assert script.stdin is not None
        assert script.stdout is not None
        print(json.dumps(settings), file=script.stdin, flush=True)
        for line in script.stdout:
            told: dict[str, Any] = json.loads(line)
            if "life" in told:
                return dict(told["life"])
            shop.clock.advance(seconds=told["advance"])
            print("passed", file=script.stdin, flush=True)
    pytest.fail("The script ended before its life did.")


@pytest.fixture
def orders(shop: Shop) -> list[str]:
    placed = [shop.place() for _ in range(5)]
    shop.clock.advance(seconds=121)
    return placed


@pytest.fixture
def life(shop: Shop, node: Path, orders: list[str]) -> dict[str, Any]:
    (item,) = shop.sim.order(orders[1]).items
    with SimulatorServer(shop.sim) as server:
        address = urlsplit(server.url)
        settings = {
            "host": address.hostname,
            "port": address.port,
            "client_id": shop.app.client_id,
            "client_secret": shop.app.client_secret,
            "refresh_token": shop.refresh_token,
            "marketplace": US,
            "orders": orders,
            "since": "2026-11-02T07:00:00Z",
            "ship_date": "2026-11-02T08:00:00Z",
            "feed": FEED.format(order_id=orders[1], item_id=item.order_item_id),
        }
        return live(shop, node, settings)


def test_a_node_client_lives_a_whole_life(shop: Shop, orders: list[str], life: dict[str, Any]) -> None:
    assert life["login"] == ""
    for pages in (life["reads"]["v0"], life["reads"]["newer"]):
        assert [len(page) for page in pages] == [2, 2, 1]
        assert sorted(one for page in pages for one in page) == sorted(orders)
    name = shop.sim.order(orders[0]).recipient.name
    assert life["address"] == {"plain": None, "open": name, "elsewhere": "Unauthorized"}
    assert life["confirm"] == {
        "success": True,
        "refused": "InvalidInput",
        "tracking": ["1Z999AA10123456784"],
    }
    assert life["sells"] == [US]
    assert life["feed"]["status"] == "DONE"
    # Amazon's model describes no body for this 200; the client reads one where there is none.
    assert life["feed"]["cancelled"] in {"", "JSON_PARSE_ERROR"}
    assert life["feed"]["after"] == "CANCELLED"
    assert shop.sim.order(orders[1]).status == "SHIPPED"
    assert life["report"]["status"] == "DONE"
    assert sorted(life["report"]["orders"]) == sorted(orders)
    assert life["throttled"]["code"] == "QuotaExceeded"
    assert 1 < life["throttled"]["calls"] <= 31
