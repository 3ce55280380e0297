"""The examples of the documentation work as they stand."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dockseal.console.server import ConsoleServer
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.warehouse_message import Taken
from unit.console.person import Person
from unit.console.test_callbacks import Sender
from unit.console.test_rest_api import Heard
from unit.console.world import RENO, RENO_SECRET, World

DOCS = Path(__file__).parents[3] / "docs"
SPARKS, KEY = WarehouseId("sparks"), "sparks-key-only-for-tests"
BASE = "https://dockseal.example"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), flags=re.DOTALL)


def commands(page: str) -> list[list[str]]:
    """Every curl command of a page, in words."""
    text = "".join(blocks(page, "sh"))
    return [shlex.split(each.replace("\\\n", " ")) for each in re.split(r"\n(?=curl )", text)]


def put(world: World, at: WarehouseId) -> ReleaseRef:
    order = world.seal(world.add(7, OrderState.RELEASED, warehouse=at))
    ref = release_ref(order.ref, order.revision)
    world.storage.shelf.put(at, ref, ShelfKind.RELEASED, world.clock.now())
    return ref


@pytest.mark.parametrize("words", commands("rest.md"), ids=lambda words: " ".join(words[1:4]))
def test_a_request_of_the_page_on_rest_is_answered(stranger: Person, world: World, words: list[str]) -> None:
    world.storage.warehouses.add(
        Warehouse(id=SPARKS, adapter="rest", api_key_hash=hashlib.sha256(KEY.encode()).hexdigest())
    )
    ref = put(world, SPARKS)
    if "/orders/" in " ".join(words):
        world.inbox = Heard()  # type: ignore[assignment]  # a stand-in that listens
    words = [word.replace("REFERENCE", ref).replace("$KEY", KEY) for word in words]
    url = urlsplit(next(word for word in words if word.startswith(BASE)))
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1] if "-d" in words else None
    answer = stranger.client.request(
        "POST" if "-X" in words else "GET", f"{url.path}?{url.query}", content=body, headers=headers
    )
    assert answer.status_code in {200, 201}, answer.text


@pytest.mark.parametrize("text", blocks("webhook.md", "json"))
def test_a_callback_of_the_page_on_webhooks_is_taken(
    stranger: Person, people: ManualClock, world: World, text: str
) -> None:
    body = json.loads(text.replace("REFERENCE", put(world, RENO)))
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    assert Sender(stranger, people)(body).json() == {"result": "taken"}
    assert len(heard.messages) == 1


@pytest.mark.skipif(not all(map(shutil.which, ("sh", "openssl", "curl"))), reason="needs openssl and curl")
def test_a_callback_is_signed_in_a_shell_as_the_page_on_webhooks_says(world: World) -> None:
    (script,) = blocks("webhook.md", "bash")
    world.inbox = heard = Heard()  # type: ignore[assignment]  # a stand-in that listens
    ref = put(world, RENO)
    server = ConsoleServer(world, "127.0.0.1", 0)
    server.start()
    try:
        done = subprocess.run(
            ["sh", "-c", script.replace(BASE, server.url).replace("REFERENCE", ref)],
            env={"PATH": os.environ["PATH"], "SECRET": RENO_SECRET.reveal()},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        server.stop()
    assert json.loads(done.stdout) == {"result": "taken"}
    assert heard.messages == [Taken(release=ref, reference_at_warehouse="DW-17")]
