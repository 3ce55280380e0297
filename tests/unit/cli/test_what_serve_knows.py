"""What only the running `serve` knows, as another process is told it over TLS."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import commands
from dockseal.bootstrap import build, create_keys
from dockseal.cli.opened import person
from dockseal.cli.sellers import add_seller
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.console.parts import parts
from dockseal.console.server import ConsoleServer
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.settings import settings_from
from unit.console.test_server import certificate

COMMAND = [sys.executable, "-c", "from dockseal.cli.main import run; run()"]
NOBODY = "http://127.0.0.1:9"
"""Nothing answers there: a lane that asks Amazon fails."""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An installation whose lanes ran once, without reaching Amazon, and that is served."""

    folder: Path
    variables: dict[str, str]
    server: ConsoleServer

    def typed(self, *words: str) -> tuple[int, str]:
        """Types a command; returns its exit code and what it printed."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
        done = commands.typed(*words, cwd=self.folder, env={**plain, **self.variables})
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    pem, key = certificate(tmp_path)
    places = {"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys"}
    choices = {**places, "tls_certificate": pem, "tls_key": key, "amazon_url": NOBODY}
    settings = settings_from({**choices, "console_port": 0})
    create_keys(settings, person())
    app = build(settings, console=parts(settings), queue_wait_seconds=0)
    add_warehouse(app, WarehouseId("reno"), kind="by_hand", options={}, keys=new_secrets())
    seller = Seller(
        id=SellerId("acme-us"),
        region=Region.NA,
        marketplaces=("ATVPDKIKX0DER",),
        selling_partner_id="A0SAMPLE",
        warehouse=WarehouseId("reno"),
    )
    secrets = LwaCredentials(client_id="c", client_secret=Secret("s"), refresh_token=Secret("Atzr|invented"))
    add_seller(app, seller, secrets)
    app.lanes.run_due()
    server = ConsoleServer(app, "127.0.0.1", 0)
    server.start()
    variables = {f"DOCKSEAL_{name.upper()}": str(value) for name, value in choices.items()}
    port = urlsplit(server.url).port
    yield Installed(
        folder=tmp_path, variables={**variables, "DOCKSEAL_CONSOLE_PORT": str(port)}, server=server
    )
    server.stop()
    app.close()


def test_a_lane_that_fails_in_serve_is_told_to_other_processes_while_serve_runs(installed: Installed) -> None:
    code, said = installed.typed("sellers", "status")
    assert code == 0, said
    assert "  lane sweep/acme-us: It has failed since " in said
    assert said.count("lane sweep/acme-us") == 1
    code, said = installed.typed("health")
    assert code == 0, said
    assert "verdict  degraded" in said
    assert "lane sweep/acme-us" in said
    assert "database" not in said

    installed.server.stop()
    code, said = installed.typed("sellers", "status")
    assert code == 0
    assert "`dockseal serve` does not answer at https://127.0.0.1:" in said
    assert "lane sweep" not in said
    code, said = installed.typed("health")
    assert code == 1
    assert "verdict  not served" in said
