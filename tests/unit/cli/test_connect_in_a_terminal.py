"""`dockseal sellers connect` as an operator types it, with the seller at a simulated Seller Central."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dockseal.bootstrap import build, create_keys
from dockseal.cli.applications import add_application
from dockseal.cli.opened import person
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.application import Application
from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.secret import ClientCredentials, Secret
from dockseal.settings import settings_from
from spapi_simulator import Simulator
from spapi_simulator.watching.server import SimulatorServer
from unit.cli.terminal import Terminal

COMMAND = [sys.executable, "-c", "from dockseal.cli.main import run; run()", "sellers", "connect", "acme-us"]
NEW = ["--application", "dockseal", "--marketplace", "ATVPDKIKX0DER", "--warehouse", "reno"]
CALLBACK = "https://console.example/connect/callback"
PROMPT = "(it is not shown): "
"""With the space that comes once nothing typed is thrown away any more."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An installation with an application, and the Amazon that knows it."""

    folder: Path
    amazon: Simulator
    url: str
    seller_id: str

    def terminal(self, log_level: str = "info") -> Terminal:
        """Types the command."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
        env = {**plain, "DOCKSEAL_AMAZON_URL": self.url, "DOCKSEAL_LOG_LEVEL": log_level}
        return Terminal([*COMMAND, *NEW], cwd=self.folder, env=env)

    def finish_elsewhere(self, back: str) -> None:
        """Finishes in another process, as the console does."""
        code = (
            "import sys\nfrom dockseal.cli.connect import returned\nfrom dockseal.cli.opened import opened\n"
        )
        code += "with opened() as dockseal: returned(dockseal, sys.stdin.read())"
        env = {**os.environ, "DOCKSEAL_AMAZON_URL": self.url}
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env=env,
            input=back,
            text=True,
            check=True,
            timeout=60,
        )

    def consented(self, address: str) -> str:
        """The seller confirms at the address; returns where Amazon sends its browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        form = {**asked, "selling_partner_id": self.seller_id, "decision": "confirm"}
        with httpx.Client() as browser:
            answer = browser.post(f"{self.url}/apps/authorize/consent", data=form)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    amazon = Simulator(clock=SystemClock(), seed=7)
    account = amazon.add_seller(region="NA", marketplaces=("ATVPDKIKX0DER",))
    registered = amazon.add_application(name="Dockseal", redirect_uris=[CALLBACK])
    with SimulatorServer(amazon) as served:
        settings = settings_from(
            {
                "data_dir": tmp_path / "dockseal-data",
                "key_dir": tmp_path / "dockseal-keys",
                "amazon_url": served.url,
            }
        )
        create_keys(settings, person())
        app = build(settings)
        add_warehouse(app, WarehouseId("reno"), kind="by_hand", options={}, keys=new_secrets())
        add_application(
            app,
            Application(id="dockseal", application_id=registered.application_id, redirect_uri=CALLBACK),
            ClientCredentials(client_id=registered.client_id, client_secret=Secret(registered.client_secret)),
        )
        app.close()
        yield Desk(folder=tmp_path, amazon=amazon, url=served.url, seller_id=account.seller_id)


def address_in(text: str) -> str:
    found = re.search(r"http://127\S+/apps/authorize/consent\?\S+", text)
    assert found, text
    return found[0]


def test_ctrl_c_at_the_prompt_says_what_was_begun(desk: Desk) -> None:
    with desk.terminal() as terminal:
        terminal.wait_for(PROMPT)
        terminal.interrupt()
        assert terminal.end() == 130, terminal.text
        assert "Stopped: nothing is connected." in terminal.text
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize(
    ("bend", "sentence"),
    [
        (lambda url: re.sub(r"state=[^&]+", "state=invented", url), "was used before"),
        (lambda url: re.sub(r"&spapi_oauth_code=.*", "", url), "must carry state, selling_partner_id and"),
        (lambda url: "", "seller acme-us has not come back from Amazon"),
    ],
    ids=["another state", "no code", "nothing"],
)
def test_what_is_pasted_wrongly_is_told_in_a_sentence(desk: Desk, bend: object, sentence: str) -> None:
    assert callable(bend)
    with desk.terminal() as terminal:
        back = desk.consented(address_in(terminal.wait_for(PROMPT)))
        terminal.enter(bend(back) + "\n")
        assert terminal.end() == 1
        said = terminal.text.partition(PROMPT)[2]
        assert sentence in " ".join(said.split())
        assert parse_qs(urlsplit(back).query)["spapi_oauth_code"][0] not in terminal.text
        assert "state=" not in said
        assert "Traceback" not in said


def test_the_address_that_is_pasted_connects_the_seller_and_is_not_shown(desk: Desk) -> None:
    with desk.terminal(log_level="debug") as terminal:
        back = desk.consented(address_in(terminal.wait_for(PROMPT)))
        terminal.enter(back + "\n")
        assert terminal.end() == 0
        assert '"operation": "searchOrders"' in terminal.text
        said = terminal.text.partition(PROMPT)[2]
    (token,) = [
        each.refresh_token for each in desk.amazon._accounts.authorisations.values() if each.refresh_token
    ][-1:]
    code = parse_qs(urlsplit(back).query)["spapi_oauth_code"][0]
    assert [secret for secret in (code, token, back) if secret in terminal.text] == []
    rows = [line.split("  ")[0].strip() for line in said.splitlines() if "  " in line.strip()]
    assert rows.count("done") == 5
    assert rows.count("not known yet") == 1
    assert "acme-us: nothing is missing." in said


def test_enter_looks_once_more_at_a_seller_that_the_console_finished(desk: Desk) -> None:
    with desk.terminal() as terminal:
        address = address_in(terminal.wait_for(PROMPT))
        desk.finish_elsewhere(desk.consented(address))
        terminal.enter("\n")
        assert terminal.end() == 0
        assert "acme-us: nothing is missing." in terminal.text
        assert "amazon.call" not in terminal.text
